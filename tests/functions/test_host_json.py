"""Where host.json is looked for, and what is said if it can't be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions.status_check.host_json import app_folder, read_host_json
from functions.status_check.problem import NotLocated


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Three apps, one inside `above` as a package has it."""
    found = {name: tmp_path / name for name in ("named", "above", "working", "empty")}
    for name, folder in found.items():
        folder.mkdir()
        if name != "empty":
            (folder / "host.json").write_text("{}")
    return found


def test_the_hosts_word_goes_before_the_place_of_the_code_and_that_before_the_working_directory(folders: dict[str, Path]) -> None:
    vendored = folders["above"] / ".python_packages" / "lib" / "site-packages" / "status_check" / "host_json.py"
    elsewhere = folders["empty"] / "status_check" / "host_json.py"
    named = {"AzureWebJobsScriptRoot": str(folders["named"])}
    assert app_folder(named, vendored, folders["working"]) == folders["named"]
    assert app_folder({"AzureWebJobsScriptRoot": str(folders["empty"])}, vendored, folders["working"]) == folders["above"]
    assert app_folder({}, vendored, folders["working"]) == folders["above"]
    assert app_folder({}, elsewhere, folders["working"]) == folders["working"]


def test_an_app_without_host_json_is_said_to_have_none(folders: dict[str, Path]) -> None:
    with pytest.raises(NotLocated, match="neither in AzureWebJobsScriptRoot, nor above this code, nor in the working directory"):
        app_folder({}, folders["empty"] / "code.py", folders["empty"])


@pytest.mark.parametrize(("text", "sentence"), [("{", "host.json can't be read: "), ("[]", "host.json holds no JSON object.")])
def test_a_broken_host_json_is_named(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "host.json").write_text(text)
    with pytest.raises(NotLocated, match=sentence):
        read_host_json(tmp_path)


def test_a_byte_order_mark_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_bytes(b'\xef\xbb\xbf{"version": "2.0"}')
    assert read_host_json(tmp_path) == {"version": "2.0"}
