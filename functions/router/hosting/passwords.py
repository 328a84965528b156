"""Publishing by user name and password is forbidden for every version app (Microsoft docs, "Disable basic authentication in Azure App Service
deployments"). Looked after when an app is made, and again before code comes to it: a router may have died between the app and this.
"""

from __future__ import annotations

from ..describing import names
from ..lines import LineRow
from .place import Place


async def forbid_passwords(place: Place, row: LineRow) -> None:
    """Writes only what allows it."""
    for kind in ("ftp", "scm"):
        at = f"{names.site_id(place.blueprint, row)}/basicPublishingCredentialsPolicies/{kind}"
        if (((await place.arm.find(at)) or {}).get("properties") or {}).get("allow") is not False:
            await place.arm.put(at, {"properties": {"allow": False}})


__all__ = ["forbid_passwords"]
