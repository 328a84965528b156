"""Swap parity: which bundle, with which code, belongs in which slot. One pure function from what is live and what is wanted.

A slot swap happens outside Pulumi and moves everything that is not sticky. So the program never states a bundle per slot; it reads
what each slot holds and declares exactly that. The result is a permutation of bundles over slots, never a boolean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PRODUCTION = "production"


@dataclass(frozen=True)
class Code:
    """A version as a bundle carries it."""

    package: str
    """What `WEBSITE_RUN_FROM_PACKAGE` says: a URL, or for code that is yet to be uploaded the blob's name."""
    version: str | None
    stack: str | None
    starters: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    """The user's `version_settings` of this version, by name."""
    records: Mapping[str, str] = field(default_factory=dict)
    """What this version says of itself in further settings of its bundle, by name."""

    @property
    def blob(self) -> str:
        """What identifies the code: the last segment of its URL, which for our own packages contains the content's hash."""
        return self.package.rsplit("?", 1)[0].rsplit("/", 1)[-1]

    @property
    def label(self) -> str:
        return self.version or self.blob


@dataclass(frozen=True)
class Held:
    """What one slot's live settings say. A slot that is not there, or has no settings yet, holds nothing."""

    bundle: str | None = None
    """Told by the storage account or the hub that the settings name."""
    stranger: str | None = None
    """A durable storage or hub that is none of the component's bundles."""
    marker: str | None = None
    code: Code | None = None
    stack: str | None = None
    """The runtime stack that an empty slot was given."""
    deployment: Mapping[str, str] = field(default_factory=dict)
    """Settings of a deploying pipeline or of the platform, to be kept as they are."""
    exists: bool = True
    starts: Mapping[str, str] = field(default_factory=dict)
    """Sticky settings that tell clients which version to start, by name."""


@dataclass(frozen=True)
class Wanted:
    slots: tuple[str, ...]
    """Production first."""
    bundles: tuple[str, ...]
    code: Code | None
    """None: a pipeline deploys."""
    stack: str
    replace: str | None = None
    initial_bundle: str | None = None


@dataclass(frozen=True)
class SlotPlan:
    slot: str
    bundle: str
    code: Code | None
    new: bool
    """True for the one slot that gets the wanted code for the first time."""
    stack: str
    deployment: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    slots: tuple[SlotPlan, ...]

    @property
    def target(self) -> str | None:
        """The slot that gets new code, or None."""
        return next((slot.slot for slot in self.slots if slot.new), None)

    @property
    def starters(self) -> tuple[str, ...]:
        """Functions that start work by themselves, in any version that a slot holds or is about to hold."""
        return tuple(sorted({name for slot in self.slots if slot.code for name in slot.code.starters}))


class ParityError(Exception):
    """What is live and what is wanted can't be brought together without endangering running orchestrations. Nothing was written."""


def decide(live: Mapping[str, Held], wanted: Wanted, hubs_in_use: frozenset[str] = frozenset()) -> Plan:
    """The bundle and the code of each slot.

    `hubs_in_use` names the bundles whose task hub exists; it matters only where production's settings name no bundle or no code
    (`needs_hubs` tells). Raises ParityError with the reason and the way out.
    """
    bundles = _bundles(live, wanted, hubs_in_use)
    target = _target(live, wanted, hubs_in_use)
    return Plan(tuple(_slot_plan(slot, bundles[slot], live.get(slot, Held(exists=False)), wanted, slot == target) for slot in wanted.slots))


def needs_hubs(live: Mapping[str, Held], wanted: Wanted) -> bool:
    """True if the decision depends on which task hubs exist: production's settings alone don't say what runs there."""
    production = live.get(PRODUCTION, Held(exists=False))
    return production.bundle is None or (production.code is None and wanted.code is not None)


def _slot_plan(slot: str, bundle: str, held: Held, wanted: Wanted, is_target: bool) -> SlotPlan:
    code = wanted.code if is_target else held.code
    stack = (code.stack if code else held.stack) or wanted.stack
    return SlotPlan(slot, bundle, code, is_target, stack, {} if is_target else held.deployment)


