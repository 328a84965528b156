"""Which version clients start, slot by slot: the second of the two phases of a release. One pure function.

New code carries the old versions and continues production's task hub, so during a swap old and new workers share it. Whatever only the
new code knows may therefore be started only when the swap's last phase is over. The setting that clients read is sticky, and kept back:
- a slot is never told a version that its own package lacks;
- until a swap is over, both slots keep the newest version that both packages contain, which is what production has already;
- after it, production's setting is the one thing that changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key


@dataclass(frozen=True)
class Scheme:
    """How the versions of a strategy compare, and which of them a package contains."""

    compare: Callable[[str, str], int]
    """Below zero: the first is older."""
    up_to: bool
    """True: a package contains every version up to its newest. False: exactly those that it lists."""
    pin: str
    """The argument that pins the version."""

    def newest(self, versions: Iterable[str]) -> str:
        return max(versions, key=cmp_to_key(self.compare))

    def contains(self, package: Sequence[str], version: str) -> bool:
        if self.up_to:
            return self.compare(version, self.newest(package)) <= 0
        return any(self.compare(one, version) == 0 for one in package)

    def in_common(self, one: Sequence[str], other: Sequence[str]) -> list[str]:
        """The versions that both packages list or imply, as far as they have names."""
        return [version for version in (*one, *other) if self.contains(one, version) and self.contains(other, version)]


@dataclass(frozen=True)
class Slot:
    """One slot as the plan has it, with the start settings that it has now."""

    name: str
    contains: tuple[str, ...] | None = None
    """Versions in its package; None: it has no package, or one that does not say (a pipeline deployed it)."""
    has_code: bool = True
    new: bool = False
    """It gets its package by this update."""
    starts: Mapping[str, str] = field(default_factory=dict)
    """Live start settings by name."""

    def may_be_told(self, version: str, scheme: Scheme) -> bool:
        """An empty slot may be told anything; a package that does not say what it contains, nothing."""
        return not self.has_code if self.contains is None else scheme.contains(self.contains, version)


@dataclass(frozen=True)
class Wanted:
    setting: str
    """`START_VERSION`, `LATEST_VERSION`."""
    pinned: str | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Orchestrator -> version, each in a setting `<setting>_<orchestrator>`."""


@dataclass(frozen=True)
class Starts:
    settings: Mapping[str, Mapping[str, str]]
    """Slot -> start settings by name. A setting that a slot lacks stays unset: nothing is known that it could be told."""
    raises: bool
    """Production's clients could start something newer. Whether a swap is in progress matters only then."""
    raised: bool
    """They do, by this update."""
    pending: str | None = None
    """What a later update will change and why not this one; None: nothing."""


class StartRefused(Exception):
    """No version can be told to a slot's clients without failing starts. Nothing was written."""


def decide_start(scheme: Scheme, slots: Sequence[Slot], wanted: Wanted, *, swapping: bool = False) -> Starts:
    """The start settings of every slot; `slots` has production first.

    With `swapping`, nothing is raised. Raises StartRefused with the reason and the way out.
    """
    production, *staging = slots
    setting = wanted.setting
    goal = _goal(scheme, production, setting, wanted.pinned, scheme.pin)
    told = _told(scheme, production, setting, goal, swapping)
    raises = _raises(scheme, production, setting, goal)
    values: dict[str, dict[str, str]] = {slot.name: {} for slot in slots}
    _spread(scheme, values, production, staging, setting, goal, told)
    for orchestrator, version in wanted.overrides.items():
        name = f"{setting}_{orchestrator}"
        own = _goal(scheme, production, name, version, f"versioning.overrides.{orchestrator}")
        raises = raises or _raises(scheme, production, name, own, told)
        _spread(scheme, values, production, staging, name, own, _told(scheme, production, name, own, swapping, told))
    for name in sorted(production.starts.keys() - {setting, *(f"{setting}_{one}" for one in wanted.overrides)}):
        # An override that was given up: its clients fall back to the setting for all.
        if told is None or scheme.compare(told, production.starts[name]) > 0:
            raises = True
            if swapping or production.new:
                _spread(scheme, values, production, staging, name, production.starts[name], production.starts[name])
    return Starts(values, raises, raises and not swapping and not production.new, _pending(scheme, slots, wanted, goal, told, swapping))


def _goal(scheme: Scheme, production: Slot, setting: str, pinned: str | None, argument: str) -> str | None:
    """What production's clients should start once nothing stands against it; None: it can't be told."""
    held = production.starts.get(setting)
    if production.contains is None:
        return pinned or held
    if production.new and held is not None and not scheme.contains(production.contains, held):
        raise StartRefused(
            f"the new package lacks version '{held}', which production's clients start ({setting}): starts would fail as soon as it runs. "
            f"Keep '{held}' in the package, or lower the setting first with `{scheme.pin}` and deploy that alone."
        )
    if pinned is not None and not scheme.contains(production.contains, pinned):
        raise StartRefused(
            f"{argument} = '{pinned}': production's package does not contain that version, it has {_listed(scheme, production.contains)}. "
            "Name one of those, or bring a package that contains it into production first; until then leave the argument out."
        )
    return pinned or scheme.newest(production.contains)


