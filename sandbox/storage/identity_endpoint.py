"""The token endpoint that App Service gives its apps, for the command that runs inside the sandbox.

With IDENTITY_ENDPOINT and IDENTITY_HEADER set, the real ManagedIdentityCredential and DefaultAzureCredential ask here. The request
and the answer are those of Microsoft docs, "How to use managed identities for App Service", REST endpoint reference.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from sandbox.arm import ControlPlane
from sandbox.arm.subscription import OPERATOR_OBJECT_ID

from .tokens import Tokens

_IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"


class IdentityEndpoint:
    """Without a parameter that names an identity the token is the operator's; otherwise that of a user-assigned identity in the store."""

    def __init__(self, plane: ControlPlane, tokens: Tokens) -> None:
        self.header = secrets.token_hex(16)
        self.url = ""
        self._plane, self._tokens = plane, tokens
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, answer = endpoint.answer(self.path, self.headers.get("X-IDENTITY-HEADER", ""))
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the terminal belongs to the command."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/msi/token"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="identity-endpoint", daemon=True).start()

    def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def answer(self, target: str, header: str) -> tuple[int, dict[str, object]]:
        if not hmac.compare_digest(header.encode(), self.header.encode()):
            return _refusal(HTTPStatus.FORBIDDEN, "The X-IDENTITY-HEADER is missing or is not that of this endpoint.")
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        if "resource" not in query:
            return _refusal(HTTPStatus.BAD_REQUEST, "The parameter 'resource' is missing.")
        found = self._identity(query)
        if found is None:
            return _refusal(
                HTTPStatus.BAD_REQUEST,
                "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
            )
        principal, client = found
        resource = query["resource"].removesuffix("/.default")
        token = self._tokens.issue(principal, resource, client_id=client)
        return HTTPStatus.OK, {
            "access_token": token.token,
            "expires_on": str(token.expires_on),
            "resource": resource,
            "token_type": "Bearer",
            "client_id": client,
        }

    def _identity(self, query: dict[str, str]) -> tuple[str, str] | None:
        """Principal and client id of the identity that is asked for."""
        by_value = {"client_id": "clientId", "object_id": "principalId", "principal_id": "principalId"}
        asked = {name: value.lower() for name, value in query.items() if value and (name in by_value or name == "mi_res_id")}
        if not asked:
            return OPERATOR_OBJECT_ID, OPERATOR_OBJECT_ID
        for id, body in self._plane.store.of_type(_IDENTITIES):
            own = body["properties"]
            if all((id.key if name == "mi_res_id" else own[by_value[name]].lower()) == value for name, value in asked.items()):
                return own["principalId"], own["clientId"]
        return None


def _refusal(status: HTTPStatus, message: str) -> tuple[int, dict[str, object]]:
    return status, {"statusCode": int(status), "message": message}