def _bundles(live: Mapping[str, Held], wanted: Wanted, hubs_in_use: frozenset[str]) -> dict[str, str]:
    for slot in wanted.slots:
        _refuse_contradiction(slot, live.get(slot, Held(exists=False)), wanted)
    production = live.get(PRODUCTION, Held(exists=False))
    if not production.exists and any(held.exists for held in live.values()):
        raise ParityError("the site was not found, but one of its slots was: one of the two answers is false. Run again.")
    if production.bundle is None and hubs_in_use and wanted.initial_bundle is None:
        raise ParityError(_lost_production(production, hubs_in_use))
    assigned: dict[str, str] = {}
    for slot in wanted.slots:  # production first: if two slots name one bundle, production keeps it
        held = live.get(slot, Held(exists=False)).bundle
        if held is not None and held not in assigned.values():
            assigned[slot] = held
    if PRODUCTION not in assigned and wanted.initial_bundle is not None:
        assigned = {slot: bundle for slot, bundle in assigned.items() if bundle != wanted.initial_bundle}
        assigned[PRODUCTION] = wanted.initial_bundle
    free = [bundle for bundle in wanted.bundles if bundle not in assigned.values()]
    for slot in wanted.slots:
        if slot not in assigned:
            assigned[slot] = free.pop(0)
    return assigned


def _refuse_contradiction(slot: str, held: Held, wanted: Wanted) -> None:
    if held.stranger is not None:
        raise ParityError(
            f"slot '{slot}' names the durable storage or task hub '{held.stranger}', which is none of this component's bundles ({', '.join(wanted.bundles)}). "
            "Its orchestrations would be left behind. If `storage.durable_accounts`, `durable.task_hubs`, `durable.hub_name` or `durable.isolation` was changed, change it back; "
            "to adopt an app made by other means, give its names there."
        )
    if held.marker is not None and held.bundle is not None and held.marker != held.bundle:
        raise ParityError(
            f"slot '{slot}' contradicts itself: its settings name the storage of bundle '{held.bundle}', its marker says '{held.marker}'. "
            "Somebody edited one of them by hand. Set DURABLE_DEPLOY_BUNDLE to the bundle whose storage the running code uses, then run again."
        )


def _lost_production(production: Held, hubs_in_use: frozenset[str]) -> str:
    found = "the site was not found" if not production.exists else "production's settings name no durable storage"
    hubs = ", ".join(f"'{bundle}'" for bundle in sorted(hubs_in_use))
    return (
        f"{found}, but a task hub exists in the storage of {hubs}: this is no first deployment, and putting the wrong bundle into production would take its "
        "orchestrations away from it. Check the subscription and the site's name; if the site really is gone, say which bundle production had with "
        f"`durable.initial_bundle` (for example `{sorted(hubs_in_use)[0]}`)."
    )


def _target(live: Mapping[str, Held], wanted: Wanted, hubs_in_use: frozenset[str]) -> str | None:
    """The slot that gets the wanted code, or None if a slot holds it already (then a swap, not an update, brings it into production)."""
    if wanted.code is None:
        return None
    codes = {slot: held.code for slot in wanted.slots if (held := live.get(slot)) is not None and held.code is not None}
    if not codes and live.get(PRODUCTION, Held()).bundle not in hubs_in_use:
        return PRODUCTION  # the very first release: nothing can be running
    if any(is_same(code, wanted.code) for code in codes.values()):
        return None
    _refuse_reused_version(codes, wanted.code)
    staging = wanted.slots[1:]
    if not staging:
        return PRODUCTION  # in place; a strategy whose code must not meet another version has staging slots
    if wanted.replace is not None:
        for slot in staging:
            if slot in codes and codes[slot].label == wanted.replace:
                return slot
    for slot in staging:
        if slot not in codes:
            return slot
    raise ParityError(_no_free_slot(codes, wanted, staging))


def is_same(live: Code, wanted: Code) -> bool:
    """Code that is yet to be uploaded is told by its blob's name, which contains the content's hash; other code by its whole URL."""
    if "://" in wanted.package:
        return live.package.partition("?")[0] == wanted.package.partition("?")[0]
    return live.blob == wanted.blob


def _refuse_reused_version(codes: Mapping[str, Code], new: Code) -> None:
    for slot, code in codes.items():
        if new.version is not None and code.version == new.version:
            raise ParityError(
                f"version '{new.version}' stands in slot '{slot}' with other content ({code.blob}, now {new.blob}). "
                "A version never changes: give the new code a new `package.version`."
            )


def _no_free_slot(codes: Mapping[str, Code], wanted: Wanted, staging: tuple[str, ...]) -> str:
    assert wanted.code is not None
    held = ", ".join(f"slot '{slot}' holds version '{codes[slot].label}'" for slot in staging)
    asked = "" if wanted.replace is None else f" `package.replace` names '{wanted.replace}', which is in none of them."
    return (
        f"no slot is free for version '{wanted.code.label}': {held}.{asked} Orchestrations may still be running there. "
        f"`python -m operations gate --slot {staging[0]}` tells whether they are; then set `package.replace` to the version that may go "
        "(`python -m operations release` does both)."
    )
