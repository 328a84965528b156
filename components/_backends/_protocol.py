"""What a component asks of a backend, whichever it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pulumi

from .. import _defaults as defaults
from .._azure.plans import PlanKind
from .._children.accounts import Account
from .._children.foundation import AppIdentity, Place
from .._children.roles import Grant
from .._children.slot_settings import Settings
from .._problems import Problem
from .._wanted import CommonArguments

PATH = "durable.backend"
"""Where the choice of a backend stands among the arguments."""


@dataclass(frozen=True)
class App:
    """What a backend has to know of the app that it serves. All plain, so that rules see it before anything is registered."""

    hubs: Mapping[str, str]
    """Slot -> task hub name, production first."""
    connection_setting: str
    """Name of the setting that host.json names: what the user asked for, else the backend's `usual_setting`."""
    plan: PlanKind | None
    """None: a SKU that is not known, which other rules report."""
    runtime: str
    """`package.runtime`, such as `PYTHON|3.11`."""
    account: str
    """Name of the durable storage account; used by Azure Storage alone."""
    given: frozenset[str] = frozenset()
    """Paths of optional arguments that the user gave: `storage.durable_account`. One that would be ignored is refused."""
    own_storage_provider: Mapping[str, Any] = field(default_factory=dict)
    """`storageProvider` in the package's own host.json; empty where there is none."""
    user_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Slot -> the user's `settings` and `sticky_settings` of that slot, together: a connection may be among them."""

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(self.hubs)

    @property
    def on_flex(self) -> bool:
        return self.plan is not None and self.plan.name == "Flex Consumption"

    @property
    def on_elastic_premium(self) -> bool:
        return self.plan is not None and self.plan.elastic


@dataclass(frozen=True)
class BundleFloor:
    """The lowest extension bundle that brings a backend to code that isn't .NET."""

    version: str
    too_old: str
    """What is said of a range that admits a lower one."""

    @property
    def default_range(self) -> str:
        return f"[{self.version}, {int(self.version.partition('.')[0]) + 1}.0.0)"


ORCHESTRATION_VERSIONING = BundleFloor("4.30.0", "is too old for orchestration versioning.")
"""Microsoft docs, "Orchestration versioning in Durable Functions", section on prerequisites."""


@dataclass(frozen=True)
class Made:
    """What a backend made, and what the slots need of it."""

    settings: Mapping[str, Settings]
    """Slot -> the settings that name durable state: the connection and the task hub."""
    sticky: tuple[str, ...]
    """Names among those settings that stay with their slot; the others are equal on all slots."""
    hubs: Mapping[str, Mapping[str, pulumi.Input[str] | None]]
    """Slot -> `account` (storage account, or scheduler) and `task_hub`, for the output `hubs`. None: known to the user's server alone."""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    """What the children of a durable storage account are called after -> that account: `Accounts.by_purpose`, from which roles follow."""
    grants: tuple[Grant, ...] = ()
    """Further roles of the app's identity."""
    operator_grants: tuple[Grant, ...] = ()
    """Further roles of each operator."""
    depends_on: tuple[pulumi.Resource, ...] = ()
    """To be there before a slot's settings name it."""


class Backend(Protocol):
    """One way to keep durable state. Everything but `make` is pure."""

    @property
    def kind(self) -> str:
        """For the output `backend`: `azure_storage`, `durable_task_scheduler`, `mssql` or `netherite`."""

    @property
    def usual_setting(self) -> str:
        """Name of the setting that host.json names, unless the user asks for another."""

    @property
    def bundle_floor(self) -> BundleFloor:
        """With orchestration versioning."""

    def problems(self, app: App) -> Iterator[Problem]: ...

    def warnings(self, app: App) -> Iterator[str]: ...

    def host_json(self, app: App) -> Mapping[str, Any]:
        """Fields of `HostJsonWanted`: provider, connection and hub name."""

    def site_config(self, app: App) -> Mapping[str, Any]:
        """`siteConfig` properties of every slot, in ARM's spelling."""

    def written(self, app: App) -> frozenset[str]:
        """Settings that `make` writes and the user may not. A connection stands for its group `<name>__…` too."""

    def hub_account(self, app: App) -> str:
        """The storage account whose tables tell that a hub exists; empty: hubs are told by the slots' settings alone."""

    def make(self, place: Place, arguments: CommonArguments, identity: AppIdentity, app: App) -> Made: ...


def hub_setting(app: App, slot: str) -> Settings:
    """The slot's task hub. Written for every backend: with no hub name of its own a staging slot does not start."""
    return {defaults.HUB_SETTING: app.hubs[slot]}


HUB_NAME = f"%{defaults.HUB_SETTING}%"
"""`hubName` in host.json: the name is the slot's, and host.json travels with the code."""

__all__ = ["HUB_NAME", "ORCHESTRATION_VERSIONING", "PATH", "App", "Backend", "BundleFloor", "Made", "hub_setting"]
