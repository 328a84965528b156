"""A transport for storage clients that notes every write, and that can die before one, as a process does."""

from __future__ import annotations

import re
import threading
from typing import Any

from azure.core.pipeline.transport import RequestsTransport


class Killed(BaseException):
    """Not an Exception: nothing in a worker may catch it and go on."""


class Recorder(RequestsTransport):
    """`writes` holds lines like `send control`, `history`, `instances`, `delete workitems`; partitions, what a start
    makes, and the putting off of messages are left out.

    `dies_before`: the write that is never made, by its number or as the first of its kind. From then on nothing gets through.
    """

    def __init__(self, verify: str, *, dies_before: int | str | None = None) -> None:
        super().__init__(connection_verify=verify, use_env_settings=False)
        self.writes: list[str] = []
        self.dead = threading.Event()
        self._dies_before = dies_before
        self._lock = threading.Lock()

    def send(self, request: Any, **options: Any) -> Any:
        what = described(request.method, request.url)
        with self._lock:
            if self.dead.is_set():
                raise Killed
            if what is not None:
                if self._dies_before in (len(self.writes), what):
                    self.dead.set()
                    raise Killed
                self.writes.append(what)
        return super().send(request, **options)


def described(method: str, url: str) -> str | None:
    path = url.partition("?")[0]
    if queue := re.search(r"-(control|workitems)(-\d\d)?/messages", path):
        return {"POST": f"send {queue[1]}", "DELETE": f"delete {queue[1]}"}.get(method)
    if method == "GET" or "Partitions" in path or "/Tables" in path or "restype=container" in url:
        return None
    if path.endswith("$batch"):
        return "history"
    if re.search(r"Instances(\(|$)", path):
        return "instances"
    return None
