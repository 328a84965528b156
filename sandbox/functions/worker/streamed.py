"""Functions that take and give Starlette's own requests and responses, by azurefunctions-extensions-http-fastapi.

Sources: azure-functions-python-worker http_v2.py and that extension: the host hands such requests to a web server inside the worker; handlers
are told by the type of their parameter; off below Python 3.13 unless PYTHON_ENABLE_INIT_INDEXING is 1 (Microsoft docs, "Azure Functions Python
developer guide", HTTP streams). That the handler sees the caller's Host is inferred: the host forwards with YARP, whose default transformer
copies it. Simpler than Azure: a body is passed on as a whole, here and back.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

from ..serving import Answer, Call
from .app import AppFunction

_EXTENSION = "azurefunctions.extensions.base"


def is_streamed(function: AppFunction, settings: Mapping[str, str]) -> bool:
    """Whether the function's parameter has the extension's request type, and the worker is set to look for it."""
    module = sys.modules.get(_EXTENSION)  # imported by the app, or not in use
    if module is None or settings.get("PYTHON_ENABLE_INIT_INDEXING", "") != "1":
        return False
    code = function.function.get_user_function()
    return bool(module.RequestTrackerMeta.check_type(typing.get_type_hints(code).get(function.trigger.name)))


def request_of(call: Call, parameters: Mapping[str, str]) -> Any:
    from starlette.requests import Request

    return Request(_scope(call, parameters), _Body(call.body))


async def answer_of(call: Call, returned: Any) -> Answer:
    """Plays the response as an ASGI application, on the loop that the handler ran on, and takes down what it sends."""
    from starlette.responses import JSONResponse, Response

    response = returned if isinstance(returned, Response) else JSONResponse(returned)
    status = 0
    headers: list[tuple[str, str]] = []
    parts: list[bytes] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.extend((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await response(_scope(call, {}), _Body(b""), send)
    kept = tuple((name, value) for name, value in headers if name not in ("content-length", "transfer-encoding", "connection"))
    return Answer(status, kept, b"".join(parts))


class _Body:
    """ASGI's `receive`: the body in one piece, then silence."""

    def __init__(self, content: bytes) -> None:
        self._content: bytes | None = content

    async def __call__(self) -> MutableMapping[str, Any]:
        content, self._content = self._content, None
        if content is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": content, "more_body": False}


def _scope(call: Call, parameters: Mapping[str, str]) -> dict[str, Any]:
    host, _, port = call.headers.get("host", "localhost").partition(":")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": call.headers.get("x-forwarded-proto", "http"),
        "path": unquote(call.path),
        "raw_path": call.path.encode(),
        "root_path": "",
        "query_string": call.query.encode(),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in call.headers.items()],
        "server": (host, int(port or 443)),
        "client": ("127.0.0.1", 0),
        "path_params": dict(parameters),
    }


__all__ = ["answer_of", "is_streamed", "request_of"]
