"""Sends requests on to backends. `<app>.azurewebsites.net` leads to the sandbox's front door, as Azure's DNS leads to App Service."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict
from yarl import URL

from .expressions import PolicyFailed
from .messages import Onward

APPS = ".azurewebsites.net"
HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"})
_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""What aiohttp would add of its own."""
_CHUNK = 64 * 1024


class AppResolver(AbstractResolver):
    """`front_door` is asked at each request: apps may be there only later. None: there are no apps, so their names lead nowhere."""

    def __init__(self, front_door: Callable[[], str] | None) -> None:
        self._front_door, self._others = front_door, aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        if not host.lower().endswith(APPS):
            return await self._others.resolve(host, port, family)
        if self._front_door is None:
            raise OSError(f"{host} is not known: no apps run here")
        door = urlsplit(self._front_door())
        known = ResolveResult(hostname=host, host=str(door.hostname), port=door.port or 443, family=socket.AF_INET, proto=0, flags=0)
        return [known]

    async def close(self) -> None:
        await self._others.close()


def open_session(authority: Path, front_door: Callable[[], str] | None) -> aiohttp.ClientSession:
    """Nothing is unpacked, remembered or added. To be called where a loop runs."""
    trust = ssl.create_default_context(cafile=str(authority))
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=trust, resolver=AppResolver(front_door), limit=0, use_dns_cache=False),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=_ADDED,
        timeout=aiohttp.ClientTimeout(total=None),
    )


async def send(session: aiohttp.ClientSession, onward: Onward, incoming: AsyncIterator[bytes] | None) -> aiohttp.ClientResponse:
    """Until the headers of the answer are there. `incoming`: the body, where nobody has read it. Raises PolicyFailed."""
    headers = CIMultiDict((name, value) for name, value in onward.headers if name.lower() not in HOP_BY_HOP)
    body = onward.body if isinstance(onward.body, bytes) else incoming if onward.body is not None else None
    asked = session.request(
        onward.method, URL(onward.url, encoded=True), headers=headers, data=body, allow_redirects=onward.forward.follow_redirects
    )
    try:
        return await asyncio.wait_for(asked, onward.forward.timeout)
    except TimeoutError as problem:
        raise PolicyFailed("Timeout", f"{onward.url} has sent no headers within {onward.forward.timeout:g} s") from problem
    except (aiohttp.ClientError, OSError, ValueError) as problem:
        raise PolicyFailed("BackendConnectionFailure", f"{onward.url}: {problem}") from problem


async def chunks(response: aiohttp.ClientResponse, *, buffered: bool) -> AsyncIterator[bytes]:
    """Buffered: in pieces of 8 KiB unless the stream ends (Microsoft docs, "Forward request", buffer-response); else as they come."""
    held = b""
    async for chunk in response.content.iter_any():
        held += chunk
        if not buffered or len(held) >= 8192:
            yield held
            held = b""
    if held:
        yield held


__all__ = ["APPS", "HOP_BY_HOP", "chunks", "open_session", "send"]
