"""What the app stands on and organisations often own already: resource group, plan, identity, logs. Each is taken or made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import applicationinsights, managedidentity, operationalinsights, resources, web

from .._azure.plans import plan_kind
from .._wanted import CommonArguments


@dataclass(frozen=True)
class Place:
    """Where children are made. `group` is an Output where the component makes the group, so that children wait for it."""

    name: str
    """The component's name: children are called `<name>-<purpose>`."""
    group: pulumi.Input[str]
    location: str | None
    tags: Mapping[str, str]
    options: pulumi.ResourceOptions
    """parent=component, for every child."""


@dataclass(frozen=True)
class AppIdentity:
    id: pulumi.Input[str]
    client_id: pulumi.Input[str]
    principal_id: pulumi.Input[str]


@dataclass(frozen=True)
class Monitor:
    id: pulumi.Output[str]
    connection_string: pulumi.Output[str]


def make_place(parent: pulumi.Resource, name: str, arguments: CommonArguments) -> Place:
    options = pulumi.ResourceOptions(parent=parent)
    wanted = arguments.resource_group
    group: pulumi.Input[str] = arguments.group_name
    if wanted.existing is None:
        made = resources.ResourceGroup(
            f"{name}-group", resource_group_name=arguments.group_name, location=wanted.location, tags=arguments.tags, opts=options
        )
        group = made.name
    return Place(name, group, wanted.location, arguments.tags, options)


def make_identity(place: Place, arguments: CommonArguments) -> AppIdentity:
    """One identity for all slots: managed identities never travel at a swap, so a slot's own would lose its roles."""
    given = arguments.access.identity
    if given is not None:
        return AppIdentity(given.id, given.client_id, given.principal_id)
    made = managedidentity.UserAssignedIdentity(
        f"{place.name}-identity",
        resource_name_=f"{arguments.site.name}-identity",
        resource_group_name=place.group,
        location=place.location,
        tags=place.tags,
        opts=place.options,
    )
    return AppIdentity(made.id, made.client_id, made.principal_id)


def make_plan(place: Place, arguments: CommonArguments) -> pulumi.Input[str]:
    """The plan's resource id."""
    if arguments.plan.existing_id is not None:
        return arguments.plan.existing_id
    kind = plan_kind(arguments.plan.sku)
    assert kind is not None, "the rules refuse an unknown SKU"
    capacity = {} if kind.name == "Consumption" else {"capacity": arguments.plan.capacity}
    plan = web.AppServicePlan(
        f"{place.name}-plan",
        name=f"{arguments.site.name}-plan"[:40],
        resource_group_name=place.group,
        location=place.location,
        kind="elastic" if kind.elastic else "linux",
        reserved=True,
        sku={"name": arguments.plan.sku, "tier": kind.tier, **capacity},
        tags=place.tags,
        opts=place.options,
    )
    return plan.id


def make_monitor(place: Place, arguments: CommonArguments) -> Monitor:
    """Application Insights without local authentication: telemetry is sent with the app's identity, which needs a role for it."""
    workspace_id = arguments.monitoring.workspace_id
    if workspace_id is None:
        workspace_id = operationalinsights.Workspace(
            f"{place.name}-logs",
            workspace_name=f"{arguments.site.name}-logs",
            resource_group_name=place.group,
            location=place.location,
            sku={"name": "PerGB2018"},
            retention_in_days=arguments.monitoring.retention_days,
            tags=place.tags,
            opts=place.options,
        ).id
    insights = applicationinsights.Component(
        f"{place.name}-insights",
        resource_name_=f"{arguments.site.name}-insights",
        resource_group_name=place.group,
        location=place.location,
        kind="web",
        application_type="web",
        ingestion_mode="LogAnalytics",
        workspace_resource_id=workspace_id,
        disable_local_auth=True,
        tags=place.tags,
        opts=place.options,
    )
    return Monitor(insights.id, insights.connection_string)
