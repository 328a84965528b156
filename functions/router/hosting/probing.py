"""Does an app answer? Asked of its host through Resource Manager: a deployment may report success, and the app fail at its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..arm import ArmProblem, Throttled, without_secrets
from ..describing import names
from ..lines import LineRow
from ..versions import BadVersion, Version
from .owning import is_owned, tag
from .place import Place


@dataclass(frozen=True)
class Probe:
    answering: bool | None
    """None: could not be found out."""
    version: Version | None
    """The patch whose deployment to it was completed last."""
    detail: str
    host_name: str = ""


async def probe(place: Place, row: LineRow) -> Probe:
    """`hostruntime/admin/host/status` (azure-functions-host, HostStatus.cs). Never raises for what Azure answers; Throttled passes through."""
    id = names.site_id(place.blueprint, row)
    try:
        site = await place.arm.find(id)
        if site is None:
            return Probe(False, None, "there is no app")
        if not is_owned(site, place.blueprint):
            return Probe(None, None, "the app under this name is not the router's")
        body = await place.arm.get(f"{id}/hostruntime/admin/host/status")
    except Throttled:
        raise
    except ArmProblem as problem:
        silent = problem.status in (400, 404, 502, 503, 504)
        return Probe(False if silent else None, None, f"its host does not answer ({problem})")
    host = str((site.get("properties") or {}).get("defaultHostName") or "")
    runs, detail = _read(body)
    return Probe(runs, deployed(site) if runs else None, detail, host)


def deployed(site: dict[str, Any]) -> Version | None:
    """By its mark; None while another package is on its way."""
    if tag(site, names.DEPLOYING):
        return None
    try:
        return Version.parse(tag(site, names.VERSION) or "")
    except BadVersion:
        return None


def _read(status: Any) -> tuple[bool, str]:
    """The host's word for itself, and the first of its errors."""
    if not isinstance(status, dict):
        return False, "its host gives no status"
    state, errors = str(status.get("state") or "nothing"), status.get("errors") or []
    return state == "Running", without_secrets(f"its host is '{state}'" + (f": {errors[0]}" if errors else ""))


__all__ = ["Probe", "deployed", "probe"]
