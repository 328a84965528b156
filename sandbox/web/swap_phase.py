"""The four phases of a swap: their names, the state that the store keeps of one under way, and what each phase writes.

Source: Microsoft docs, "Set up staging environments in Azure App Service", section "What happens during a swap?". 1: the target slot's
sticky settings are applied to the source slot's instances, which restart. 2: they are warmed up; if one does not start, all is reverted.
3: routing switches. 4: the old code, now in the source slot, gets that slot's sticky settings and restarts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from sandbox.arm import ControlPlane, Request, ResourceId
from sandbox.arm.store import Body

from .slots import config, config_body, config_id, count_start, require_slot, site_of, slot_id, slot_of
from .travel import Stickiness, exchanged, stickiness

OPERATIONS = {1: "swap 1 of 4: settings", 2: "swap 2 of 4: warm-up", 3: "swap 3 of 4: routing", 4: "swap 4 of 4: restart"}
"""What the journal calls the writes of each phase."""

PAUSE = 2
"""The phase after which a swap with preview stands still."""


@dataclass(frozen=True)
class SwapPhase:
    """Handed to hooks right after the phase was carried out: the window before the next one is open."""

    number: int
    operation: str
    site: str
    """The production site's resource id."""
    source: str
    target: str
    """Slot names in lower case; production is `production`."""
    operation_id: str


@dataclass(frozen=True)
class SwapState:
    id: str
    source: str
    target: str
    done: int
    """The last phase that was carried out; 0 before the first."""
    until: int
    """4 for a swap, 2 for one with preview that waits for its second half."""
    started: float

    @classmethod
    def of(cls, plane: ControlPlane, site: ResourceId) -> SwapState | None:
        saved = plane.store.hidden(site).get("swap")
        return None if saved is None else cls(**saved)

    def save(self, plane: ControlPlane, site: ResourceId) -> None:
        plane.store.set_hidden(site, {**plane.store.hidden(site), "swap": asdict(self)})

    def phase(self, site: ResourceId) -> SwapPhase:
        return SwapPhase(self.done, OPERATIONS[self.done], str(site), self.source, self.target, self.id)


def forget(plane: ControlPlane, site: ResourceId) -> None:
    plane.store.set_hidden(site, {key: value for key, value in plane.store.hidden(site).items() if key != "swap"})


def carry_out_next(plane: ControlPlane, site: ResourceId, state: SwapState) -> SwapState:
    """Writes what the next phase changes, journalled under its name. Runs under the store's lock; the state is saved with it."""
    ahead = replace(state, done=state.done + 1)
    source, target = slot_id(site, state.source), slot_id(site, state.target)
    if ahead.done == 1:
        write_site(plane, source, OPERATIONS[1], {"targetSwapSlot": state.target})
        count_start(plane, source)
    elif ahead.done == 2:
        write_site(plane, source, OPERATIONS[2], {})
    elif ahead.done == 3:
        _exchange(plane, site, source, target)
    else:
        when = datetime.fromtimestamp(plane.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        status = {"timestampUtc": when, "sourceSlotName": state.source, "destinationSlotName": state.target}
        write_site(plane, source, OPERATIONS[4], {"targetSwapSlot": None, "slotSwapStatus": status})
        write_site(plane, target, OPERATIONS[4], {"slotSwapStatus": status})
        count_start(plane, source)
    ahead.save(plane, site)
    return ahead


def revert(plane: ControlPlane, site: ResourceId, state: SwapState, operation: str) -> None:
    """The source slot's process restarts with its own settings; nothing else had changed before phase 3."""
    source = slot_id(site, state.source)
    if state.done >= 1:
        write_site(plane, source, operation, {"targetSwapSlot": None})
        count_start(plane, source)
    forget(plane, site)


def write_site(plane: ControlPlane, id: ResourceId, operation: str, changes: Body) -> None:
    body = plane.store.get(id)
    assert body is not None
    properties = {**body["properties"], **changes}
    body["properties"] = {key: value for key, value in properties.items() if value is not None}
    plane.write(_request(id), body, operation)


def stickiness_between(plane: ControlPlane, site: ResourceId, one: ResourceId, other: ResourceId) -> Stickiness:
    return stickiness(config(plane, site, "slotConfigNames"), (config(plane, one, "appsettings"), config(plane, other, "appsettings")))


def _exchange(plane: ControlPlane, site: ResourceId, source: ResourceId, target: ResourceId) -> None:
    """Settings first, the two slots next to each other; then the rest that changed. One step: the store's lock is held throughout."""
    sticky = stickiness_between(plane, site, source, target)
    rules = {
        "appsettings": sticky.setting,
        "connectionstrings": sticky.connection_string,
        "azurestorageaccounts": sticky.mount,
        "web": sticky.config,
    }
    for name, rule in {**rules, "metadata": lambda _: False}.items():
        old_target, old_source = config(plane, target, name), config(plane, source, name)
        new_target, new_source = exchanged(old_target, old_source, rule)
        if name == "appsettings" or (new_target, new_source) != (old_target, old_source):
            _write_config(plane, target, name, new_target)
            _write_config(plane, source, name, new_source)
    _exchange_bodies(plane, source, target, sticky)
    _exchange_processes(plane, source, target)


def _exchange_bodies(plane: ControlPlane, source: ResourceId, target: ResourceId, sticky: Stickiness) -> None:
    """Journals the routing itself; moves the site's own properties only if both slots gave up their default stickiness."""
    at_target, at_source = (require_slot(plane, site_of(id), slot_of(id))["properties"] for id in (target, source))
    new_target, new_source = exchanged(at_target, at_source, sticky.site)
    write_site(plane, target, OPERATIONS[3], new_target)
    write_site(plane, source, OPERATIONS[3], new_source)


def _exchange_processes(plane: ControlPlane, source: ResourceId, target: ResourceId) -> None:
    """Routing moves to the prepared process; neither is restarted, so each takes its count of starts (and its code) along."""
    moving = ("starts", "content")
    one, other = plane.store.hidden(source), plane.store.hidden(target)
    for slot, own, theirs in ((source, one, other), (target, other, one)):
        staying = {key: value for key, value in own.items() if key not in moving}
        plane.store.set_hidden(slot, {**staying, **{key: theirs[key] for key in moving if key in theirs}})


def _write_config(plane: ControlPlane, owner: ResourceId, name: str, properties: Body) -> None:
    plane.write(_request(config_id(owner, name)), config_body(owner, name, properties), OPERATIONS[3])


def _request(id: ResourceId) -> Request:
    return Request("PUT", id, None, None, "swap")
