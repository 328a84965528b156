"""Between whom something is forwarded: an app that answers for one line, and the address under which the router is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..versions import Line

_BASE = re.compile(r"https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?", re.ASCII)


class BadBase(ValueError):
    """An address that is not scheme, host and perhaps port. The message does not repeat it: it may come from a caller's Host header."""

    def __init__(self) -> None:
        super().__init__("an address is scheme, host name and perhaps a port, such as https://orders.example.com")


@dataclass(frozen=True)
class Backend:
    """The app of one line. Keep one per line: what is derived from it is computed once per object. Raises BadBase."""

    base_url: str
    """Scheme, host and perhaps port; no slash at the end. Requests go there and nowhere else."""
    key: str | None = field(default=None, repr=False)
    """A function or host key of the app, sent in `x-functions-key`. None: its functions are anonymous to the router."""
    system_key: str | None = field(default=None, repr=False)
    """`durabletask_extension`: opens its Durable management API."""
    hub: str = ""
    """Its task hub."""
    connection: str = ""
    """Name of the setting that connects its hub's storage."""
    hosts: tuple[str, ...] = ()
    """Other names, each with a port if it has an unusual one, by which the app may call itself."""

    def __post_init__(self) -> None:
        checked_base(self.base_url)

    @property
    def host(self) -> str:
        return host_of(self.base_url)


@dataclass(frozen=True)
class Public:
    """Where clients reach the router, and the line that they are led to. Raises BadBase."""

    base_url: str
    """Scheme, host and perhaps port; no slash at the end."""
    line: Line

    def __post_init__(self) -> None:
        checked_base(self.base_url)

    @property
    def durable(self) -> str:
        return f"{self.base_url}/api/_durable/{self.line}"

    @property
    def app(self) -> str:
        return f"{self.base_url}/api/_line/{self.line}"


def checked_base(text: str) -> str:
    """Raises BadBase."""
    if _BASE.fullmatch(text) is None:
        raise BadBase
    return text


def host_of(base_url: str) -> str:
    """In lower case, with its port only where that is not the scheme's own."""
    scheme, _, host = base_url.lower().partition("://")
    return host.removesuffix(":443" if scheme == "https" else ":80")


__all__ = ["Backend", "BadBase", "Public", "checked_base", "host_of"]
