"""What each step on an app needs: who talks to Azure, and what the apps look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..arm import ArmClient, ArmProblem, Missing, Silent
from ..blueprint import Blueprint
from ..describing import names
from ..describing.settings import HUB, code_settings
from ..lines import LineRow, VersionRow
from .owning import own
from .storage import DataPlane


@dataclass(frozen=True)
class Place:
    blueprint: Blueprint
    arm: ArmClient
    data: DataPlane
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


async def existing(place: Place, row: LineRow) -> dict[str, Any]:
    """The line's site. Raises Missing, and NotOurs."""
    site = await own(place.arm, names.site_id(place.blueprint, row), place.blueprint)
    if site is None:
        raise Missing(row.app)
    return site


async def live_settings(place: Place, row: LineRow) -> dict[str, str]:
    answer = await place.arm.post(f"{names.site_id(place.blueprint, row)}/config/appsettings/list")
    properties = (answer.body or {}).get("properties") or {}
    return {str(name): str(value) for name, value in properties.items()}


async def write_settings(place: Place, row: LineRow, wanted: Mapping[str, str]) -> None:
    """The whole map: what is not in it is gone."""
    await place.arm.put(f"{names.site_id(place.blueprint, row)}/config/appsettings", {"properties": dict(wanted)})


async def write_code(place: Place, row: LineRow, version: VersionRow) -> bool:
    """Writes the settings that belong to a version, and leaves all others as they are. False: they were there."""
    live = await live_settings(place, row)
    if HUB not in live:
        raise ArmProblem(409, "", f"the app '{row.app}' has lost its settings; make it again")
    wanted = {**live, **code_settings(place.blueprint, version)}
    if live == wanted:
        return False
    await write_settings(place, row, wanted)
    return True


async def synchronise(place: Place, row: LineRow) -> None:
    """Raises Silent where the host does not answer: 400, "Encountered an error (…) from host runtime" (azure-pipelines-tasks#16942)."""
    try:
        await place.arm.post(f"{names.site_id(place.blueprint, row)}/syncfunctiontriggers")
    except ArmProblem as problem:
        if "host runtime" in problem.message:
            raise Silent(f"the app has its package and does not start: {problem.message}") from None
        raise


async def write_tags(place: Place, row: LineRow, site: Mapping[str, Any], **changes: str) -> None:
    """Every provider must take a PATCH of tags (azure-resource-manager-rpc, "Resource API Reference"). Whether that replaces the map or
    merges into it differs, so all are sent, and a tag is emptied instead of removed."""
    lower = {name.lower() for name in changes}
    kept = {str(name): str(value) for name, value in (site.get("tags") or {}).items() if str(name).lower() not in lower}
    await place.arm.patch(names.site_id(place.blueprint, row), {"tags": {**kept, **changes}})


__all__ = ["Place", "existing", "live_settings", "synchronise", "write_code", "write_settings", "write_tags"]
