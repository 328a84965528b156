"""How the command line ends when it refuses: sentences for people, and JSON where JSON was asked for."""

from __future__ import annotations

import json
import sys

import pytest

from operations import cli
from operations.problem import BUSY, UNEXPECTED, OperationProblem


def ended(monkeypatch: pytest.MonkeyPatch, error: Exception, *words: str) -> object:
    def refuse() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["operations", *words])
    monkeypatch.setattr(cli, "app", refuse)
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code


TWO = OperationProblem(["Something runs.", "  order 7"], BUSY)


def test_a_refusal_is_said_on_standard_error_and_nothing_stands_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, TWO, "gate", "--stack", "prod") == BUSY
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "operations: Something runs.\noperations:   order 7\n")


def test_where_json_was_asked_for_a_refusal_is_json_too_with_the_same_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, TWO, "gate", "--json") == BUSY
    said = capsys.readouterr()
    assert json.loads(said.out) == {"error": {"problems": ["Something runs.", "  order 7"], "exit_code": BUSY}}
    assert said.err == "operations: Something runs.\noperations:   order 7\n"


def test_so_is_what_the_machine_refuses(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(monkeypatch, OSError("no space left on device"), "package", "--json") == UNEXPECTED
    assert json.loads(capsys.readouterr().out) == {"error": {"problems": ["no space left on device"], "exit_code": UNEXPECTED}}
