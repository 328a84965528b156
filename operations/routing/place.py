"""Where a stack's router is, by the stack's outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..deployment import refuse_undeployed
from ..problem import OperationProblem

STRATEGY = "application-routing"
_SITE_ID = re.compile(r"(?P<group>/subscriptions/[^/]+/resourceGroups/[^/]+)/providers/Microsoft\.Web/sites/(?P<site>[^/]+)", re.IGNORECASE)
_NEEDED = ("router_url", "router_id", "packages_url")


@dataclass(frozen=True)
class Router:
    stack: str
    url: str
    """Without a slash at its end."""
    site_id: str
    group_id: str
    site: str
    packages_url: str
    """The container that the router takes packages from."""


def is_routed(outputs: Mapping[str, Any]) -> bool:
    return outputs.get("strategy") == STRATEGY


def router_of(stack: str, outputs: Mapping[str, Any]) -> Router:
    """Raises OperationProblem if the stack has no router, or was deployed by a program without these outputs."""
    refuse_undeployed(stack, outputs)
    if not is_routed(outputs):
        raise OperationProblem(
            f"Stack '{stack}' has no router: this is for the strategy {STRATEGY}, and its output `strategy` is "
            f"{outputs.get('strategy')!r}. `python -m operations versions --stack {stack}` shows what other strategies run."
        )
    missing = [name for name in _NEEDED if not outputs.get(name)]
    if missing:
        raise OperationProblem(
            f"Stack '{stack}' has no output {', '.join(missing)}. Deploy it with: pulumi up --stack {stack}. "
            "A program of your own has to export them, from its component."
        )
    place = _SITE_ID.fullmatch(str(outputs["router_id"]))
    if place is None:
        raise OperationProblem(f"Stack '{stack}': the output router_id is no resource id of a site: {outputs['router_id']!r}.")
    url = str(outputs.get("operators_url") or outputs["router_url"]).rstrip("/")
    if not url.startswith("https://"):
        raise OperationProblem(f"Stack '{stack}': the output router_url is no https address: {url!r}.")
    return Router(stack, url, str(outputs["router_id"]), place["group"], place["site"], str(outputs["packages_url"]))


__all__ = ["STRATEGY", "Router", "is_routed", "router_of"]
