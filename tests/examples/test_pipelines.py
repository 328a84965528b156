"""The pipeline files: what they call exists, and the check on an environment opens for nothing but a drained task hub."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
import yaml

from functions.status_check.answering import unknown
from operations.cli import app
from tests.examples.criterion import passes
from tools.engine.pins import pinned_pulumi

FOLDER = Path(__file__).parents[2] / "examples" / "pipelines"
FILES = sorted(FOLDER.glob("*.yml"))
PRODUCTION = {"id": 42, "name": "orders-production"}
FUNCTION = "https://orders.azurewebsites.net/api/StatusCheck"
GIVEN = {"function": FUNCTION, "variable_group": "status-check-production"}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("azure_check", FOLDER / "azure_check.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines(node: Any) -> Iterator[str]:
    """All shell lines of a pipeline, with those that go on joined."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in ("run", "bash", "script", "inlineScript") and isinstance(value, str):
            yield from (line.strip() for line in value.replace("\\\n", " ").splitlines())
        else:
            yield from lines(value)


def operations_of(file: Path) -> list[list[str]]:
    found = (re.search(r"python -m operations (.+)$", line) for line in lines(yaml.safe_load(file.read_text())))
    return [shlex.split(match[1].replace("$MODE", "idle")) for match in found if match]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_takes_the_options_that_are_given(file: Path) -> None:
    group = typer.main.get_command(app)
    for name, *arguments in operations_of(file):
        command = group.get_command(typer.Context(group), name)  # type: ignore[attr-defined]
        assert command is not None, name
        command.make_context(name, arguments, resilient_parsing=False)


def test_the_files_use_the_commands_that_the_page_promises() -> None:
    used = {file.name: [name for name, *_ in operations_of(file)] for file in FILES}
    assert used == {
        "azure-check.yml": ["package", "swap", "status"],
        "azure-release.yml": ["package", "release", "status"],
        "azure-tools.yml": [],
        "github-release.yml": ["package", "release", "status"],
    }


def test_the_pulumi_cli_is_the_pinned_one() -> None:
    named = {version for file in FILES for version in re.findall(r"(?:--version|pulumi-version:) (\d+\.\d+\.\d+)", file.read_text())}
    assert named == {str(pinned_pulumi())}


def test_the_check_asks_the_function_and_lets_its_answer_decide(script: ModuleType) -> None:
    assert script.check_configuration(PRODUCTION, **GIVEN, exclude=["Cleanup", "Poll all"]) == {
        "type": {"id": "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", "name": "Task Check"},
        "settings": {
            "displayName": "StatusCheck: nothing is running",
            "definitionRef": {"id": "537fdb7a-a601-4537-aa70-92645a2b5ce4", "name": "AzureFunction", "version": "1.0.12"},
            "inputs": {
                "function": FUNCTION,
                "key": "$(StatusCheckKey)",
                "method": "POST",
                "headers": '{"Content-Type": "application/json"}',
                "queryParameters": "exclude=Cleanup%2CPoll+all",
                "body": "{}",
                "waitForCompletion": "false",
                "successCriteria": "eq(root['HasRunning'], false)",
            },
            "retryInterval": 10,
            "linkedVariableGroup": "status-check-production",
        },
        "resource": {"type": "environment", "id": "42", "name": "orders-production"},
        "timeout": 100,
    }


