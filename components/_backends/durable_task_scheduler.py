"""Durable Task Scheduler: a managed backend, taken or made, with one task hub per slot that is there before the app looks for it.

Sources: Microsoft docs "Quickstart: Durable Functions with the Durable Task Scheduler", "Configure managed identity for Durable Task
Scheduler", "Task hubs"; azure-native 3.29.0, module durabletask (API 2026-02-01).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pulumi
from pulumi_azure_native import durabletask
from pydantic import Field

from .. import _defaults as defaults
from .._azure.names import NameRule
from .._children.foundation import AppIdentity, Place
from .._children.roles import Grant
from .._problems import Problem
from .._wanted import CommonArguments, Group
from ._elsewhere import ignored_account, runtime_scale
from ._protocol import HUB_NAME, PATH, App, BundleFloor, Made, hub_setting

_PATH = f"{PATH}.durable_task_scheduler"
_SETTING = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"
_EVERYBODY = "0.0.0.0/0"
DATA_CONTRIBUTOR = "0ad04412-c4d5-4796-b79c-f76d14c8d402"
DATA_READER = "d6a5505f-6ebb-45a4-896e-ac8274cfc0ac"
"""Microsoft docs, "Azure built-in roles": Durable Task Data Contributor and Reader."""
_NAME = NameRule("scheduler", r"[A-Za-z0-9-]{3,64}", "3 to 64 letters, digits and hyphens")
_FLOOR = BundleFloor("4.32.0", "is too old for the Durable Task Scheduler.")


class DurableTaskScheduler(Group):
    existing_scheduler: str | None = None
    existing_group: str | None = None
    scheduler_name: str | None = None
    sku: Literal["Consumption", "Dedicated"] = "Consumption"
    capacity: Annotated[int, Field(strict=False, ge=1)] = 1
    ip_allowlist: list[str] = Field(default_factory=lambda: [_EVERYBODY])

    @property
    def kind(self) -> str:
        return "durable_task_scheduler"

    @property
    def usual_setting(self) -> str:
        return _SETTING

    @property
    def bundle_floor(self) -> BundleFloor:
        return _FLOOR

    def problems(self, app: App) -> Iterator[Problem]:
        given = self.model_fields_set
        if self.existing_scheduler is not None:
            for name in ("scheduler_name", "sku", "capacity", "ip_allowlist"):
                if name in given:
                    yield Problem(
                        f"{_PATH}.{name}",
                        getattr(self, name),
                        "would be ignored: the scheduler exists already.",
                        "Leave it out, or let the component make the scheduler.",
                    )
        elif self.existing_group is not None:
            yield Problem(
                f"{_PATH}.existing_group",
                self.existing_group,
                "belongs to an existing scheduler.",
                "Give existing_scheduler, or leave it out.",
            )
        elif "capacity" in given and self.sku == "Consumption":
            yield Problem(
                f"{_PATH}.capacity", self.capacity, "is ignored by a Consumption scheduler.", "Leave it out, or set sku to 'Dedicated'."
            )
        for name in ("existing_scheduler", "scheduler_name"):
            value = getattr(self, name)
            if value is not None and _NAME.problem(value) is not None:
                yield Problem(f"{_PATH}.{name}", value, "is no valid scheduler name.", f"Rule: {_NAME.rule}.")
        if self.existing_scheduler is None and not self.ip_allowlist:
            yield Problem(
                f"{_PATH}.ip_allowlist",
                [],
                "lets nobody in, the app neither.",
                f"Name the ranges that may, or leave it out for {_EVERYBODY}.",
            )
        yield from ignored_account(app)

    def warnings(self, app: App) -> Iterator[str]:
        if app.runtime.upper().startswith("DOTNET|"):
            yield (
                f"package.runtime = '{app.runtime}': the Durable Task Scheduler serves .NET in the isolated worker model "
                "(DOTNET-ISOLATED), with Microsoft.Azure.Functions.Worker.Extensions.DurableTask.AzureManaged."
            )

    def host_json(self, app: App) -> Mapping[str, Any]:
        return {"provider": "azureManaged", "connection": app.connection_setting, "hub_name": HUB_NAME}

    def site_config(self, app: App) -> Mapping[str, Any]:
        return runtime_scale(app)

    def written(self, app: App) -> frozenset[str]:
        return frozenset({app.connection_setting, defaults.HUB_SETTING})

    def hub_account(self, app: App) -> str:
        return ""

    def make(self, place: Place, arguments: CommonArguments, identity: AppIdentity, app: App) -> Made:
        scheduler = self._take(place) if self.existing_scheduler is not None else self._make(place, arguments)
        name = self._name(arguments)
        hubs = self._hubs(place, scheduler, app, protect=arguments.storage.protect_state)
        connection = pulumi.Output.all(scheduler.properties, identity.client_id).apply(lambda both: _connection_string(*both))
        return Made(
            settings={slot: {app.connection_setting: connection, **hub_setting(app, slot)} for slot in app.slots},
            sticky=(defaults.HUB_SETTING,),
            hubs={slot: {"account": name, "task_hub": hub} for slot, hub in app.hubs.items()},
            grants=_grants(name, app, hubs, "data-contributor", DATA_CONTRIBUTOR),
            operator_grants=_grants(name, app, hubs, "data-reader", DATA_READER),
            depends_on=tuple(hubs.values()),
        )

    def _hubs(self, place: Place, scheduler: _Scheduler, app: App, *, protect: bool) -> dict[str, durabletask.TaskHub]:
        options = pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(protect=protect))
        return {
            slot: durabletask.TaskHub(
                f"{place.name}-{slot}-hub",
                task_hub_name=hub,
                scheduler_name=scheduler.name,
                resource_group_name=scheduler.group,
                opts=options,
            )
            for slot, hub in app.hubs.items()
        }

    def _name(self, arguments: CommonArguments) -> str:
        return self.existing_scheduler or self.scheduler_name or f"{arguments.site.name}-scheduler"[:64]

    def _take(self, place: Place) -> _Scheduler:
        group = self.existing_group or place.group
        name = self.existing_scheduler or ""
        found = durabletask.get_scheduler_output(
            scheduler_name=name, resource_group_name=group, opts=pulumi.InvokeOutputOptions(parent=place.options.parent)
        )
        return _Scheduler(name, group, found.id, found.properties)

    def _make(self, place: Place, arguments: CommonArguments) -> _Scheduler:
        capacity = {"capacity": self.capacity} if self.sku == "Dedicated" else {}
        made = durabletask.Scheduler(
            f"{place.name}-scheduler",
            scheduler_name=self._name(arguments),
            resource_group_name=place.group,
            location=place.location,
            properties={"sku": {"name": self.sku, **capacity}, "ip_allowlist": self.ip_allowlist},
            tags=place.tags,
            opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(protect=arguments.storage.protect_state)),
        )
        return _Scheduler(made.name, place.group, made.id, made.properties)


@dataclass(frozen=True)
class _Scheduler:
    name: pulumi.Input[str]
    group: pulumi.Input[str]
    id: pulumi.Output[str]
    properties: pulumi.Output[Any]


def _grants(scheduler: str, app: App, hubs: Mapping[str, durabletask.TaskHub], purpose: str, role: str) -> tuple[Grant, ...]:
    """On the app's own hubs only: a scheduler may serve other apps too."""
    return tuple(Grant(f"{slot}-hub-{purpose}", f"{scheduler}/{app.hubs[slot]}", hub.id, role) for slot, hub in hubs.items())


def _connection_string(properties: Any, client_id: str) -> str:
    """The endpoint is Azure's to say. A preview may know all other properties of a new scheduler, and shows the whole text as unknown."""
    endpoint = getattr(properties, "endpoint", None) or (properties.get("endpoint") if isinstance(properties, Mapping) else None)
    if endpoint is None and pulumi.runtime.is_dry_run():
        return str(pulumi.runtime.rpc.UNKNOWN)
    if endpoint is None:
        raise pulumi.RunError("the Durable Task Scheduler has no endpoint: its creation did not finish. Run `pulumi refresh`, then again.")
    return f"Endpoint={endpoint};Authentication=ManagedIdentity;ClientID={client_id}"


__all__ = ["DATA_CONTRIBUTOR", "DATA_READER", "DurableTaskScheduler"]
