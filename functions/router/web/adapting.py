"""Between Starlette's requests and answers, as the Functions worker gives and takes them, and the router's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from azurefunctions.extensions.http.fastapi import Request, StreamingResponse

from ..forwarding import Inbound, Outbound


def arrived(request: Request) -> Inbound:
    """Path and query as they came: `raw_path` is not decoded. Scheme and address are what App Service's front end says, which writes both headers
    itself (Microsoft docs, "Configure ASP.NET Core to work with proxy servers", App Service)."""
    scope = request.scope
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    told = {name.lower(): value for name, value in headers}
    return Inbound(
        method=request.method,
        raw_target=path + (f"?{query}" if query else ""),
        headers=headers,
        body=request.stream(),
        scheme=_last(told.get("x-forwarded-proto")) or str(scope.get("scheme") or "https"),
        host=told.get("host", ""),
        client_ip=_without_port(_last(told.get("x-forwarded-for"))),
    )


def answered(outbound: Outbound) -> StreamingResponse:
    """Headers as they are, several of one name too."""
    response = StreamingResponse(_chunks(outbound), status_code=outbound.status)
    response.raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in outbound.headers]
    return response


async def _chunks(outbound: Outbound) -> AsyncIterator[bytes]:
    """An app that breaks off half way ends the connection, so that the caller sees it too."""
    async with outbound:
        async for chunk in outbound.chunks():
            yield chunk


def principal_of(request: Request) -> str:
    """X-MS-CLIENT-PRINCIPAL-ID, which App Service authentication sets, and callers can't where it is on."""
    found: Any = request.headers.get("x-ms-client-principal-id")
    return found or ""


def wants_page(request: Request) -> bool:
    """A browser: it prefers HTML to JSON."""
    accept = request.headers.get("accept", "")
    return "text/html" in accept and "application/json" not in accept.partition("text/html")[0]


def _last(text: str | None) -> str:
    return (text or "").rpartition(",")[2].strip()


def _without_port(address: str) -> str:
    """`1.2.3.4:567` and `[::1]:567`, as App Service writes them."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


__all__ = ["answered", "arrived", "principal_of", "wants_page"]
