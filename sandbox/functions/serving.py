"""A small HTTP server on loopback, one thread per connection: for the front door (TLS) and for the worker behind it (plain)."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STOPPING = "x-sandbox-stopping"
"""Header of a worker's answer to a request that it has not taken, because it is about to end."""


@dataclass(frozen=True)
class Call:
    """One request. `target` is path and query as sent; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class Answer:
    """`headers` may name one header several times (Set-Cookie). Content-Length is added when it is sent."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"")

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The first of that name, in any case."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    @classmethod
    def of_json(cls, status: int, content: Any) -> Answer:
        return cls(status, (("Content-Type", "application/json; charset=utf-8"),), json.dumps(content).encode())

    @classmethod
    def of_text(cls, status: int, content: str) -> Answer:
        return cls(status, (("Content-Type", "text/plain; charset=utf-8"),), content.encode())


class LoopbackServer:
    """`answer` is called in the connection's thread; what it raises becomes a 500 with the traceback. None drops the connection."""

    def __init__(self, answer: Callable[[Call], Answer | None], *, name: str, tls: ssl.SSLContext | None = None) -> None:
        self._server = _Server(answer, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name=name, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Ends the server and what connections clients keep open."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, answer: Callable[[Call], Answer | None], tls: ssl.SSLContext | None) -> None:
        self.answer, self._tls = answer, tls
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls is not None:
            # The handshake is left to the connection's own thread, so that a client that never speaks holds up nobody else.
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            self.shutdown_request(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or spoke no TLS, is its own business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def _serve(self) -> None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self._send(Answer.of_text(411, "The sandbox takes bodies with a Content-Length only."))
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        try:
            answer = self.server.answer(Call(self.command, self.path, headers, body))
        except Exception:
            answer = Answer.of_text(500, traceback.format_exc())
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(answer)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: the terminal belongs to the command."""
