"""What a stack's outputs name: the site, its slots, the setting names, and each bundle's durable account and task hub.

Outputs are as of the last `pulumi up`. They never tell what is in which slot now: `operations.live` reads that from Azure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .problem import OperationProblem
from .pulumi import Pulumi

PRODUCTION = "production"
_SITE_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/Microsoft\.Web/sites/(?P<site>[^/]+)", re.IGNORECASE
)
_NEEDED = ("site_id", "slots", "bundles", "connection_setting", "packages_url", "host_names")


@dataclass(frozen=True)
class Bundle:
    account: str
    """Name of the storage account that its durable state lies in."""
    task_hub: str


@dataclass(frozen=True)
class Deployment:
    stack: str
    subscription: str
    group: str
    site: str
    slots: tuple[str, ...]
    """Production first."""
    bundles: Mapping[str, Bundle]
    connection_setting: str
    """The app setting, or group of settings `<name>__…`, that names a slot's durable storage."""
    task_hub_setting: str | None
    """The app setting that names a slot's task hub. None where each bundle has an account of its own: then all have one hub name, in host.json."""
    packages_url: str
    host_names: Mapping[str, str]

    @property
    def site_id(self) -> str:
        return f"{self.group_id}/providers/Microsoft.Web/sites/{self.site}"

    @property
    def group_id(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    def slot_id(self, slot: str) -> str:
        return self.site_id if slot == PRODUCTION else f"{self.site_id}/slots/{slot}"

    def require_slot(self, slot: str) -> str:
        """The slot as the stack spells it. Raises OperationProblem if there is no such slot."""
        found = next((one for one in self.slots if one.lower() == slot.lower()), None)
        if found is None:
            raise OperationProblem(f"--slot {slot}: '{self.site}' has no such slot. There are: {', '.join(self.slots)}.")
        return found


def read_deployment(pulumi: Pulumi) -> Deployment:
    """From the outputs of the stack. Raises OperationProblem if it was never deployed, or by a program without these outputs."""
    return deployment_of(pulumi.stack, pulumi.outputs())


def deployment_of(stack: str, outputs: Mapping[str, Any]) -> Deployment:
    missing = [name for name in _NEEDED if not outputs.get(name)]
    if missing:
        raise OperationProblem(
            f"Stack '{stack}' has no output {', '.join(missing)}. Deploy it with: pulumi up --stack {stack}. "
            "A program of your own has to export them, from its StatusCheckWithSlot."
        )
    place = _SITE_ID.fullmatch(str(outputs["site_id"]))
    if place is None:
        raise OperationProblem(f"Stack '{stack}': the output site_id is no resource id of a site: {outputs['site_id']!r}.")
    return Deployment(
        stack=stack,
        subscription=place["subscription"],
        group=place["group"],
        site=place["site"],
        slots=tuple(outputs["slots"]),
        bundles={name: Bundle(str(one["account"]), str(one["task_hub"])) for name, one in outputs["bundles"].items()},
        connection_setting=str(outputs["connection_setting"]),
        task_hub_setting=outputs.get("task_hub_setting") or None,
        packages_url=str(outputs["packages_url"]),
        host_names=dict(outputs["host_names"]),
    )


__all__ = ["PRODUCTION", "Bundle", "Deployment", "deployment_of", "read_deployment"]
