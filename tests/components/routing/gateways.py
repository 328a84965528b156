"""The gateway's policy as the component writes it, run by the embedded gateway's engine: what its tests share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from components._routing.front_policy import policy
from components._routing.wanted import RoutingArguments
from sandbox.gateway import Answer, Onward, Passage, Policy, Request
from tests.functions.router.rewriting.parties import HOST, KEY

ROUTER = "https://orders.azurewebsites.net"
ROUTER_KEY = "key-of-the-router"
GATEWAY = "https://orders-gateway.azure-api.net"
NEWER = "orders-1x1.azurewebsites.net"
NEWER_KEY = "fn8Newer/key+of=1.1"
LISTED = f";default=1.1;1.1={NEWER}|{NEWER_KEY};1.0={HOST}|{KEY};"
Headers = Iterable[tuple[str, str]]


def arguments(**changes: Any) -> RoutingArguments:
    front = {"publisher_email": "shop@example.com", "direct": True, **changes.pop("api_management", {})}
    return RoutingArguments.model_validate({"site": {"name": "orders"}, "api_management": front, **changes})


def read(listed: str = LISTED, **changes: Any) -> Policy:
    return Policy.read(policy(arguments(**changes)), {"router-key": ROUTER_KEY, "direct-lines": listed}, {"router": ROUTER})


STANDARD = read()


def begun(target: str, headers: Headers = (), *, method: str = "GET", body: bytes | None = None, by: Policy = STANDARD) -> Passage:
    return by.begin(Request(method, GATEWAY + target, tuple(headers), body))


def sent(target: str, headers: Headers = (), *, method: str = "GET", body: bytes | None = None, by: Policy = STANDARD) -> Onward:
    onward = begun(target, headers, method=method, body=body, by=by).inbound()
    assert onward is not None
    return onward


def told(onward: Onward | Answer) -> dict[str, str]:
    return {name.lower(): value for name, value in onward.headers}
