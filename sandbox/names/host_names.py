"""What Azure's DNS does for an app that calls another one, or a gateway: `<name>.azurewebsites.net` and `<name>.azure-api.net` lead to the front
door, which goes by the Host header."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

SUFFIXES = (".azurewebsites.net", ".azure-api.net")


def resolve_apps(front_door: str) -> None:
    """For this process. Whatever resolves names by the standard library comes here, as urllib, requests and aiohttp do."""
    at = urlsplit(front_door)
    if at.hostname is None or at.port is None:
        return
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.lower().endswith(SUFFIXES) and str(port) in ("443", "https"):
            return resolve(at.hostname, at.port, *rest, **options)
        return resolve(host, port, *rest, **options)

    socket.getaddrinfo = getaddrinfo


__all__ = ["SUFFIXES", "resolve_apps"]
