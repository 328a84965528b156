"""The router's own code on Flex Consumption, where no `pulumi up` brings it: what is to be deployed, and whether that is already there. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..live.flex import LIVE, PACKAGE
from ..problem import OperationProblem

_OF_OURS = re.compile(r"(?:^|-)([0-9a-f]{16})\.zip$")


@dataclass(frozen=True)
class OwnCode:
    package_url: str
    """Of the package that the stack's last update has uploaded."""

    @property
    def container_url(self) -> str:
        return self.package_url.rpartition("/")[0]

    @property
    def key(self) -> str:
        """As the component calls it: the hash in its name, or the start of its address's."""
        url = self.package_url.partition("?")[0]
        own = _OF_OURS.search(url)
        return own[1] if own else hashlib.sha256(url.encode()).hexdigest()[:16]


def own_code(stack: str, outputs: Mapping[str, Any]) -> OwnCode:
    """Raises OperationProblem where the router has slots, or the stack was deployed by a program without these outputs."""
    hosting, url = outputs.get("hosting"), outputs.get("router_package_url")
    if hosting == "slots":
        raise OperationProblem(
            f"Stack '{stack}': the router has a plan with slots, and `pulumi up` brings its code: into a slot, from which a swap brings it into "
            "production (az webapp deployment slot swap). This command is for Flex Consumption."
        )
    if hosting != "flex" or not isinstance(url, str) or not url.startswith("https://"):
        raise OperationProblem(
            f"Stack '{stack}' has no outputs hosting and router_package_url. Deploy it with: pulumi up --stack {stack}. A program of your own has "
            "to export them, from its component."
        )
    return OwnCode(url)


def decide(code: OwnCode, settings: Mapping[str, str], metadata: Mapping[str, str], stack: str) -> Literal["there", "deploy"]:
    """`settings`: the router's. `metadata`: of the packages' container. Raises OperationProblem if code and settings would not fit."""
    if settings.get(PACKAGE) != code.key:
        raise OperationProblem(
            f"The router's settings are for another package ({settings.get(PACKAGE) or 'none'}) than the stack's outputs name ({code.key}). "
            f"Run pulumi up --stack {stack}, and then this again."
        )
    return "there" if metadata.get(LIVE, "").partition(";")[0] == code.key else "deploy"


__all__ = ["OwnCode", "decide", "own_code"]
