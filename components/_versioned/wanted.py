"""The arguments of the two versioning strategies, checked for shape and filled with defaults. What they mean together is in `rules`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from .. import _defaults as defaults
from .._azure.names import TASK_HUB, default_hub_name, storage_account_name
from .._backends import Backend, BackendChoice, chosen
from .._hosting import FLEX, SLOTS, Flex, hosting
from .._live.parity import PRODUCTION
from .._wanted import CommonArguments, CommonStorage, Group, read_as
from .hosting import Hosting, OnFlex, OnSlots


class SharedStorage(CommonStorage):
    durable_account: str | None = None


class TaskHubs(Group):
    hub_name: str | None = None
    task_hubs: dict[str, str] = Field(default_factory=dict)
    connection_setting: str | None = None
    extension_bundle: str | None = None


class ChosenHubs(TaskHubs):
    backend: BackendChoice = BackendChoice()


class OrchestrationVersions(Group):
    default_version: str | None = None
    match: Literal["None", "Strict", "CurrentOrOlder"] | None = None
    failure: Literal["Reject", "Fail"] | None = None
    start_version: str | None = None
    start_setting: str = defaults.START_SETTING
    allow_older: bool = False
    two_phase_starts: bool = True


class NamedVersions(Group):
    contains: list[str] | None = None
    latest: str | None = None
    latest_setting: str = defaults.LATEST_SETTING
    overrides: dict[str, str] = Field(default_factory=dict)


class VersionedArguments(CommonArguments):
    """What both strategies take."""

    storage: SharedStorage = SharedStorage()
    durable: TaskHubs = TaskHubs()

    @property
    def hosting(self) -> Hosting:
        """Slots, or updates in place."""
        return OnSlots()

    @property
    def backend(self) -> Backend:
        """Where durable state lies."""
        return chosen(self.backend_choice)

    @property
    def backend_choice(self) -> BackendChoice:
        return BackendChoice()

    @property
    def connection_setting(self) -> str:
        return self.durable.connection_setting or self.backend.usual_setting

    @property
    def durable_account(self) -> str:
        return self.storage.durable_account or storage_account_name(self.site.name, "durable")

    @property
    def hubs(self) -> Mapping[str, str]:
        """Slot -> task hub name."""
        base = self.durable.hub_name or default_hub_name(self.site.name)[:33] + "Tasks"
        return {slot: self.durable.task_hubs.get(slot) or _hub(base, slot) for slot in self.slots}

    @property
    def start_setting(self) -> str:
        raise NotImplementedError

    @property
    def pin(self) -> str:
        """The argument that pins the version that clients start."""
        raise NotImplementedError

    @property
    def pinned(self) -> str | None:
        """The version that clients are to start, if it is not left to the packages."""
        raise NotImplementedError

    @property
    def overrides(self) -> Mapping[str, str]:
        """Orchestrator -> version that its clients start instead."""
        return {}


class OrchestrationArguments(VersionedArguments):
    """All arguments of `OrchestrationVersioning`."""

    durable: ChosenHubs = ChosenHubs()
    versioning: OrchestrationVersions = OrchestrationVersions()
    flex: Flex | None = None

    @property
    def slots(self) -> tuple[str, ...]:
        """Production first, and alone on Flex Consumption unless slots are asked for, which is refused."""
        return super().slots if self.hosting.kind == SLOTS or "slots" in self.site.model_fields_set else (PRODUCTION,)

    @property
    def hosting(self) -> Hosting:
        return OnFlex(self.flex or Flex()) if hosting(self.plan.sku) == FLEX else OnSlots()

    @property
    def backend_choice(self) -> BackendChoice:
        return self.durable.backend

    @property
    def start_setting(self) -> str:
        return self.versioning.start_setting

    @property
    def pin(self) -> str:
        return "versioning.start_version"

    @property
    def pinned(self) -> str | None:
        return self.versioning.start_version


class NameBasedArguments(VersionedArguments):
    """All arguments of `NameBasedVersioning`."""

    versioning: NamedVersions = NamedVersions()

    @property
    def start_setting(self) -> str:
        return self.versioning.latest_setting

    @property
    def pin(self) -> str:
        return "versioning.latest"

    @property
    def pinned(self) -> str | None:
        return self.versioning.latest

    @property
    def overrides(self) -> Mapping[str, str]:
        return self.versioning.overrides


def read_orchestration_arguments(component: str, args: Any) -> OrchestrationArguments:
    """Raises ArgumentErrors with everything of the wrong shape at once."""
    return read_as(OrchestrationArguments, component, args)


def read_name_based_arguments(component: str, args: Any) -> NameBasedArguments:
    """Raises ArgumentErrors with everything of the wrong shape at once."""
    return read_as(NameBasedArguments, component, args)


def _hub(base: str, slot: str) -> str:
    """`ordersTasksStaging`; a slot whose name has more in it than letters and digits, or is too long, gets a hash behind it."""
    plain = re.sub(r"[^A-Za-z0-9]", "", slot)
    name = base + plain[:1].upper() + plain[1:]
    if plain == slot and TASK_HUB.problem(name) is None:
        return name
    return f"{name[:37]}{hashlib.sha256(slot.lower().encode()).hexdigest()[:8]}"


__all__ = [
    "NameBasedArguments",
    "OrchestrationArguments",
    "VersionedArguments",
    "read_name_based_arguments",
    "read_orchestration_arguments",
]
