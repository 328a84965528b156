"""The control plane as ARM REST over HTTPS on loopback, for clients such as azure-mgmt-web."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.arm import ArmError, ConnectionDropped, ControlPlane, Response

from .answers import TokenCheck, answer, well_formed


class ArmServer:
    """`certificate` and `key` are PEM files; clients must trust the certificate's authority.

    `token_check` says whose a bearer token is; by default any well-formed JWT is the operator's, whoever it names.
    """

    def __init__(self, plane: ControlPlane, certificate: Path, key: Path, *, token_check: TokenCheck = well_formed) -> None:
        self._plane = plane
        self._token_check = token_check
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._server: _Server | None = None

    def start(self, port: int = 0) -> int:
        """Listens on 127.0.0.1 and returns the port; 0 means any free one."""
        self._server = _Server(("127.0.0.1", port), self._plane, self._token_check, self._context)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="ARM", daemon=True).start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Ends the server. Idle connections of clients are closed with it."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], plane: ControlPlane, token_check: TokenCheck, context: ssl.SSLContext) -> None:
        self.plane = plane
        self.token_check = token_check
        self._context = context
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        # The handshake is left to the connection's own thread, so that a client that never speaks holds up nobody else.
        connection, address = super().get_request()
        wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(wrapped)
        return wrapped, address

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
    server_version = "Sandbox"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are in the journal if they wrote; standard error stays quiet."""

    def _serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            response = answer(
                self.server.plane,
                self.command,
                self.path,
                self.headers.get("Authorization"),
                content,
                self.server.token_check,
                if_match=self.headers.get("If-Match"),
            )
        except ArmError as problem:
            headers = {"x-ms-failure-cause": "gateway"} if problem.status == 401 else {}
            response = Response(problem.status, problem.body(), {**headers, **problem.headers})
        except ConnectionDropped:
            self._drop()
            return
        except Exception:  # a fault of the sandbox's own: said to the client, as ARM would say it of its own
            response = Response(500, ArmError(500, "InternalServerError", traceback.format_exc()).body())
        self._send(response)

    def _send(self, response: Response) -> None:
        text = response.body if isinstance(response.body, str) else "" if response.body is None else json.dumps(response.body)
        payload = text.encode()
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, self._absolute(value) if name == "Location" else value)
        if response.status == 401:
            self.send_header("WWW-Authenticate", 'Bearer authorization_uri="https://login.microsoftonline.com/"')
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if response.status != 204:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if response.status != 204:
            self.wfile.write(payload)

    def _absolute(self, path: str) -> str:
        version = parse_qs(urlsplit(self.path).query).get("api-version", [""])[0]
        return f"https://{self.headers.get('Host')}{path}?api-version={version}"

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
