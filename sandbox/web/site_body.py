"""What Azure computes for a site or a slot: host names, states, identities, the defaults of its configuration. Pure functions."""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.arm import ArmError, ControlPlane, ResourceId
from sandbox.arm.store import Body
from sandbox.resources.identities import system_assigned

from .slots import PRODUCTION

CONFIG_DEFAULTS: Body = {
    "numberOfWorkers": 1,
    "netFrameworkVersion": "v4.0",
    "linuxFxVersion": "",
    "use32BitWorkerProcess": True,
    "webSocketsEnabled": False,
    "alwaysOn": False,
    "http20Enabled": False,
    "minTlsVersion": "1.2",
    "ftpsState": "FtpsOnly",
    "scmType": "None",
    "functionAppScaleLimit": 0,
    "minimumElasticInstanceCount": 0,
}
"""`config/web` of a new site. A slot made through ARM starts from these too: it is not a clone of production."""

_SHOWN_IN_SITE = ("numberOfWorkers", "linuxFxVersion", "alwaysOn", "http20Enabled", "functionAppScaleLimit", "minimumElasticInstanceCount")
"""GET of a site shows these of its siteConfig; all of it is at `config/web`, its app settings only at `config/appsettings/list`."""


def host_name(site: str, slot: str) -> str:
    """Microsoft docs, "Set up staging environments": `<site>-<slot>`, cut at 40 and 19 characters with four more when one is longer."""
    if slot == PRODUCTION:
        return f"{site}.azurewebsites.net".lower()
    if len(site) <= 40 and len(slot) <= 19:
        return f"{site}-{slot}.azurewebsites.net".lower()
    distinct = hashlib.sha256(f"{site}/{slot}".lower().encode()).hexdigest()[:4]
    return f"{site[:40]}-{slot[:19]}{distinct}.azurewebsites.net".lower()


def computed_properties(site: str, slot: str, id: ResourceId) -> Body:
    host = host_name(site, slot)
    label = host.removesuffix(".azurewebsites.net")
    return {
        "state": "Running",
        "usageState": "Normal",
        "availabilityState": "Normal",
        "repositorySiteName": site,
        "defaultHostName": host,
        "hostNames": [host],
        "enabledHostNames": [host, f"{label}.scm.azurewebsites.net"],
        "resourceGroup": id.resource_group,
        "outboundIpAddresses": "203.0.113.1",
        "possibleOutboundIpAddresses": "203.0.113.1,203.0.113.2",
        "customDomainVerificationId": hashlib.sha256(id.subscription.encode()).hexdigest().upper(),
    }


def completed_identity(plane: ControlPlane, id: ResourceId, identity: Body | None) -> Body | None:
    """The identity block with the principals filled in. A user-assigned identity must exist."""
    if not identity or str(identity.get("type", "None")) == "None":
        return None
    done: Body = {"type": identity["type"]}
    if "SystemAssigned" in identity["type"]:
        done.update(system_assigned(id))
    if "UserAssigned" in identity["type"]:
        done["userAssignedIdentities"] = {name: _principal(plane, name) for name in identity.get("userAssignedIdentities") or {}}
    return done


def shown_config(config: Body) -> Body:
    return {name: config[name] for name in _SHOWN_IN_SITE if name in config}


def pairs_to_map(pairs: list[Body]) -> dict[str, Any]:
    """`[{"name": …, "value": …}]`, as siteConfig carries settings, to the map that config/appsettings carries."""
    return {pair["name"]: pair.get("value", "") for pair in pairs}


def connection_strings_to_map(entries: list[Body]) -> dict[str, Any]:
    return {entry["name"]: {"value": entry.get("connectionString", ""), "type": entry.get("type", "Custom")} for entry in entries}


def _principal(plane: ControlPlane, name: str) -> Body:
    try:
        identity = plane.store.get(ResourceId.parse(name))
    except ValueError:
        identity = None
    if identity is None:
        raise ArmError(
            400, "FailedIdentityOperation", f"Identity operation failed: the user-assigned identity '{name}' could not be found."
        )
    return {"principalId": identity["properties"]["principalId"], "clientId": identity["properties"]["clientId"]}
