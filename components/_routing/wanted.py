"""The arguments of `ApplicationRouting`, checked for shape and filled with defaults. What they mean together is checked in `rules`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from .._azure.names import storage_account_name
from .._hosting import FLEX, Flex, hosting
from .._live.parity import PRODUCTION
from .._versioned.hosting import Hosting, OnFlex, OnSlots
from .._wanted import CommonArguments, Group, Leaf, read_as

_Count = Annotated[int, Field(strict=False, ge=1)]
ROUTER_ON_FLEX = Flex(always_ready={"durable": 0, "http": 1})
"""A router has no orchestrations. One instance that never sleeps, or a request after a quiet night waits for a cold start."""
_SKUS = {"flex": "FC1", "elastic_premium": "EP1", "dedicated": "P0v3", "existing": ""}


class VersionPlan(Group):
    kind: Literal["flex", "elastic_premium", "dedicated", "existing"] = "flex"
    sku: str | None = None
    existing_id: Leaf | None = None
    maximum_instances: Annotated[int, Field(strict=False, ge=1, le=1000)] = 40
    instance_memory: Annotated[int, Field(strict=False)] = 2048

    @property
    def named_sku(self) -> str:
        return self.sku or _SKUS[self.kind]


class VersionApps(Group):
    prefix: str | None = None
    resource_group: str | None = None
    location: str | None = None
    runtime: str = "PYTHON|3.11"
    plan: VersionPlan = VersionPlan()
    settings: dict[str, str] = Field(default_factory=dict)
    subnet_id: Leaf | None = None
    public_access: bool = True
    tags: dict[str, str] | None = None


class RoutedDurable(Group):
    scheduling: Literal["hub_per_line", "account_per_line"] = "hub_per_line"
    tracking: Literal["shared", "per_line"] = "shared"
    hub_prefix: str | None = None
    connection_setting: str = "DurableStorage"
    tracking_connection_setting: str = "DurableTracking"
    tracking_prefix: str = "Durable"


class RoutingPolicy(Group):
    keep: _Count = 1
    removal_delay_seconds: Annotated[int, Field(strict=False, ge=0)] = 3_600
    quiet_seconds: Annotated[int, Field(strict=False, ge=0)] = 300
    closing_seconds: Annotated[int, Field(strict=False, ge=30)] = 90
    cache_seconds: Annotated[int, Field(strict=False, ge=1, le=60)] = 10
    request_seconds: Annotated[int, Field(strict=False, ge=0, le=600)] = 230
    maximum_lines: _Count = 20
    alarm_at: Annotated[float, Field(strict=False, gt=0, le=1)] = 0.8
    default: str = "latest"
    draining_starts: Literal["accept", "redirect", "refuse"] = "accept"
    revive: bool = False
    create: Literal["on_first_request", "on_deployment"] = "on_first_request"
    rollout: Literal["new_apps", "all_apps"] = "new_apps"
    history_retention_days: _Count | None = None
    deployers: list[str] = Field(default_factory=list)


class RoutedHttp(Group):
    version_header: str = "x-app-version"
    version_query: str = "version"
    maximum_body_bytes: _Count = 100 * 1024 * 1024
    maximum_stored_bytes: _Count = 4 * 1024 * 1024
    public_url: str | None = None
    anonymous: bool = False
    request_ttl_seconds: Annotated[int, Field(strict=False, ge=60)] = 86_400


class ApiManagement(Group):
    publisher_email: str | None = None
    publisher_name: str | None = None
    name: str | None = None
    sku: Literal["Consumption", "Developer", "Basic", "Standard", "Premium", "BasicV2", "StandardV2"] = "BasicV2"
    capacity: _Count = 1
    subscription_required: bool = True
    direct: bool = False
    gateway_seconds: Annotated[int, Field(strict=False, ge=30, le=3_600)] = 120


class RoutingArguments(CommonArguments):
    """All arguments of `ApplicationRouting`."""

    apps: VersionApps = VersionApps()
    durable: RoutedDurable = RoutedDurable()
    policy: RoutingPolicy = RoutingPolicy()
    http: RoutedHttp = RoutedHttp()
    api_management: ApiManagement | None = None

    @property
    def hosting(self) -> Hosting:
        """Of the router itself, by its plan."""
        return OnFlex(ROUTER_ON_FLEX) if hosting(self.plan.sku) == FLEX else OnSlots()

    @property
    def slots(self) -> tuple[str, ...]:
        """Production first, and alone on Flex Consumption unless slots are asked for, which is refused."""
        left_out = "slots" not in self.site.model_fields_set
        return (PRODUCTION,) if left_out and self.hosting.kind == FLEX else super().slots

    @property
    def uploads(self) -> bool:
        """The blueprint is a blob too."""
        return True

    @property
    def gateway(self) -> ApiManagement | None:
        """An empty group asks for none."""
        return self.api_management if self.api_management is not None and self.api_management.model_fields_set else None

    @property
    def is_direct(self) -> bool:
        """The gateway sends requests for active lines straight to their apps."""
        return self.gateway is not None and self.gateway.direct

    @property
    def prefix(self) -> str:
        """Of the version apps. From the site's name: what is allowed in it is allowed here, but for length and capitals."""
        return self.apps.prefix or self.site.name.lower()[:22].strip("-")

    @property
    def hub_prefix(self) -> str:
        letters = re.sub(r"[^A-Za-z0-9]", "", self.site.name)
        return self.durable.hub_prefix or (letters if letters[:1].isalpha() else f"t{letters}")[:31]

    @property
    def versions_group(self) -> str:
        return self.apps.resource_group or f"{self.site.name}-versions-rg"

    @property
    def location(self) -> str:
        """Of the version apps; empty if nobody has said."""
        return self.apps.location or self.resource_group.location or ""

    def account(self, purpose: str) -> str:
        """Of the storage account for `state`, `durable` or `apps`."""
        return storage_account_name(self.site.name, purpose)


def read_routing_arguments(component: str, args: Mapping[str, Any]) -> RoutingArguments:
    """Raises ArgumentErrors with everything of the wrong shape at once."""
    return read_as(RoutingArguments, component, args)


__all__ = [
    "ApiManagement",
    "RoutedDurable",
    "RoutedHttp",
    "RoutingArguments",
    "RoutingPolicy",
    "VersionApps",
    "VersionPlan",
    "read_routing_arguments",
]
