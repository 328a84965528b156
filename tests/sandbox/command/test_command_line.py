"""`python -m sandbox` as a person, make and CI use it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.problem import SandboxProblem
from sandbox.storage.azurite_process import AzuriteProcess
from sandbox.storage.certificate import Certificate
from tests.sandbox.command.running import ROOT, Running, eventually

pytestmark = [
    pytest.mark.azurite,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]
PYTHON = sys.executable
WAITS = "import sys; print('ready'); sys.stdin.read()"
IN_CLOUD = """
import os, requests
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient
arm, group = os.environ["DURABLE_DEPLOY_ARM_ENDPOINT"], f"/subscriptions/{os.environ['ARM_SUBSCRIPTION_ID']}/resourceGroups/group"
token = DefaultAzureCredential().get_token("https://management.azure.com/.default").token
def ask(method, path, body=None):
    answer = requests.request(method, f"{arm}{group}{path}", params={"api-version": "2024-01-01"}, json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()
account = "/providers/Microsoft.Storage/storageAccounts/kept"
def blob():
    endpoint = ask("GET", account)[1]["properties"]["primaryEndpoints"]["blob"]
    key = ask("POST", account + "/listKeys")[1]["keys"][0]["value"]
    return BlobServiceClient(endpoint, credential={"account_name": "kept", "account_key": key}).get_blob_client("letters", "a")
def fill():
    ask("PUT", "", {"location": "westeurope"})
    ask("PUT", account, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {}})
    ask("PUT", account + "/blobServices/default/containers/letters", {"properties": {}})
    blob().upload_blob(b"content")
"""


def is_locked(directory: Path) -> bool:
    with (directory / "lock").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture
def sandbox(tmp_path: Path) -> Running:
    return Running(tmp_path / "sandbox")


def test_the_command_gets_its_arguments_input_and_terminal_output_and_its_exit_code_is_passed_on(sandbox: Running) -> None:
    program = "import sys; print(sys.argv[1:], sys.stdin.read()); sys.exit(7)"
    ended = sandbox.run(PYTHON, "-c", program, "--directory", "--", "a b", "", "-x", input="typed")
    assert (ended.returncode, ended.stdout) == (7, "['--directory', '--', 'a b', '', '-x'] typed\n")
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == ["sandbox"] * 3
    assert sandbox.alive() == {}


def test_a_command_that_a_signal_ended_gives_128_and_its_number(sandbox: Running) -> None:
    assert sandbox.run("sh", "-c", "kill -9 $$").returncode == 128 + 9


def test_a_command_that_does_not_exist_is_a_clear_error(sandbox: Running) -> None:
    ended = sandbox.run("no-such-command")
    assert ended.returncode == 127
    assert "sandbox: no-such-command is not on PATH" in ended.stderr
    assert sandbox.alive() == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_reaches_the_command_once_and_its_answer_is_waited_for(sandbox: Running, number: signal.Signals) -> None:
    program = f"""
