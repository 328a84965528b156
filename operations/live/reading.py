"""Three requests per slot: the site, its settings, its runtime."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import taskhub

from ..azure import Arm, ArmFailed
from ..azure.client import STORAGE
from ..deployment import Deployment
from ..problem import OperationProblem, Unknown
from . import settings as names
from .flex import FlexCode, flex_code
from .parity import sharing
from .settings import Connection, Held, held
from .slots import LastSwap, Live, LiveSlot

READ_ROLE = (
    "Reader plus Microsoft.Web/sites/config/list/action and Microsoft.Web/sites/slots/config/list/action (built in: Website Contributor)"
)


def read_live(deployment: Deployment, arm: Arm) -> Live:
    """Raises Unknown if a slot can't be read: half an answer would be a wrong one.

    The slots are read one after the other. A swap meanwhile shows as two slots with one bundle; so that is looked at twice.
    """
    live = _read(deployment, arm)
    return _read(deployment, arm) if sharing(live) else live


def _read(deployment: Deployment, arm: Arm) -> Live:
    slots = {slot: _slot(deployment, arm, slot) for slot in deployment.slots}
    return Live(slots, newest(one.last_swap for one in slots.values()), hubs_stay=deployment.versioning is not None)


def newest(swaps: Iterable[LastSwap | None]) -> LastSwap | None:
    return max((one for one in swaps if one is not None), key=lambda one: one.at, default=None)


def _slot(deployment: Deployment, arm: Arm, slot: str) -> LiveSlot:
    id = deployment.slot_id(slot)
    try:
        site = arm.get(id)
        settings = _settings(slot, arm.post(f"{id}/config/appsettings/list").body)
        stack = arm.get(f"{id}/config/web")["properties"].get("linuxFxVersion") or ""
        found = held(settings, deployment, slot)
        connection = _with_endpoints(deployment, arm, found, slot)
    except ArmFailed as error:
        raise Unknown(_unreadable(deployment, slot, error)) from None
    properties = site["properties"]
    code = _code(deployment, arm, settings)
    return LiveSlot(
        slot=slot,
        host_name=properties.get("defaultHostName") or deployment.host_names.get(slot, ""),
        bundle=found.bundle,
        stranger=found.stranger,
        marker=settings.get(names.BUNDLE),
        hub=_hub(found.hub, connection),
        connection_string=connection.text if connection is not None and connection.kind == "connection string" else None,
        read_by=_read_by(connection),
        version=code.version,
        package=code.package,
        stack=stack,
        stack_marker=settings.get(names.STACK),
        starters=names.listed(settings, names.STARTERS),
        contains=code.contains,
        starts=settings.get(deployment.versioning.start_setting) if deployment.versioning is not None else None,
        settings=settings,
        swap_target=properties.get("targetSwapSlot") or None,
        operation=properties.get("inProgressOperationId") or None,
        state=properties.get("state") or "Running",
        last_swap=last_swap_of(properties.get("slotSwapStatus")),
        ahead=code.ahead,
    )


def _code(deployment: Deployment, arm: Arm, settings: Mapping[str, str]) -> FlexCode:
    if deployment.versioning is None or deployment.versioning.hosting != "flex":
        return FlexCode(names.package_of(settings), settings.get(names.VERSION), names.listed(settings, names.VERSIONS), None)
    try:
        container = arm.find(_packages_id(deployment), version=STORAGE) or {}
    except ArmFailed as error:
        raise Unknown(f"Which code '{deployment.site}' runs can't be read from the packages' container: {error}") from None
    return flex_code(settings, (container.get("properties") or {}).get("metadata") or {})


def _packages_id(deployment: Deployment) -> str:
    url = deployment.packages_url.rstrip("/")
    account = f"{deployment.group_id}/providers/Microsoft.Storage/storageAccounts/{names.account_of(url)}"
    return f"{account}/blobServices/default/containers/{url.rpartition('/')[2]}"


def last_swap_of(status: Mapping[str, Any] | None) -> LastSwap | None:
    if not status or not status.get("timestampUtc"):
        return None
    at = datetime.fromisoformat(str(status["timestampUtc"]).replace("Z", "+00:00"))
    source, target = str(status.get("sourceSlotName") or ""), str(status.get("destinationSlotName") or "")
    return LastSwap(at if at.tzinfo else at.replace(tzinfo=UTC), source.lower(), target.lower())


def _settings(slot: str, body: Any) -> dict[str, str]:
    settings = (body or {}).get("properties") if isinstance(body, dict) else None
    if not isinstance(settings, dict) or not all(isinstance(value, str) for value in settings.values()):
        raise Unknown(f"The settings of slot '{slot}' can't be read: Azure's answer is no map of texts.")
    return settings


def _with_endpoints(deployment: Deployment, arm: Arm, found: Held, slot: str) -> Connection | None:
    """A Key Vault reference hides where the storage is; the bundle's account, which the outputs name, is asked for it."""
    connection, bundle = found.connection, slot if deployment.versioning is not None else found.bundle
    if connection is None or connection.kind != "Key Vault reference" or bundle is None:
        return connection
    account = deployment.bundles[bundle].account
    body = arm.get(f"{deployment.group_id}/providers/Microsoft.Storage/storageAccounts/{account}", version=STORAGE)
    endpoints = {service: body["properties"]["primaryEndpoints"].get(service) for service in ("queue", "table", "blob")}
    return Connection("Key Vault reference", account.lower(), **endpoints)


def _hub(name: str | None, connection: Connection | None) -> taskhub.Hub | None:
    if name is None or connection is None:
        return None
    if connection.kind == "connection string":
        try:
            return taskhub.Hub.from_connection_string(connection.text or "", name)
        except ValueError as error:
            raise OperationProblem(f"The connection string of task hub '{name}' can't be used: {error}.") from None
    if connection.queue is None or connection.table is None:
        return None
    return taskhub.Hub(name, queue=connection.queue.rstrip("/"), table=connection.table.rstrip("/"), blob=connection.blob)


def _read_by(connection: Connection | None) -> str:
    if connection is None or connection.kind == "identity":
        return ""
    if connection.kind == "connection string":
        return "by the connection string in its settings"
    return "by your own identity, at the account that the stack's outputs name for its bundle: the settings hold a Key Vault reference"


def _unreadable(deployment: Deployment, slot: str, error: ArmFailed) -> str:
    if error.status == 404:
        return (
            f"Slot '{slot}' of '{deployment.site}' is not in resource group '{deployment.group}' of subscription {deployment.subscription}, "
            "though the stack's outputs name it. It may have been deleted, or this sign-in sees another tenant."
        )
    return f"What slot '{slot}' of '{deployment.site}' runs can't be read: {error} It takes {READ_ROLE}."


__all__ = ["READ_ROLE", "last_swap_of", "newest", "read_live"]