@pytest.mark.parametrize(("every", "timeout"), [(10, 100), (2, 20), (1, 10), (5, 5), (4320, 43200)])
def test_ten_evaluations_and_fewer_are_compliant(script: ModuleType, every: int, timeout: int) -> None:
    check = script.check_configuration(PRODUCTION, **GIVEN, every=every, timeout=timeout)
    assert (check["settings"]["retryInterval"], check["timeout"]) == (every, timeout)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"every": 2, "timeout": 100}, "a time-out of 100 minutes asks for an interval of 10 or more: 10 evaluations at most"),
        ({"every": 10, "timeout": 101}, "a time-out of 101 minutes asks for an interval of 11 or more: 10 evaluations at most"),
        ({"every": 0}, "every 0, timeout 100: minutes, from 1 to 43200, and the time-out is the longer one"),
        ({"every": 6000, "timeout": 43201}, "every 6000, timeout 43201: minutes, from 1 to 43200, and the time-out is the longer one"),
        ({"every": 20, "timeout": 10}, "every 20, timeout 10: minutes, from 1 to 43200, and the time-out is the longer one"),
    ],
)
def test_what_azure_would_fail_later_is_refused_now(script: ModuleType, changed: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        script.check_configuration(PRODUCTION, **GIVEN, **changed)
    assert str(caught.value) == message


@pytest.mark.parametrize("function", ["http://orders.azurewebsites.net/api/StatusCheck", f"{FUNCTION}?settle=5"])
def test_a_url_that_the_task_could_not_complete_is_refused(script: ModuleType, function: str) -> None:
    with pytest.raises(ValueError, match="the https URL without parameters"):
        script.check_configuration(PRODUCTION, function=function, variable_group="g")


@pytest.mark.parametrize(
    "answer",
    [unknown("can't be read"), unknown("settle: …", "bad_request"), {"HasRunning": True}, {"HasRunning": None}, {}, [], "drained", None],
    ids=repr,
)
def test_no_answer_but_a_clear_no_meets_the_criterion(script: ModuleType, answer: Any) -> None:
    assert passes(script.CRITERION, {"HasRunning": False}) is True
    assert passes(script.CRITERION, answer) is False


def test_turned_around_the_criterion_would_let_nonsense_pass() -> None:
    assert passes("eq(false, root['HasRunning'])", {}) is True


def test_the_wait_of_the_check_fits_the_answer(script: ModuleType) -> None:
    """AzureFunction@1 takes an answer within 60 s; the next evaluation begins after the last one."""
    from functions.status_check.asking import DEADLINE

    assert DEADLINE < 60 <= script.check_configuration(PRODUCTION, **GIVEN)["settings"]["retryInterval"] * 60


class AzureDevOps:
    """The little of its REST interface that the script uses."""

    def __init__(self) -> None:
        self.environments = [{"id": 41, "name": "orders-production-eu"}, {"id": 42, "name": "Orders-Production"}]
        self.checks: list[dict[str, Any]] = [{"id": 7, "type": {"name": "Approval"}, "settings": None}]
        self.requests: list[tuple[str, str, str]] = []
        self.signed_in = True

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if not self.signed_in:
            return 203, None
        if path.startswith("/contoso/my%20shop/_apis/distributedtask/environments?name=orders-production&"):
            return 200, {"value": self.environments}
        where = "/contoso/my%20shop/_apis/pipelines/checks/configurations"
        if path == f"{where}?resourceType=environment&resourceId=42&%24expand=settings&api-version=7.1-preview.1":
            return 200, {"value": self.checks}
        if (method, path) == ("POST", f"{where}?api-version=7.1-preview.1"):
            self.checks.append({**body, "id": 8})
            return 200, self.checks[-1]
        if (method, path) == ("PATCH", f"{where}/8?api-version=7.1-preview.1"):
            self.checks[-1] = body
            return 200, body
        return 404, {"message": "no such thing"}


@pytest.fixture
def azure() -> Iterator[tuple[AzureDevOps, str]]:
    """The service, and its address."""
    service = AzureDevOps()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.requests.append((self.command, self.path, self.headers["Authorization"]))
            status, answer = service.answer(self.command, self.path, json.loads(body) if body else None)
            content = b"<html>sign in" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield service, f"http://127.0.0.1:{server.server_address[1]}/contoso"
        server.shutdown()
        thread.join()


def arguments(address: str, *more: str) -> list[str]:
    required = {"--organization": address, "--project": "my shop", "--environment": "orders-production", "--function": FUNCTION}
    return [*(word for pair in required.items() for word in pair), "--variable-group", "status-check-production", *more]


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "pat")
    monkeypatch.delenv("AZURE_DEVOPS_TOKEN", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_the_script_makes_the_check_and_then_changes_it(
    script: ModuleType, azure: tuple[AzureDevOps, str], capsys: pytest.CaptureFixture[str]
) -> None:
    service, address = azure
    environment = service.environments[1]
    assert script.main(arguments(address)) == 0
    assert service.checks[1:] == [{**script.check_configuration(environment, **GIVEN), "id": 8}]
    assert script.main(arguments(address, "--every", "1", "--timeout", "10", "--exclude", "Cleanup", "--exclude", "Poll")) == 0
    changed = script.check_configuration(environment, **GIVEN, every=1, timeout=10, exclude=["Cleanup", "Poll"])
    assert service.checks[1:] == [{**changed, "id": 8}]
    assert capsys.readouterr().out == "check 8 is on the environment orders-production\n" * 2
    assert [method for method, _, _ in service.requests] == ["GET", "GET", "POST", "GET", "GET", "PATCH"]
    assert {authorization for _, _, authorization in service.requests} == {"Basic OnBhdA=="}


def test_a_token_of_microsoft_entra_goes_before_a_personal_one(script: ModuleType) -> None:
    assert script.authorization({"AZURE_DEVOPS_TOKEN": "t", "AZURE_DEVOPS_EXT_PAT": "pat"}) == "Bearer t"


@pytest.mark.parametrize(
    ("signed_in", "environments", "message"),
    [
        (True, [], "there is no environment 'orders-production'; a pipeline's first run makes it"),
        (False, [], "GET /distributedtask/environments: no JSON came back; is the token valid for this organization?"),
        (True, [{"id": 43, "name": "orders-production"}], 'GET /pipelines/checks/configurations: 404 {"message": "no such thing"}'),
    ],
    ids=["no environment", "not signed in", "refused"],
)
def test_the_script_says_what_is_wrong_and_changes_nothing(
    script: ModuleType,
    azure: tuple[AzureDevOps, str],
    capsys: pytest.CaptureFixture[str],
    signed_in: bool,
    environments: list[dict[str, Any]],
    message: str,
) -> None:
    service, address = azure
    service.signed_in, service.environments = signed_in, environments
    assert script.main(arguments(address)) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"azure_check: {message}") and "pat" not in said.err.replace("path", "") and said.out == ""
    assert {method for method, _, _ in service.requests} == {"GET"}


def test_without_a_token_nothing_is_asked(
    script: ModuleType, azure: tuple[AzureDevOps, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AZURE_DEVOPS_EXT_PAT")
    assert script.main(arguments(azure[1])) == 1
    assert capsys.readouterr().err.startswith("azure_check: set AZURE_DEVOPS_EXT_PAT")
    assert azure[0].requests == []
