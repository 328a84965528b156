"""How hooks are called, and what counts as yes: real commands, and a real server on loopback."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from operations.release.hooks import HookFailed, HookPayload, call_hook

PATIENCE = 30.0
"""Seconds: far less than the 600 for which the commands here would sleep."""
PAYLOAD = HookPayload(
    event="before-swap",
    release="r1",
    stack="prod",
    site="orders",
    version_from="1.0.0",
    version_to="2.0.0",
    slot="staging",
    urls={"production": "https://orders.example", "staging": "https://orders-staging.example"},
)


class Server(BaseHTTPRequestHandler):
    status, answer, location = 200, b"", ""
    got: list[tuple[str, str, dict[str, object]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.status)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[type[Server]]:
    kind = type("Own", (Server,), {"got": []})
    running = HTTPServer(("127.0.0.1", 0), kind)
    kind.url = f"http://127.0.0.1:{running.server_port}/smoke"  # type: ignore[attr-defined]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield kind
    running.shutdown()
    thread.join()
    running.server_close()


def script(tmp_path: Path, text: str) -> str:
    file = tmp_path / "hook with space.py"
    file.write_text(text)
    return f"{sys.executable} '{file}' --flag"


def left_in_group(group: int) -> list[str]:
    """Processes that still run once the kernel had time to end those that were killed: the signal is sent, not waited for."""
    end, pause = time.monotonic() + PATIENCE, threading.Event()
    while (left := running_in_group(group)) and time.monotonic() < end:
        pause.wait(0.02)
    return left


def running_in_group(group: int) -> list[str]:
    """One that was killed may wait for its parent to hear of it."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, pgrp = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(pgrp) == group and state not in "ZX":
            found.append(stat.parent.name)
    return found


def test_a_command_gets_the_payload_as_json_on_standard_input_and_its_output_is_shown(tmp_path: Path) -> None:
    lines: list[str] = []
    hook = script(
        tmp_path, "import json, sys\nprint(sys.argv[1:])\nprint(sorted(json.load(sys.stdin).items()))\nprint('e', file=sys.stderr)"
    )
    call_hook(hook, PAYLOAD, say=lines.append)
    assert sorted(lines) == sorted(["['--flag']", str(sorted(PAYLOAD.model_dump().items())), "e"])


def test_a_command_need_not_read_what_it_is_told(tmp_path: Path) -> None:
    call_hook("true", PAYLOAD.model_copy(update={"urls": {"production": "x" * 1_000_000}}))


def test_a_command_that_ends_badly_fails_the_hook() -> None:
    with pytest.raises(HookFailed, match=r"^The before-swap hook ended with exit code 7: \"sh -c 'exit 7'\"\.$"):
        call_hook("sh -c 'exit 7'", PAYLOAD)


@pytest.mark.parametrize("command", ["/nowhere/hook", "'unbalanced", ""])
def test_a_command_that_can_not_be_started_fails_the_hook(command: str) -> None:
    with pytest.raises(HookFailed, match="can't be started"):
        call_hook(command, PAYLOAD)


@pytest.mark.parametrize("quiet", [False, True], ids=["that holds its output open", "that has closed its output"])
def test_a_command_that_outlives_its_time_is_killed_with_all_that_it_started(tmp_path: Path, quiet: bool) -> None:
    output = "subprocess.DEVNULL" if quiet else "None"
    child = f"subprocess.Popen(['sleep', '600'], stdout={output}, stderr={output})\nprint(os.getpid(), flush=True)\n"
    child = f"import os, subprocess\n{child}"
    close = "os.close(1)\nos.close(2)\n" if quiet else ""
    lines: list[str] = []
    with pytest.raises(HookFailed, match=r"did not end within 1 s and was killed"):
        call_hook(script(tmp_path, f"{child}{close}import time\ntime.sleep(600)"), PAYLOAD, timeout=1, say=lines.append)
    assert left_in_group(int(lines[0])) == []


def test_an_interrupt_ends_the_command_too(tmp_path: Path) -> None:
    group: list[int] = []

    def interrupted(line: str) -> None:
        group.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call_hook(script(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)"), PAYLOAD, say=interrupted)
    assert left_in_group(group[0]) == []


def test_an_address_gets_the_payload_posted_and_its_answer_is_shown(server: type[Server]) -> None:
    server.answer = b"all well\n"
    lines: list[str] = []
    call_hook(f"{server.url}?code=1", PAYLOAD, say=lines.append)  # type: ignore[attr-defined]
    assert server.got == [("/smoke?code=1", "application/json", PAYLOAD.model_dump())]
    assert lines == ["all well"]


def test_an_address_that_answers_no_fails_the_hook_and_its_key_is_not_shown(server: type[Server]) -> None:
    server.status, server.answer = 500, b"the database is away"
    with pytest.raises(HookFailed) as caught:
        call_hook(f"{server.url}?code=hush", PAYLOAD)  # type: ignore[attr-defined]
    assert str(caught.value) == f"The before-swap hook answered 500: {server.url}. the database is away"  # type: ignore[attr-defined]


def test_a_redirect_is_not_followed(server: type[Server]) -> None:
    server.status, server.location = 302, "/elsewhere"
    with pytest.raises(HookFailed, match="answered 302"):
        call_hook(server.url, PAYLOAD)  # type: ignore[attr-defined]
    assert len(server.got) == 1


def test_an_address_that_nobody_answers_fails_the_hook() -> None:
    with pytest.raises(HookFailed, match=r"can't be reached"):
        call_hook("http://127.0.0.1:1/smoke", PAYLOAD)


def test_the_payload_has_these_fields() -> None:
    """Teams' hooks read them: add to this list, never take away."""
    assert list(HookPayload.model_fields) == ["event", "release", "stack", "site", "version_from", "version_to", "slot", "urls"]
