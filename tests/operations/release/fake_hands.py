"""An Azure of a few variables, in which a release acts: what each slot holds, and what its hub says when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from operations.deployment import Versioning
from operations.problem import BUSY, OperationProblem
from operations.ramp import Ramp
from operations.release.hooks import HookPayload
from operations.release.record import Record, read_record
from operations.release.world import Options, Slot, SwapUnderWay, World
from operations.versions.containing import Contents
from taskhub import Finding, Instance, Verdict

from .worlds import NOW, drained, slot


class FakeHands:
    """What happens is in `done`, in order. `before` is called with each entry before it takes place: raise there, or change something."""

    def __init__(self, **versions: str | None) -> None:
        versions = versions or {"production": "1.0.0", "staging": None}
        self.slots: dict[str, Slot] = {name: slot(name, version) for name, version in versions.items()}
        self.wanted = "2.0.0"
        self.done: list[str] = []
        self.payloads: list[HookPayload] = []
        self.record: dict[str, Any] | None = None
        self.before: Callable[[str], None] = lambda _: None
        self.time = NOW
        self.remembered: list[str] = []
        self.under_way: SwapUnderWay | None = None
        self.late: dict[str, list[Instance]] = {}
        self.wrong: list[str] = []
        self.deployed = True
        self.versioning: Versioning | None = None
        self.pinned: str | None = None
        self.orphans: list[str] = []
        self.ramped: Ramp | None = None
        self.failures: list[Instance] = []

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def new_id(self) -> str:
        return "r1"

    def look(self, options: Options) -> World:
        found = tuple(self.slots.values()) if self.deployed else ()
        world = World("prod", "orders", self.wanted, found, self.now(), record=read_record(self.record), swap=self.under_way)
        ramped = None if self.ramped is None or self.ramped.is_over else self.ramped.percent
        return replace(world, versioning=self.versioning, pinned=self.pinned, ramped=ramped)

    def versions(self) -> Mapping[str, str | None]:
        return {name: one.version for name, one in self.slots.items()}

    def packages(self) -> Mapping[str, str | None]:
        return {name: one.package for name, one in self.slots.items()}

    def keep(self, record: Record) -> None:
        self.record = record.as_json()

    def update(self, replaces: str | None) -> None:
        self._do(f"up replacing {replaces}")
        self.deployed = True
        codes = [one.version for one in self.slots.values()]
        if self.wanted not in codes:
            free = [name for name, one in self.slots.items() if name != "production" and one.version in (None, replaces)]
            target = free[0] if any(codes) else "production"
            self.slots[target] = self._code(target, self.wanted, self.slots[target].starts)
        elif self.versioning is not None and self.pinned is None:
            production = self.slots["production"]
            self.slots["production"] = replace(production, starts=production.contents.newest if production.contents else None)

    def orphaned(self, slot: str, options: Options) -> list[str]:
        self._do(f"orphans of {slot}")
        return self.orphans

    def contents(self, slot: str) -> Contents:
        found = self.slots[slot].contents
        assert found is not None
        return found

    def starts(self) -> str | None:
        return self.slots["production"].starts

    def sync(self, slot: str) -> None:
        self._do(f"sync {slot}")

    def wait_until_running(self, slot: str) -> None:
        self._do(f"running {slot}")

    def wait_until_drained(self, slot: str, options: Options) -> tuple[Finding, datetime]:
        self._do(f"gate {slot}")
        finding = self.finding(slot)
        if finding.verdict is not Verdict.DRAINED:
            raise OperationProblem(finding.sentence, BUSY)
        return finding, self.now()

    def check(self, slot: str, options: Options) -> Finding:
        self._do(f"check {slot}")
        return self.finding(slot)

    def finding(self, slot: str) -> Finding:
        found = self.slots[slot].finding
        assert found is not None
        return found

    def call_hook(self, hook: str, payload: HookPayload) -> None:
        self.payloads.append(payload)
        self._do(f"hook {hook}")

    def wait_for_swap(self) -> None:
        self._do("wait for swap")
        assert self.under_way is not None
        self._exchange(self.under_way.slot)
        self.under_way = None

    def reset_preview(self, slot: str) -> None:
        self._do(f"reset {slot}")
        self.under_way = None

    def swap(self, slot: str) -> None:
        self._do(f"swap {slot}")
        self._exchange(slot)

    def remember(self, what: str) -> None:
        self.remembered.append(f"{what}: {self.versions()['production']}")

    def mismatches(self, slot: str) -> list[str]:
        self._do(f"verify {slot}")
        return self.wrong

    def instances(self, slot: str, since: datetime | None) -> list[Instance]:
        self._do(f"instances {slot}")
        return self.late.get(slot, [])

    def urls(self) -> Mapping[str, str]:
        return {name: f"https://orders-{name}.example" for name in self.slots}

    def ramp(self) -> Ramp | None:
        return self.ramped

    def set_ramp(self, to: str, percent: float) -> Ramp:
        self._do(f"ramp {to} {percent:g}")
        self.ramped = Ramp(to, percent, self.time, "ann")
        return self.ramped

    def failed(self, version: str, since: datetime) -> list[Instance]:
        self._do(f"failed {version}")
        return self.failures

    def pause(self, seconds: float, what: str) -> None:
        self.time += timedelta(seconds=seconds)

    def with_versions(self) -> FakeHands:
        """An app of the strategy orchestration versioning: package 1.0.0 has version 1.0, and so on."""
        self.versioning = Versioning("orchestration-versioning", "START_VERSION")
        self.slots = {name: self._code(name, one.version, "1.0") for name, one in self.slots.items()}
        return self

    def _code(self, name: str, version: str | None, starts: str | None) -> Slot:
        if self.versioning is None:
            return slot(name, version, drained())
        contents = None if version is None else Contents(version, False, (version[:3],))
        return replace(slot(name, version), contents=contents, starts=starts)

    def hold(self, name: str, version: str | None, finding: Finding | None = None) -> None:
        self.slots[name] = slot(name, version, finding)

    def _exchange(self, name: str) -> None:
        here, there = self.slots["production"], self.slots[name]
        self.slots["production"] = replace(there, name="production", starts=here.starts)  # what is sticky stays
        self.slots[name] = replace(here, name=name, starts=there.starts)

    def _do(self, what: str) -> None:
        self.before(what)
        self.done.append(what)


class Silent:
    """Takes the place of a Reporter; keeps the last sentence about where things stand."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.stands = ""

    def say(self, step: str) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)

    def standing(self, sentence: str) -> None:
        self.stands = sentence


def instance(id: str, status: str = "Running", *, after: float = 0.0) -> Instance:
    """Created `after` seconds after the fake's time began."""
    created = NOW + timedelta(seconds=after)
    return Instance(id=id, name="Order", version=None, status=status, created=created, updated=created, hub="ordersTasks")
