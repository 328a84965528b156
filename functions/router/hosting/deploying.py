"""Brings a version's package to the app of its line, in steps that a later try takes up where they were left.

The app carries a mark while a package is on its way to it, so that whoever comes next knows which one it is. What was there before stays in
place until Azure has the new one: a deployment that fails changes nothing. Settings come first, then code.
"""

from __future__ import annotations

from ..arm import PATIENCE, ArmProblem
from ..describing import names
from ..lines import LineRow, VersionRow
from .one_deploy import one_deploy
from .owning import tag
from .passwords import forbid_passwords
from .place import Place, existing, synchronise, write_code, write_tags


async def deploy(place: Place, row: LineRow, version: VersionRow, *, patience: float = PATIENCE) -> None:
    """Raises Missing before an app is made, OperationFailed with Azure's words, StillRunning after `patience` seconds, and Silent where the
    app does not take the package up. A changed blueprint reaches no app by a deployment."""
    _refuse_elsewhere(place, version)
    if names.is_flex(place.blueprint):
        await one_deploy(place, row, version, patience=patience)
    else:
        await _run_from_package(place, row, version)


async def _run_from_package(place: Place, row: LineRow, version: VersionRow) -> None:
    """`WEBSITE_RUN_FROM_PACKAGE` with a URL: after a change the app is restarted and its triggers synchronised (Microsoft docs, "Run your
    functions from a package file")."""
    site = await existing(place, row)
    await forbid_passwords(place, row)
    mark = f"{version.version} {version.digest[:12]}"
    resumed = tag(site, names.DEPLOYING) == mark
    if not resumed:
        await write_tags(place, row, site, **{names.DEPLOYING: mark})
    written = await write_code(place, row, version)
    id = names.site_id(place.blueprint, row)
    if written or not resumed:
        await place.arm.post(f"{id}/restart")
    await synchronise(place, row)
    await write_tags(place, row, site, **{names.VERSION: str(version.version), names.DEPLOYING: ""})


def _refuse_elsewhere(place: Place, version: VersionRow) -> None:
    """A package comes from the router's own container. It is signed for, so no other address may stand in a row."""
    own = place.blueprint.stores.packages_url.rstrip("/") + "/"
    name = version.package.removeprefix(own)
    if not version.package.startswith(own) or not name or any(part in ("", ".", "..") for part in name.split("/")) or "?" in name:
        raise ArmProblem(400, "BadPackage", f"the package of version {version.version} is not in the router's container")


__all__ = ["deploy"]
