"""One URL of a version app in, the router's URL for the same thing out.

The app makes its URLs from the Host header that it sees, which is its own (durable extension HttpApiHandler.cs, azure-functions-durable-python
DurableOrchestrationClient.py: scheme and authority of the request). With `useForwardedHost` in host.json it takes the router's host instead,
and the path stays the app's, where the Functions host lets no function answer.
"""

from __future__ import annotations

from urllib.parse import unquote

from .parties import Backend, Public, host_of

WEBHOOKS = "/runtime/webhooks/durabletask"
_KEYS = frozenset({"code"})
_MANAGEMENT = frozenset({"code", "taskhub", "connection"})


class Addresses:
    """Between one app and one public address."""

    def __init__(self, backend: Backend, public: Public) -> None:
        self.public = public
        self.scheme = backend.base_url.partition("://")[0]
        self.own = frozenset({backend.host, *(host.lower() for host in backend.hosts)})
        self.router = host_of(public.base_url)

    def translate(self, url: str) -> str | None:
        """Of an absolute URL. None: it is no URL of this app. Placeholders such as `{eventName}` stay as they are."""
        scheme, found, rest = url.partition("://")
        if not found or scheme.lower() not in ("http", "https"):
            return None
        end = next((index for index, character in enumerate(rest) if character in "/?#"), len(rest))
        host = host_of(f"{scheme}://{rest[:end]}")
        if host in self.own:
            return self._of_path(rest[end:])
        if host == self.router and _management_rest(rest[end:]) is not None:
            return self._of_path(rest[end:])
        return None

    def _of_path(self, rest: str) -> str:
        """`rest`: from the path on."""
        rest, hash_sign, fragment = rest.partition("#")
        path, _, query = rest.partition("?")
        managed = _management_rest(path)
        if managed is None:
            target, query = self.public.app + (path or "/"), without(query, _KEYS)
        else:
            target, query = self.public.durable + managed, without(query, _MANAGEMENT)
        return target + (f"?{query}" if query else "") + hash_sign + fragment


def _management_rest(path: str) -> str | None:
    """What follows the base of the Durable API, or None."""
    if path[: len(WEBHOOKS)].lower() != WEBHOOKS:
        return None
    rest = path[len(WEBHOOKS) :]
    return rest if not rest or rest[0] in "/?#" else None


def without(query: str, names: frozenset[str]) -> str:
    """The raw query minus these parameters (in lower case), however their names are written. What is left keeps its bytes and its order."""
    if not query:
        return query
    return "&".join(part for part in query.split("&") if unquote(part.partition("=")[0]).replace("+", " ").strip().lower() not in names)


__all__ = ["WEBHOOKS", "Addresses", "without"]
