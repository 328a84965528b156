"""OneDeploy: how code gets onto a Flex Consumption app.

Microsoft docs, "Automate resource deployment for your function app": PUT sites/X/extensions/onedeploy with `packageUri`, an https URL that
needs no more than what it carries. The record of a deployment and the meaning of its `status`: Azure/azure-dev#3658. One runs at a time;
another is refused with 409 (projectkudu/kudu#3042).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..arm import ArmProblem, OperationFailed, StillRunning, Throttled, without_secrets
from ..arm.polling import EVERY
from ..arm.retrying import says_in_progress
from ..describing import names
from ..lines import LineRow, VersionRow
from .owning import tag
from .passwords import forbid_passwords
from .place import Place, existing, write_code, write_tags

_FAILED, _SUCCESS = 3, 4
"""Kudu's DeployStatus."""
_NONE = "-"


@dataclass(frozen=True)
class _Record:
    """The newest deployment of an app. Without one, `id` is `-`."""

    id: str = _NONE
    status: int | None = None
    text: str = ""

    @property
    def runs(self) -> bool:
        return self.id != _NONE and self.status not in (_FAILED, _SUCCESS)


async def one_deploy(place: Place, row: LineRow, version: VersionRow, *, patience: float) -> None:
    site = await existing(place, row)
    await forbid_passwords(place, row)
    package = f"{version.version} {version.digest[:12]}"
    latest = await _latest(place, row)
    marked, _, before = (tag(site, names.DEPLOYING) or "").rpartition(" ")
    is_ours = marked == package and latest.id != before
    if latest.runs and not is_ours:
        raise StillRunning(f"another deployment to '{row.app}' has not ended")
    if not is_ours or latest.status == _FAILED:
        before = latest.id
        if marked != package or tag(site, names.DEPLOYING) != f"{package} {before}":
            await write_tags(place, row, site, **{names.DEPLOYING: f"{package} {before}"})
        await write_code(place, row, version)
        await _begin(place, row, version, before)
    await _end(place, row, before, patience)
    await write_tags(place, row, site, **{names.VERSION: str(version.version), names.DEPLOYING: ""})


async def _begin(place: Place, row: LineRow, version: VersionRow, before: str) -> None:
    """Once: if the answer is lost, the newest deployment tells whether it was begun."""
    uri = await place.data.signed(version.package, place.now())
    body = {"properties": {"packageUri": uri, "remoteBuild": False}}
    try:
        await place.arm.put(f"{names.site_id(place.blueprint, row)}/extensions/onedeploy", body, repeat=False)
    except Throttled:
        raise
    except ArmProblem as problem:
        unknown = problem.status is None or problem.status >= 500 or (problem.status == 409 and says_in_progress(problem.message))
        if not unknown or (await _latest(place, row)).id == before:
            raise


async def _end(place: Place, row: LineRow, before: str, patience: float) -> None:
    waited = 0.0
    while True:
        record = await _latest(place, row)
        if record.id != before and record.status == _SUCCESS:
            return
        if record.id != before and record.status == _FAILED:
            raise OperationFailed(
                409,
                "DeploymentFailed",
                f"the deployment failed, and the app runs what it ran before: {record.text or 'Azure gives no reason'}",
            )
        if waited + EVERY > patience:
            raise StillRunning(f"the deployment to '{row.app}' goes on in Azure")
        await place.arm.pause(EVERY)
        waited += EVERY


async def _latest(place: Place, row: LineRow) -> _Record:
    body = await place.arm.find(f"{names.site_id(place.blueprint, row)}/deployments/latest")
    if not isinstance(body, dict):
        return _Record()
    properties = body.get("properties") or {}
    return _Record(
        str(properties.get("id") or body.get("name") or _NONE),
        properties.get("status"),
        without_secrets(str(properties.get("status_text") or "")),
    )


__all__ = ["one_deploy"]