def _raises(scheme: Scheme, production: Slot, setting: str, goal: str | None, otherwise: str | None = None) -> bool:
    """The first package of an app has nobody before it: its setting is set, not raised."""
    held = production.starts.get(setting, otherwise)
    if goal is None or (held is None and (production.new or not production.has_code)):
        return False
    return held is None or scheme.compare(goal, held) > 0


def _told(scheme: Scheme, production: Slot, setting: str, goal: str | None, swapping: bool, otherwise: str | None = None) -> str | None:
    """The goal, unless it is a raise that has to wait: for the end of a swap, or for old workers beside a package changed in place."""
    waits = swapping or production.new
    return production.starts.get(setting) if waits and _raises(scheme, production, setting, goal, otherwise) else goal


def _spread(
    scheme: Scheme,
    values: dict[str, dict[str, str]],
    production: Slot,
    staging: Sequence[Slot],
    setting: str,
    goal: str | None,
    told: str | None,
) -> None:
    if told is not None:
        values[production.name][setting] = told
    for slot in staging:
        _refuse_lacking(scheme, slot, setting, (told, goal))
        version = _of_staging(scheme, slot, production, setting, told)
        if version is not None:
            values[slot.name][setting] = version


def _refuse_lacking(scheme: Scheme, slot: Slot, setting: str, versions: Iterable[str | None]) -> None:
    """A package may be staged only if it could go to production at once: in a swap it is told what production's clients start."""
    for version in versions:
        if slot.new and version is not None and not slot.may_be_told(version, scheme):
            raise StartRefused(
                f"the new package lacks version '{version}', which production's clients start ({setting}): in a swap they would ask slot '{slot.name}' for it. "
                f"Keep '{version}' in the package, or lower the setting first with `{scheme.pin}` and deploy that alone."
            )


def _of_staging(scheme: Scheme, slot: Slot, production: Slot, setting: str, told: str | None) -> str | None:
    """What it has already, if both packages contain that, so that nothing changes without need; else what production has, if it can.

    Production's package counts, because the old code gets the staging slot's value in the last phase of a swap.
    """
    own = slot.starts.get(setting)
    if told is None or (slot.has_code and slot.contains is None):
        return own if own is None or slot.contains is None or scheme.contains(slot.contains, own) else None
    fits = own is not None and slot.may_be_told(own, scheme) and (production.contains is None or scheme.contains(production.contains, own))
    if own is not None and fits and not slot.new and scheme.compare(own, told) <= 0:
        return own
    if slot.contains is None or scheme.contains(slot.contains, told):
        return told
    return scheme.newest(scheme.in_common(slot.contains, production.contains or ()) or slot.contains)


def _pending(scheme: Scheme, slots: Sequence[Slot], wanted: Wanted, goal: str | None, told: str | None, swapping: bool) -> str | None:
    production, setting = slots[0], wanted.setting
    now = f"production's clients start '{told}'" if told is not None else f"{setting} is not set in production"
    if goal != told:
        reason = "a swap is in progress" if swapping else "the package was changed in place, and old workers may still run"
        return f"{reason}: {now}; the first `pulumi up` after that raises {setting} to '{goal}'."
    if production.contains is None:
        return (
            f"production's package does not say which versions it contains, so {setting} stays as it is; `{scheme.pin}` sets it."
            if production.has_code
            else None
        )
    newest = scheme.newest(production.contains)
    if told is not None and scheme.compare(told, newest) < 0:
        return f"{scheme.pin} holds {setting} at '{told}', though production's package contains '{newest}'; without it the next `pulumi up` raises the setting."
    staged = {slot.name: scheme.newest(slot.contains) for slot in slots[1:] if slot.contains}
    ahead = {name: version for name, version in staged.items() if scheme.compare(version, newest) > 0}
    if not ahead:
        return None
    where = ", ".join(f"'{version}' is staged in slot '{name}'" for name, version in ahead.items())
    return f"{where}; {now}. After a swap, the next `pulumi up` raises {setting}, and nothing else."


def _listed(scheme: Scheme, versions: Sequence[str]) -> str:
    newest = scheme.newest(versions)
    return f"every version up to '{newest}'" if scheme.up_to else ", ".join(f"'{version}'" for version in versions)


__all__ = ["Scheme", "Slot", "StartRefused", "Starts", "Wanted", "decide_start"]
