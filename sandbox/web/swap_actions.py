"""The POST actions around a swap: slotsswap, applySlotConfig, resetSlotConfig, slotsdiffs.

Operations: Microsoft docs, "Web Apps - Swap Slot", "Swap Slot With Production", "Apply Slot Config To Production", "Reset Production
Slot Config", "List Slot Differences From Production". Which of two slots is prepared when the request is made on production is not
documented; here it is always the named slot, since the docs promise that production is never the one that restarts first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId, Response
from sandbox.arm.store import Body

from .slots import PRODUCTION, config, require_slot, site_of, slot_id, slot_of
from .swap_phase import PAUSE, revert, stickiness_between
from .swaps import Swaps


class SwapActions:
    def __init__(self, plane: ControlPlane, swaps: Swaps) -> None:
        self._plane = plane
        self._swaps = swaps

    def post(self, request: Request) -> Response:
        actions = {"slotsswap": self._swap, "applyslotconfig": self._apply, "resetslotconfig": self._reset, "slotsdiffs": self._differences}
        action = actions.get((request.action or "").lower())
        if action is None:
            raise ArmError(404, "NotFound", f"{request.id.type} has no action {request.action!r}.")
        return action(request)

    def _swap(self, request: Request) -> Response:
        site = site_of(request.id)
        source, target = self._pair(request)
        state = self._swaps.state(site)
        if state is not None and state.until == PAUSE and {state.source, state.target} == {source, target}:
            operation = self._swaps.complete(site, state)
        else:
            self._refuse(site, source, target)
            operation = self._swaps.begin(site, source, target, until=4)
        return Response(202, None, {"Location": str(request.id.child("operationresults", operation)), "Retry-After": "0"})

    def _apply(self, request: Request) -> Response:
        source, target = self._pair(request)
        self._refuse(site_of(request.id), source, target)
        self._swaps.begin(site_of(request.id), source, target, until=PAUSE)
        return Response(200, None)

    def _reset(self, request: Request) -> Response:
        site = site_of(request.id)
        state = self._swaps.state(site)
        if state is not None and state.until != PAUSE:
            self._swaps.refuse_while_swapping(request.id)
        if state is not None and slot_of(request.id) in (state.source, state.target):
            revert(self._plane, site, state, "POST resetSlotConfig")
        return Response(200, None)

    def _refuse(self, site: ResourceId, source: str, target: str) -> None:
        for slot in (source, target):
            self._swaps.refuse_while_swapping(slot_id(site, slot))
        if self._swaps.state(site) is not None:
            raise ArmError(409, "Conflict", "Another swap with preview of this site waits to be completed or cancelled.")

    def _pair(self, request: Request) -> tuple[str, str]:
        """Source and target. The source is the slot that is prepared, so never production."""
        named = (request.body or {}).get("targetSlot")
        if not named:
            raise ArmError(400, "BadRequest", "The parameter targetSlot has an invalid value: it must name a slot.")
        one, other, site = slot_of(request.id), str(named).lower(), site_of(request.id)
        require_slot(self._plane, site, other)
        if one == other:
            raise ArmError(400, "BadRequest", f"Cannot swap slot '{one}' with itself.")
        return (other, one) if one == PRODUCTION else (one, other)

    def _differences(self, request: Request) -> Response:
        named = str((request.body or {}).get("targetSlot") or PRODUCTION).lower()
        site = site_of(request.id)
        require_slot(self._plane, site, named)
        return Response(200, {"value": list(self._compared(site, request.id, slot_id(site, named))), "nextLink": None})

    def _compared(self, site: ResourceId, current: ResourceId, target: ResourceId) -> Iterator[Body]:
        sticky = stickiness_between(self._plane, site, current, target)
        sections = (
            ("General", "web", sticky.config),
            ("AppSetting", "appsettings", sticky.setting),
            ("ConnectionString", "connectionstrings", sticky.connection_string),
        )
        for kind, name, stays in sections:
            here, there = config(self._plane, current, name), config(self._plane, target, name)
            for setting in sorted({*here, *there}):
                if here.get(setting) != there.get(setting) and not stays(setting):
                    yield _difference(current, kind, setting, here, there)


def _difference(current: ResourceId, kind: str, setting: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> Body:
    """The field names are those of the SDK's SlotDifference; Azure's exact rules and descriptions are not documented."""
    rule = "SettingsWillBeModifiedInDestination" if setting in there and setting in here else "SettingsWillBeAddedOrRemovedInDestination"
    properties = {
        "level": "Information",
        "settingType": kind,
        "diffRule": rule,
        "settingName": setting,
        "valueInCurrentSlot": _text(here.get(setting)),
        "valueInTargetSlot": _text(there.get(setting)),
        "description": f"{kind} '{setting}' will change places with the code.",
    }
    return {"id": str(current), "name": setting, "type": f"{current.type}/slotsdiffs", "properties": properties}


def _text(value: Any) -> str | None:
    return value["value"] if isinstance(value, dict) and "value" in value else None if value is None else str(value)
