"""What belongs to a line's app, and what it is called: everything follows from the blueprint and the row, so that a second try finds the first.

Rules: Microsoft docs, "Naming rules and restrictions for Azure resources"; host ids: "App settings reference for Azure Functions",
AzureFunctionsWebHost__hostid.
"""

from __future__ import annotations

import hashlib
import re

from ..blueprint import Blueprint
from ..lines import LineRow
from ..versions import Line

OWNER = "durable-deploy-owner"
LINE = "durable-deploy-line"
VERSION = "durable-deploy-version"
"""The patch whose deployment was completed last."""
BLUEPRINT = "durable-deploy-blueprint"
"""The blueprint that all of the app was made from."""
DEPLOYING = "durable-deploy-deploying"
"""`<version> <start of the package's digest> <id of the deployment before>`, while that package is on its way."""
HELD = "DURABLE_DEPLOY_HELD"
"""App setting: the functions that were switched off while the line drains."""

_WEB = "providers/Microsoft.Web"


def site_id(blueprint: Blueprint, row: LineRow) -> str:
    return f"{sites_of(blueprint)}/{row.app}"


def sites_of(blueprint: Blueprint) -> str:
    return f"{blueprint.app.resource_group_id}/{_WEB}/sites"


def makes_plan(blueprint: Blueprint) -> bool:
    return blueprint.app.plan.kind != "existing"


def is_flex(blueprint: Blueprint) -> bool:
    return blueprint.app.plan.kind == "flex"


def plan_id(blueprint: Blueprint, row: LineRow) -> str:
    """Raises ValueError for a blueprint that wants an existing plan and names none."""
    if makes_plan(blueprint):
        return f"{blueprint.app.resource_group_id}/{_WEB}/serverfarms/{row.app[:35]}-plan"
    if blueprint.app.plan.existing_id is None:
        raise ValueError("the blueprint's plan is 'existing', and existing_id is missing")
    return blueprint.app.plan.existing_id


def deployment_container(row: LineRow) -> str:
    """One per app: OneDeploy keeps its package under a fixed name. 3 to 63 letters, digits and single hyphens."""
    return f"app-package-{_plain(row.app, 50)}"


def host_id(row: LineRow) -> str:
    """1 to 32 letters, digits and single hyphens; another for each app, which share the host's storage."""
    return _plain(row.app, 32)


def account_name(blueprint: Blueprint, line: Line) -> str:
    """Of the storage account that a line has to itself. 3 to 24 letters and digits, one namespace over all of Azure."""
    digest = hashlib.sha256(f"{blueprint.app.resource_group_id.lower()}|{blueprint.app.prefix}|{line}".encode()).hexdigest()
    return f"{re.sub(r'[^a-z0-9]', '', blueprint.app.prefix)[:10]}{digest[:14]}"


def account_id(blueprint: Blueprint, line: Line) -> str:
    return f"{accounts_of(blueprint)}/{account_name(blueprint, line)}"


def accounts_of(blueprint: Blueprint) -> str:
    return f"{blueprint.app.resource_group_id}/providers/Microsoft.Storage/storageAccounts"


def lease_containers(hub: str) -> tuple[str, str]:
    """Microsoft docs, "Task hubs in Durable Functions"; Azure/durabletask, AzureStorageOrchestrationService.cs. Lower-cased."""
    return f"{hub.lower()}-leases", f"{hub.lower()}-applease"


def _plain(name: str, longest: int) -> str:
    """The name itself if it will do; else cut, with a hash of the whole, so that two names stay two."""
    single = re.sub("-{2,}", "-", name)
    if single == name and len(name) <= longest:
        return name
    return f"{single[: longest - 9].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


__all__ = [
    "BLUEPRINT", "DEPLOYING", "HELD", "LINE", "OWNER", "VERSION", "account_id", "account_name", "accounts_of", "deployment_container",
    "host_id", "is_flex", "lease_containers", "makes_plan", "plan_id", "site_id", "sites_of",
]  # fmt: skip
