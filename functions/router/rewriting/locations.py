"""Headers that name an address: `Location` above all, which each 202 of a polling answer carries (Microsoft docs "HTTP APIs in Durable Functions")."""

from __future__ import annotations

from urllib.parse import urljoin

from .addresses import Addresses

ADDRESSES = frozenset({"location", "content-location", "operation-location", "azure-asyncoperation"})
"""In lower case. Other headers are free text to the router."""


def translate_location(value: str, addresses: Addresses, base_url: str, target: str) -> str:
    """A relative address is the app's own, seen from the request's target there: on the router it would lead to whatever line is the default."""
    if not value.isascii() or not value.isprintable() or "\\" in value:
        return value
    try:
        absolute = urljoin(base_url + target.partition("?")[0], value)
    except ValueError:
        return value
    return addresses.translate(absolute) or value


__all__ = ["ADDRESSES", "translate_location"]
