"""Makes what a line's app consists of, or brings it in line with the blueprint: storage account, deployment container, plan, site with settings.

Each step finds what an earlier try has left, and the site comes last and whole, settings and marks in one request: a site that is there is
complete. Nothing of another owner is written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arm import STORAGE, ArmProblem, NotOurs, finished
from ..blueprint import Storage
from ..describing import bodies, names
from ..describing.settings import kept, settings_of
from ..lines import LineRow, VersionRow
from .owning import own, tag
from .passwords import forbid_passwords
from .place import Place, live_settings


async def make(place: Place, row: LineRow, deployed: VersionRow | None = None) -> str:
    """Where the app answers. `deployed`: the code that a line's app runs, put back if a live app has lost it."""
    blueprint, arm = place.blueprint, place.arm
    id = names.site_id(blueprint, row)
    site = await own(arm, id, blueprint)
    storage = await make_account(place, row)
    if names.is_flex(blueprint):
        await place.data.ensure_container(blueprint.host_storage.blob, names.deployment_container(row))
    tier = await _make_plan(place, row)
    live = {} if site is None else await live_settings(place, row)
    wanted = {**settings_of(blueprint, row, deployed, storage), **kept(live)}
    if site is None or not _is_as_wanted(place, row, site) or live != wanted:
        made = await _put_site(place, row, site, tier, wanted)
    else:
        made = site
    await forbid_passwords(place, row)
    return host_name(made, row)


async def make_account(place: Place, row: LineRow) -> Storage | None:
    """The line's own storage account, with `account_per_line`. None: all lines share one."""
    blueprint = place.blueprint
    if blueprint.durable.scheduling != "account_per_line":
        return None
    id = names.account_id(blueprint, row.line)
    body = await own(place.arm, id, blueprint, version=STORAGE)
    if body is None or storage_of(body) is None:
        answer = await place.arm.put(id, bodies.account_body(blueprint, row.line), version=STORAGE)
        await finished(place.arm, answer, f"making the storage account of line {row.line}", version=STORAGE)
        body = await place.arm.get(id, version=STORAGE)
    found = storage_of(body)
    if found is None:
        raise ArmProblem(None, "", f"the storage account of line {row.line} has no endpoints yet")
    return found


def storage_of(account: Mapping[str, Any]) -> Storage | None:
    """From the account's body; None as long as Azure names no endpoints."""
    ends = (account.get("properties") or {}).get("primaryEndpoints") or {}
    if not all(ends.get(service) for service in ("blob", "queue", "table")):
        return None
    return Storage(account=str(account.get("name", "")), blob=ends["blob"], queue=ends["queue"], table=ends["table"])


def host_name(site: Mapping[str, Any], row: LineRow) -> str:
    return str((site.get("properties") or {}).get("defaultHostName") or row.host_name)


async def _make_plan(place: Place, row: LineRow) -> str:
    """Its tier."""
    blueprint, id = place.blueprint, names.plan_id(place.blueprint, row)
    if not names.makes_plan(blueprint):
        return _tier(await place.arm.get(id))
    body = await own(place.arm, id, blueprint)
    if body is None or tag(body, names.BLUEPRINT) != blueprint.version:
        answer = await place.arm.put(id, bodies.plan_body(blueprint, row.line))
        await finished(place.arm, answer, f"making the plan of line {row.line}")
        body = await place.arm.get(id)
    return _tier(body)


def _tier(plan: Mapping[str, Any]) -> str:
    return str((plan.get("sku") or {}).get("tier") or "")


def _is_as_wanted(place: Place, row: LineRow, site: Mapping[str, Any]) -> bool:
    """By its mark, which is written together with everything else."""
    return tag(site, names.BLUEPRINT) == place.blueprint.version and tag(site, names.LINE) == str(row.line)


async def _put_site(place: Place, row: LineRow, before: Mapping[str, Any] | None, tier: str, settings: Mapping[str, str]) -> dict[str, Any]:
    known = before or {}
    marks = {name: tag(known, name) for name in (names.VERSION, names.DEPLOYING)}
    tags = bodies.tags_of(place.blueprint, row.line, marks)
    body = bodies.site_body(place.blueprint, row, tags, tier=tier, settings=settings)
    id = names.site_id(place.blueprint, row)
    try:
        answer = await place.arm.put(id, body)
    except ArmProblem as problem:
        if before is None and problem.status == 409 and "already exists" in problem.message.lower():
            # One namespace over all of Azure: somebody has an app of this name in another group, or in another subscription.
            raise NotOurs(f"the app name '{row.app}', which another group or subscription uses,") from None
        raise
    await finished(place.arm, answer, f"making the app of line {row.line}")
    made: dict[str, Any] = await place.arm.get(id)
    return made


__all__ = ["host_name", "make", "make_account", "storage_of"]
