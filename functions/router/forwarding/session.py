"""The one client session of a router process: connections to all apps, kept open between requests."""

from __future__ import annotations

import ssl

import aiohttp

CONNECTIONS = 512
"""At once, to all apps together. App Service gives a worker 128 outgoing ports for certain and some more as they last (Microsoft docs
"Troubleshooting intermittent outbound connection errors", SNAT), per destination; the Functions Consumption plan allows 600 connections."""
KEPT_SECONDS = 60.0
"""An idle connection is kept. Less than the 130 s of Kestrel and the 240 s of Azure's load balancer, so that it is we who end it."""
CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 225.0
"""Of one exchange, body included: App Service ends it after 230 s (Microsoft docs "Azure Functions HTTP trigger", limits)."""

TIMEOUT = aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS)
_ADDED_BY_CLIENT = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What aiohttp would add on its own if the caller had not sent it."""


def open_session(ssl_context: ssl.SSLContext | None = None) -> aiohttp.ClientSession:
    """Inside a running loop; make one per process, and close it in the end. `ssl_context` None: the public authorities."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=CONNECTIONS, keepalive_timeout=KEPT_SECONDS, ttl_dns_cache=30, ssl=True if ssl_context is None else ssl_context
        ),
        timeout=TIMEOUT,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_ADDED_BY_CLIENT,
        auto_decompress=False,
        trust_env=False,
    )


__all__ = ["CONNECTIONS", "CONNECT_SECONDS", "TIMEOUT", "TOTAL_SECONDS", "open_session"]
