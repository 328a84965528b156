"""Where the router makes version apps: a group that holds nothing else, so that destroying it removes them, and the identity of all of them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import managedidentity, resources

from .._children.foundation import AppIdentity, Place
from .wanted import RoutingArguments


@dataclass(frozen=True)
class Lines:
    group: resources.ResourceGroup
    identity: AppIdentity
    """Every data role it will ever need is assigned by the component: the router may assign none."""


def make_lines(place: Place, arguments: RoutingArguments) -> Lines:
    group = resources.ResourceGroup(
        f"{place.name}-versions-group",
        resource_group_name=arguments.versions_group,
        location=arguments.location,
        tags=place.tags,
        opts=place.options,
    )
    made = managedidentity.UserAssignedIdentity(
        f"{place.name}-apps-identity",
        resource_name_=f"{arguments.site.name}-apps-identity",
        resource_group_name=place.group,
        location=place.location,
        tags=place.tags,
        opts=place.options,
    )
    return Lines(group, AppIdentity(made.id, made.client_id, made.principal_id))


def group_id(lines: Lines) -> pulumi.Output[str]:
    return lines.group.id


__all__ = ["Lines", "group_id", "make_lines"]
