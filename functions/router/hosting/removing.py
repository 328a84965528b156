"""Takes a line's app away: site, plan, deployment container, the hub's queues and lease containers. Histories, rows and large payloads stay.

The site goes first, since a running app makes its queues anew. With an account of its own for each line, that account goes too once nothing
that is kept can be in it: with a shared tracking store, payloads lie there (Azure/durabletask, AzureStorageClient.cs).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from taskhub import Hub, Tracking

from ..arm import STORAGE, finished
from ..blueprint import Blueprint, Storage
from ..describing import names
from ..lines import LineRow
from .making import storage_of
from .owning import own
from .place import Place

Still = Callable[[], Awaitable[None]]
"""Asked right before each deletion: raises if the line is not to be removed any more."""


async def unasked() -> None:
    pass


async def remove(place: Place, row: LineRow, still: Still = unasked) -> None:
    """As often as needed: what is gone is gone. Raises NotOurs before anything is touched, and what `still` raises."""
    blueprint, arm = place.blueprint, place.arm
    site, plan = names.site_id(blueprint, row), names.plan_id(blueprint, row)
    site_body = await own(arm, site, blueprint)
    plan_body = await own(arm, plan, blueprint) if names.makes_plan(blueprint) else None
    account = names.account_id(blueprint, row.line)
    own_account = blueprint.durable.scheduling == "account_per_line"
    account_body = await own(arm, account, blueprint, version=STORAGE) if own_account else None
    if site_body is not None:
        # Without it, the last site of a plan takes the plan along, and an existing plan is not ours (docs: "Web Apps - Delete").
        await still()
        answer = await arm.delete(site, query="deleteEmptyServerFarm=false")
        await finished(arm, answer, f"removing the app of line {row.line}")
    if plan_body is not None:
        await still()
        await finished(arm, await arm.delete(plan), f"removing the plan of line {row.line}")
    await still()
    if names.is_flex(blueprint):
        await place.data.delete_container(blueprint.host_storage.blob, names.deployment_container(row))
    hub = hub_of(blueprint, row, storage_of(account_body) if account_body else None)
    if hub is not None:
        await _remove_hub(place, hub, still)
        if account_body is not None and await _holds_nothing(place, hub):
            await still()
            await finished(arm, await arm.delete(account, version=STORAGE), f"removing the account of line {row.line}", version=STORAGE)


def hub_of(blueprint: Blueprint, row: LineRow, storage: Storage | None) -> Hub | None:
    """Where a line's hub is. `storage`: its own account; None with `account_per_line`: there is none, and so no hub."""
    durable = blueprint.durable
    if durable.scheduling == "account_per_line" and storage is None:
        return None
    at = storage or durable.storage
    tracking = None
    if durable.tracking == "shared":
        kept = durable.tracking_storage or durable.storage
        tracking = Tracking(table=kept.table, prefix=durable.tracking_prefix, blob=kept.blob)
    return Hub(row.hub, queue=at.queue, table=at.table, tracking=tracking, blob=at.blob)


async def _remove_hub(place: Place, hub: Hub, still: Still) -> None:
    await still()
    await place.data.delete_queues(hub)
    for blob in _blob_endpoints(hub):
        for container in names.lease_containers(hub.name):
            await still()
            await place.data.delete_container(blob, container)


async def _holds_nothing(place: Place, hub: Hub) -> bool:
    """Whether the line's own account has nothing that is kept: rows are elsewhere, and no payload was ever stored here."""
    if hub.tracking is None or hub.blob is None or hub.blob == hub.tracking.blob:
        return False
    return not await place.data.containers(hub.blob, "")


def _blob_endpoints(hub: Hub) -> list[str]:
    """Leases lie with the tracking store if there is one; older extensions kept them with the queues."""
    of_tracking = hub.tracking.blob if hub.tracking else None
    return list(dict.fromkeys(one for one in (hub.blob, of_tracking) if one is not None))


__all__ = ["Still", "hub_of", "remove", "unasked"]
