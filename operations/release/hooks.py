"""What a team's own checks are told before and after the swap, and how they answer.

A hook is a command, or an http(s) URL. A command gets the payload as JSON on standard input, an address gets it as a POST. Exit code 0, or
a status of 2xx, lets the release go on; anything else, or no end within the time-out, is a failure. A release that was killed calls its
hooks again, with the same `release`: a hook that must not act twice compares that.
"""

from __future__ import annotations

import os
import queue
import shlex
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from ..azure import ca_bundle
from ..problem import UNEXPECTED, OperationProblem

TIMEOUT = 300.0
"""Seconds, unless --hook-timeout says otherwise."""


class HookPayload(BaseModel):
    """The JSON that a hook gets. Fields are added over time, never renamed."""

    model_config = ConfigDict(frozen=True)

    event: Literal["before-swap", "after-swap"]
    release: str
    """One and the same for all calls of one release, also after it was killed and taken up again."""
    stack: str
    site: str
    """Name of the function app."""
    version_from: str | None
    """In production before the swap; None: nothing was, or it has no version."""
    version_to: str
    slot: str
    """What changes places with production: before the swap it holds version_to, after it version_from."""
    urls: dict[str, str]
    """Slot -> address, production's under `production`. After the swap production's address reaches version_to."""


class HookFailed(OperationProblem):
    """The hook said no, or could not be asked."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, UNEXPECTED)


def call_hook(hook: str, payload: HookPayload, *, timeout: float = TIMEOUT, say: Callable[[str], None] = lambda _: None) -> None:
    """`say` is told each line that the hook puts out. Raises HookFailed; a command that outlives `timeout` seconds is killed."""
    text = payload.model_dump_json()
    if hook.startswith(("http://", "https://")):
        _post(hook, payload.event, text, timeout, say)
    else:
        _run(hook, payload.event, text, timeout, say)


def _run(command: str, event: str, text: str, timeout: float, say: Callable[[str], None]) -> None:
    try:
        words = shlex.split(command)
        running = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except (OSError, ValueError, IndexError) as error:
        raise HookFailed(f"The {event} hook can't be started: {command!r} ({error}).") from None
    lines: queue.Queue[str | None] = queue.Queue()
    threads = [
        threading.Thread(target=_feed, args=(running, text), daemon=True),
        threading.Thread(target=_read, args=(running, lines), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        deadline = time.monotonic() + timeout
        ended = _told(lines, deadline, say) and _waited(running, deadline)
    finally:  # also when Ctrl-C comes in here
        _end(running)
        for thread in threads:
            thread.join()
    if not ended:
        raise HookFailed(f"The {event} hook did not end within {timeout:.0f} s and was killed: {command!r}.")
    if running.returncode != 0:
        raise HookFailed(f"The {event} hook ended with exit code {running.returncode}: {command!r}.")


def _feed(running: subprocess.Popen[str], text: str) -> None:
    assert running.stdin is not None
    try:
        with running.stdin as stdin:
            stdin.write(text)
    except OSError:  # a hook need not read what it is told
        pass


def _read(running: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert running.stdout is not None
    with running.stdout as output:
        for line in output:
            lines.put(line.rstrip())
    lines.put(None)


def _told(lines: queue.Queue[str | None], deadline: float, say: Callable[[str], None]) -> bool:
    """False: the deadline came before the end of the output."""
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return False
        if line is None:
            return True
        say(line)


def _waited(running: subprocess.Popen[str], deadline: float) -> bool:
    try:
        running.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:  # it closed its output and went on
        return False
    return True


def _end(running: subprocess.Popen[str]) -> None:
    """The whole group: a hook that is a script has started others."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    running.wait()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """A POST that is led elsewhere arrives there as a GET without its payload."""
        return None


def _post(url: str, event: str, text: str, timeout: float, say: Callable[[str], None]) -> None:
    shown = url.partition("?")[0]  # what comes after may hold a key
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_bundle()))
    request = urllib.request.Request(url, text.encode(), {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.build_opener(trust, _NoRedirect()).open(request, timeout=timeout) as answer:
            for line in answer.read(100_000).decode(errors="replace").splitlines():
                say(line)
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(300).decode(errors="replace").strip()
        raise HookFailed(f"The {event} hook answered {error.code}: {shown}. {said}".rstrip()) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        late = isinstance(reason, TimeoutError)
        why = f"did not answer within {timeout:.0f} s" if late else f"can't be reached ({reason})"
        raise HookFailed(f"The {event} hook {why}: {shown}.") from None


__all__ = ["TIMEOUT", "HookFailed", "HookPayload", "call_hook"]