import signal, sys
got = []
signal.signal({int(number)}, lambda *_: (got.append(1), print("asked to end")))
print("ready")
sys.stdin.read()
print("ended properly after", len(got))
sys.exit(5)
"""
    with sandbox.started(PYTHON, "-c", program) as process:
        assert process.stdout is not None and process.stdin is not None
        process.send_signal(number)
        assert process.stdout.readline() == "asked to end\n"
        assert process.poll() is None
        process.stdin.close()
        process.stdin = None
        assert process.communicate()[0] == "ended properly after 1\n"
        assert process.returncode == 5
        assert sandbox.alive() == {}


def test_what_the_command_left_behind_ends_too(sandbox: Running) -> None:
    leaves_two = f"{PYTHON} -c 'import os, time; os.setsid(); time.sleep(600)' & sleep 600 & echo started"
    ended = sandbox.run("sh", "-c", leaves_two)
    assert (ended.returncode, ended.stdout) == (0, "started\n")
    assert sandbox.alive() == {}


def test_sigterm_leaves_no_process_though_the_command_is_a_shell_that_forgets_its_children(sandbox: Running) -> None:
    with sandbox.started("sh", "-c", "sleep 600 & echo ready; wait") as process:
        assert eventually(lambda: len(sandbox.alive()) == 4)  # the sandbox, Azurite, the shell, sleep once it was executed
        process.terminate()
        process.communicate()
        assert process.returncode == 128 + signal.SIGTERM
        assert sandbox.alive() == {}


def test_a_sandbox_that_is_killed_leaves_no_process_and_its_data_are_there_again(sandbox: Running) -> None:
    with sandbox.started(PYTHON, "-c", f"{IN_CLOUD}\nfill()\n{WAITS}") as process:
        (azurite,) = [pid for pid, command in sandbox.alive().items() if "azurite" in command]
        os.kill(azurite, signal.SIGSTOP)
        process.kill()
        process.wait()
        assert is_locked(sandbox.directory)  # until the orphaned Azurite has written what it had
        os.kill(azurite, signal.SIGCONT)
        assert sandbox.run(PYTHON, "-c", f"{IN_CLOUD}\nprint(blob().download_blob().readall())").stdout == "b'content'\n"
        assert eventually(lambda: sandbox.alive() == {})


def test_state_survives_between_commands_until_reset(sandbox: Running) -> None:
    look = f"{IN_CLOUD}\nprint(ask('GET', '')[0])"
    filled = sandbox.run(PYTHON, "-c", f"{IN_CLOUD}\nfill()\nprint(os.environ['DURABLE_DEPLOY_ARM_ENDPOINT'])")
    again = sandbox.run(PYTHON, "-c", f"{look}\nprint(os.environ['DURABLE_DEPLOY_ARM_ENDPOINT'], blob().download_blob().readall())")
    assert again.stdout == f"200\n{filled.stdout.strip()} b'content'\n"
    arguments = [PYTHON, "-m", "sandbox", "reset", "--directory", str(sandbox.directory)]
    assert subprocess.run(arguments, env=sandbox.environment, capture_output=True).returncode == 0
    assert not sandbox.directory.exists()
    assert sandbox.run(PYTHON, "-c", look).stdout == "404\n"


def test_a_second_sandbox_in_the_same_directory_is_refused_and_two_directories_live_side_by_side(sandbox: Running, tmp_path: Path) -> None:
    with sandbox.started(PYTHON, "-c", f"{IN_CLOUD}\nfill()\n{WAITS}\nprint(blob().download_blob().readall())") as process:
        refused = sandbox.run("true")
        assert refused.returncode == 2
        assert f"process {process.pid}" in refused.stderr
        other = Running(tmp_path / "other").run(PYTHON, "-c", f"{IN_CLOUD}\nprint(ask('GET', '')[0])\nfill()\nprint(blob().exists())")
        assert other.stdout == "404\nTrue\n"
        assert process.communicate()[0] == "b'content'\n"
        assert process.returncode == 0


def test_a_port_that_somebody_took_meanwhile_is_a_clear_error(sandbox: Running) -> None:
    sandbox.directory.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (sandbox.directory / "ports.json").write_text(json.dumps({"blob": 0, "queue": port, "table": 0, "arm": 0}))
        ended = sandbox.run("true")
    assert ended.returncode == 2
    assert f"Port {port} can't be used" in ended.stderr
    assert "python -m sandbox reset" in ended.stderr
    assert sandbox.alive() == {}


def test_a_missing_emulator_is_a_clear_error_with_the_command_that_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = AzuriteProcess(
        Certificate(tmp_path), tmp_path / "accounts.json", tmp_path / "log", None, package=tmp_path / "node_modules" / "azurite"
    )
    with pytest.raises(SandboxProblem, match=f"npm ci --prefix {ROOT / 'sandbox'}"):
        process.start()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxProblem, match="no `node` on PATH"):
        process.start()


def test_an_emulator_that_gives_up_is_a_clear_error_with_what_it_said(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path / "tls").ensure()
    (tmp_path / "accounts.json").write_text("{}")
    certificate.key.write_text("no key")
    with pytest.raises(SandboxProblem, match=r"(?s)Azurite did not start.*(PEM|key|Exit)"):
        AzuriteProcess(certificate, tmp_path / "accounts.json", tmp_path / "log", None).start()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--help"], 0, "python -m sandbox -- pulumi up --stack local"),
        ([], 2, "there is no command to run. The command stands after two dashes"),
        (["pulumi", "up"], 2, "'pulumi up' is not understood. The command stands after two dashes"),
        (["reset", "--", "true"], 2, "reset takes no command"),
        (["reset"], 0, "there is no .sandbox: nothing to reset"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_wrong_command_line_says_what_is_right(tmp_path: Path, arguments: list[str], status: int, said: str) -> None:
    ended = subprocess.run(
        [PYTHON, "-m", "sandbox", *arguments], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert (ended.returncode, said in ended.stdout + ended.stderr) == (status, True)
    assert list(tmp_path.iterdir()) == []
