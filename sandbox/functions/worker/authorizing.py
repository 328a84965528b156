"""Whose keys open what: Microsoft docs, "Work with access keys in Azure Functions" and "Azure Functions HTTP trigger", section on keys."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs

from ..serving import Call
from ..spec import Keys


def opens(call: Call, keys: Keys, level: str) -> bool:
    """`level`: anonymous, function, system, admin. The master key opens everything."""
    if level == "anonymous":
        return True
    given = key_in(call)
    known: dict[str, Iterable[str]] = {"function": keys.functions.values(), "system": keys.system.values(), "admin": ()}
    return any(hmac.compare_digest(given.encode(), key.encode()) for key in (keys.master, *known[level]))


def is_master(call: Call, keys: Keys) -> bool:
    return opens(call, keys, "admin")


def key_in(call: Call) -> str:
    """From the header `x-functions-key`, else the query's `code`."""
    query: Mapping[str, list[str]] = parse_qs(call.query)
    return call.headers.get("x-functions-key") or query.get("code", [""])[0]
