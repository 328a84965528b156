"""The address on loopback at which the SDK's client in the same process reaches the extension: no key is asked there.

Source: durable extension LocalHttpListener.cs (`http://127.0.0.1:17071/durabletask/`; here any free port).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .answers import Answer

PATH = "/durabletask/"


class LocalListener:
    def __init__(self, answer: Callable[[str, str, Mapping[str, str], bytes], Answer]) -> None:
        self._answer = answer
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Once it has started."""
        assert self._server is not None, "the extension has not started"
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _handler(self._answer))
        threading.Thread(target=self._server.serve_forever, name="durable-rpc", daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    """A client's connection that is kept alive must not hold up the end."""


def _handler(answer: Callable[[str, str, Mapping[str, str], bytes], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = answer(self.command, self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = do_PUT = _respond

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    return Handler
