"""What a stack's outputs name: the site, its slots, the setting names, and where the task hubs lie.

Outputs are as of the last `pulumi up`. They never tell what is in which slot now: `operations.live` reads that from Azure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .problem import OperationProblem
from .pulumi import Pulumi

PRODUCTION = "production"
Strategy = Literal["orchestration-versioning", "name-based-versioning"]
_SITE_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)/providers/Microsoft\.Web/sites/(?P<site>[^/]+)", re.IGNORECASE
)
_NEEDED = ("site_id", "slots", "packages_url", "host_names")
_OF_STORAGE_THAT_TRAVELS = ("bundles", "connection_setting")
_OF_VERSIONING = ("hubs", "start_setting")


@dataclass(frozen=True)
class Bundle:
    account: str
    """Name of the storage account that its durable state lies in."""
    task_hub: str


@dataclass(frozen=True)
class Versioning:
    """What a stack of a versioning strategy says besides: there the task hub stays with its slot, and starts are two-phase."""

    strategy: Strategy
    start_setting: str
    """The sticky app setting that tells clients which version to start."""
    hosting: Literal["slots", "flex"] = "slots"
    backend: str = "azure_storage"

    @property
    def by_name(self) -> bool:
        """Versions are functions of their own, named one by one; else a package has its version and all before."""
        return self.strategy == "name-based-versioning"


@dataclass(frozen=True)
class Deployment:
    stack: str
    subscription: str
    group: str
    site: str
    slots: tuple[str, ...]
    """Production first."""
    bundles: Mapping[str, Bundle]
    """Where durable state lies: by bundle; by slot where `versioning` is set, since hubs stay there. Empty with a backend that is no storage account."""
    connection_setting: str
    """The app setting, or group of settings `<name>__…`, that names a slot's durable storage."""
    task_hub_setting: str | None
    """The app setting that names a slot's task hub. None where each bundle has an account of its own: then all have one hub name, in host.json."""
    packages_url: str
    host_names: Mapping[str, str]
    versioning: Versioning | None = None
    """None: status check with slot, where the hub travels with its code."""
    wanted_package: str | None = None
    """URL of the package that the program asked for at the last update."""

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


def refuse_undeployed(stack: str, outputs: Mapping[str, Any]) -> None:
    """Raises OperationProblem for a stack without any output."""
    if not outputs:
        raise OperationProblem(
            f"Stack '{stack}' has no outputs: it was not deployed yet, or its first `pulumi up` failed. Deploy it with: pulumi up --stack {stack}."
        )


def deployment_of(stack: str, outputs: Mapping[str, Any]) -> Deployment:
    refuse_undeployed(stack, outputs)
    versioning = _versioning(outputs)
    missing = [name for name in (*_NEEDED, *(_OF_VERSIONING if versioning else _OF_STORAGE_THAT_TRAVELS)) if not outputs.get(name)]
    if missing:
        raise OperationProblem(
            f"Stack '{stack}' has no output {', '.join(missing)}. Deploy it with: pulumi up --stack {stack}. "
            "A program of your own has to export them, from its component, and which `strategy` that is."
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
        bundles=_bundles(outputs["hubs"] if versioning else outputs["bundles"]),
        connection_setting=str(outputs.get("connection_setting") or ""),
        task_hub_setting=outputs.get("task_hub_setting") or None,
        packages_url=str(outputs["packages_url"]),
        host_names=dict(outputs["host_names"]),
        versioning=versioning,
        wanted_package=outputs.get("wanted_package_url") or None,
    )


def _versioning(outputs: Mapping[str, Any]) -> Versioning | None:
    strategy = next((one for one in get_args(Strategy) if one == outputs.get("strategy")), None)
    if strategy is None:
        return None
    hosting: Literal["slots", "flex"] = "flex" if outputs.get("hosting") == "flex" else "slots"
    return Versioning(strategy, str(outputs.get("start_setting") or ""), hosting, str(outputs.get("backend") or "azure_storage"))


def _bundles(outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Bundle]:
    """A hub of another backend than Azure Storage names no account: its instances can't be read from here."""
    return {name: Bundle(str(one["account"]), str(one["task_hub"])) for name, one in outputs.items() if one.get("account")}


__all__ = ["PRODUCTION", "Bundle", "Deployment", "Strategy", "Versioning", "deployment_of", "read_deployment"]
