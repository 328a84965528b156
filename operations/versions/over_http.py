"""Active instances of an app whose hub is no storage account: asked page by page over Durable's own HTTP interface.

Microsoft docs "HTTP APIs in Durable Functions": `GET instances` answers 100 at a time, with `x-ms-continuation-token` for the next page; a page
may be empty and not the last (azure-functions-durable-extension#2284). Its answers name no version as of the sources that are public; where
they do not, nothing is known of versions, and that is said.
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from taskhub import ACTIVE

from ..azure import Arm, ca_bundle
from ..problem import Unknown
from .counting import Active

TIMEOUT = 60.0
"""Seconds for one page."""
PAGES = 10_000

Page = tuple[list[Mapping[str, Any]], str | None]


def count_over_http(fetch: Callable[[str | None], Page], slot: str, backend: str) -> list[Active]:
    """`fetch` gets one page by its token. Raises Unknown where the answers name no version."""
    found: dict[tuple[str, str | None], list[datetime | None]] = {}
    token: str | None = None
    for _ in range(PAGES):
        instances, token = fetch(token)
        for one in instances:
            if str(one.get("instanceId", "")).startswith("@"):
                continue  # entities are in this list too
            if "version" not in one:
                raise Unknown(
                    f"Not available for this backend ({backend}): the app's list of instances names no versions. Whether an old branch is still "
                    "needed can't be told from here."
                )
            found.setdefault((str(one.get("name", "")), one["version"] or None), []).append(_moment(one.get("createdTime")))
        if not token:
            return [Active(slot, *key, len(ages), min((at for at in ages if at), default=None)) for key, ages in found.items()]
    raise Unknown(f"The list of instances of slot '{slot}' has no end: after {PAGES} pages there is another.")


def pages_of(arm: Arm, slot_id: str, host_name: str) -> Callable[[str | None], Page]:
    """With the system key of the extension, which ARM lists to whoever may deploy. Raises Unknown, ArmFailed."""
    keys = arm.post(f"{slot_id}/host/default/listkeys").body or {}
    key = (keys.get("systemKeys") or {}).get("durabletask_extension")
    if not key:
        raise Unknown(f"'{host_name}' has no system key `durabletask_extension`: its Durable extension has not run yet.")
    context = ssl.create_default_context(cafile=ca_bundle())
    url = f"https://{host_name}/runtime/webhooks/durabletask/instances?runtimeStatus={','.join(ACTIVE)}&showInput=false&top=100"

    def fetch(token: str | None) -> Page:
        headers = {"x-functions-key": key, **({"x-ms-continuation-token": token} if token else {})}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT, context=context) as answer:
                return json.load(answer), answer.headers.get("x-ms-continuation-token")
        except (OSError, ValueError) as error:
            raise Unknown(f"The instances of '{host_name}' can't be listed: {getattr(error, 'reason', error)}.") from None

    return fetch


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None


__all__ = ["count_over_http", "pages_of"]
