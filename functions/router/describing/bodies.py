"""What is PUT: plan, site and storage account of a line, as Resource Manager wants them. Pure.

Sources: Microsoft docs, "Azure Functions Flex Consumption plan hosting" (one app per plan, `functionAppConfig`, deployment storage by
identity), "App Service plan SKUs"; REST reference "Web Apps - Create Or Update", "App Service Plans - Create Or Update", "Storage
Accounts - Create".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ..blueprint import Blueprint
from ..lines import LineRow
from ..versions import Line
from . import names

LARGEST_ELASTIC = 100
"""Instances of an Elastic Premium plan (Microsoft docs, "Azure Functions Premium plan", region maximum)."""
_NO_ALWAYS_ON = ("dynamic", "elasticpremium", "flexconsumption", "free", "shared")


def tags_of(blueprint: Blueprint, line: Line, marks: Mapping[str, str | None] = MappingProxyType({})) -> dict[str, str]:
    """The user's tags below the router's own; `marks` says of a live app what is not there if None."""
    ours = {names.OWNER: blueprint.app.owner, names.LINE: str(line), names.BLUEPRINT: blueprint.version}
    ours |= {name: value for name, value in marks.items() if value is not None}
    taken = {name.lower() for name in (*ours, names.VERSION, names.DEPLOYING)}
    return {**{name: value for name, value in blueprint.app.tags.items() if name.lower() not in taken}, **ours}


def plan_body(blueprint: Blueprint, line: Line) -> dict[str, Any]:
    plan = blueprint.app.plan
    kinds: dict[str, tuple[str, dict[str, str]]] = {
        "flex": ("functionapp", {"name": "FC1", "tier": "FlexConsumption"}),
        "elastic_premium": ("elastic", {"name": plan.sku, "tier": "ElasticPremium"}),
        "dedicated": ("linux", {"name": plan.sku}),
    }
    kind, sku = kinds[plan.kind]
    properties: dict[str, Any] = {"reserved": True}
    if plan.kind == "elastic_premium":
        properties["maximumElasticWorkerCount"] = min(plan.maximum_instances, LARGEST_ELASTIC)
    return {"location": blueprint.app.location, "kind": kind, "sku": sku, "tags": tags_of(blueprint, line), "properties": properties}


def site_body(
    blueprint: Blueprint, row: LineRow, tags: Mapping[str, str], *, tier: str, settings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`tier` of its plan, such as `ElasticPremium`. `settings` None leaves the live ones as they are."""
    app, flex = blueprint.app, names.is_flex(blueprint)
    config: dict[str, Any] = {"minTlsVersion": "1.2", "scmMinTlsVersion": "1.2", "http20Enabled": True}
    if not flex:
        # Flex Consumption refuses these (error 51021): Azure/azure-functions-host#10643.
        config |= {"ftpsState": "Disabled", "linuxFxVersion": f"{app.runtime_name.upper()}|{app.runtime_version}"}
        config["alwaysOn"] = tier.lower() not in _NO_ALWAYS_ON
    if settings is not None:
        config["appSettings"] = [{"name": name, "value": value} for name, value in sorted(settings.items())]
    properties: dict[str, Any] = {
        "serverFarmId": names.plan_id(blueprint, row),
        "reserved": True,
        "httpsOnly": True,
        "clientAffinityEnabled": False,
        "keyVaultReferenceIdentity": app.identity.id,
        "publicNetworkAccess": "Enabled" if app.public_access else "Disabled",
        "siteConfig": config,
    }
    if app.subnet_id is not None:
        properties["virtualNetworkSubnetId"] = app.subnet_id
    if flex:
        properties["functionAppConfig"] = _function_app_config(blueprint, row)
    return {
        "location": app.location,
        "kind": "functionapp,linux",
        "tags": dict(tags),
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {app.identity.id: {}}},
        "properties": properties,
    }


def account_body(blueprint: Blueprint, line: Line) -> dict[str, Any]:
    """No keys, no public blobs, TLS 1.2: reached by the version apps' identity, whose roles follow from the group."""
    return {
        "location": blueprint.app.location,
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
        "tags": tags_of(blueprint, line),
        "properties": {
            "allowSharedKeyAccess": False,
            "allowBlobPublicAccess": False,
            "minimumTlsVersion": "TLS1_2",
            "supportsHttpsTrafficOnly": True,
        },
    }


def _function_app_config(blueprint: Blueprint, row: LineRow) -> dict[str, Any]:
    """One `durable` instance is always ready: with none, timers and late messages wait for the next scale-out (Microsoft docs, "Azure
    Storage provider", section on Flex Consumption)."""
    app = blueprint.app
    container = f"{blueprint.host_storage.blob.rstrip('/')}/{names.deployment_container(row)}"
    authentication = {"type": "UserAssignedIdentity", "userAssignedIdentityResourceId": app.identity.id}
    return {
        "deployment": {"storage": {"type": "blobContainer", "value": container, "authentication": authentication}},
        "runtime": {"name": app.runtime_name, "version": app.runtime_version},
        "scaleAndConcurrency": {
            "maximumInstanceCount": app.plan.maximum_instances,
            "instanceMemoryMB": app.plan.instance_memory,
            "alwaysReady": [{"name": "durable", "instanceCount": 1}],
        },
    }


__all__ = ["LARGEST_ELASTIC", "account_body", "plan_body", "site_body", "tags_of"]
