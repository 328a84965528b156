"""Which API and operation a request is for. Sources: Microsoft docs, "Add an API manually" (wildcards), "Import and publish your first API" (suffix).

The API with the longest path wins; that case does not matter in paths is inferred.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .live import Api, Service


def find_api(service: Service, method: str, url: str) -> Api | None:
    """None: no API has such a path, or no operation of it the method and the rest of the path."""
    path = urlsplit(url).path
    fitting = [api for api in service.apis if _begins(path, _own(api))]
    for api in sorted(fitting, key=lambda api: len(_own(api)), reverse=True):
        rest = path[len(_own(api)) :] or "/"
        if any(one["method"].upper() in (method, "*") and _template(one["urlTemplate"]).fullmatch(rest) for one in api.operations):
            return api
    return None


def _own(api: Api) -> str:
    path = str(api.properties["path"]).strip("/")
    return f"/{path}" if path else ""


def _begins(path: str, own: str) -> bool:
    return f"{path.lower()}/".startswith(f"{own.lower()}/")


def _template(text: str) -> re.Pattern[str]:
    """`{id}` is one segment; `*` and `{*rest}` are whatever follows."""
    pieces = [_piece(piece) for piece in re.split(r"(\{[^}]*\}|\*)", text.partition("?")[0])]
    return re.compile("".join(pieces), re.IGNORECASE | re.DOTALL)


def _piece(text: str) -> str:
    if text == "*" or text.startswith("{*"):
        return ".*"
    return "[^/]+" if text.startswith("{") else re.escape(text)


__all__ = ["find_api"]
