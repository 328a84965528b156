"""Any sequence of releases, swaps and updates over any number of slots: clients are never told what a worker lacks."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from components._versioned.starting import Scheme, Slot, StartRefused, Starts, Wanted, decide_start
from components._versioned.strategies import NAME_BASED, ORCHESTRATION

SETTING = "START_VERSION"
Package = tuple[str, ...]


class App:
    """Slots of a site, with what travels (`packages`) and what stays (`told`)."""

    def __init__(self, scheme: Scheme, slots: int, first: Package) -> None:
        self.scheme = scheme
        self.names = ["production", *(f"s{number}" for number in range(1, slots))]
        self.packages: dict[str, Package | None] = dict.fromkeys(self.names)
        self.told: dict[str, str | None] = dict.fromkeys(self.names)
        self.update("production", first)

    def plan(self, target: str = "", package: Package | None = None, pin: str | None = None, *, swapping: bool = False) -> Starts:
        planned = {**self.packages, **({target: package} if target else {})}
        slots = [Slot(one, planned[one], planned[one] is not None, one == target, self._live(one)) for one in self.names]
        return decide_start(self.scheme, slots, Wanted(SETTING, pin), swapping=swapping)

    def update(self, target: str = "", package: Package | None = None, pin: str | None = None) -> set[str]:
        """The slots whose setting it changed."""
        starts = self.plan(target, package, pin)
        if target:
            self.packages[target] = package
        before, self.told = self.told, {slot: starts.settings[slot].get(SETTING) for slot in self.names}
        return {slot for slot in self.names if self.told[slot] != before[slot]}

    def may_swap(self, slot: str) -> bool:
        """What a release asks: from the first phase on the staged code is told production's value, and in the last the old code gets the slot's."""
        return (
            self.packages[slot] is not None and self.has(self.packages[slot], self.told["production"]) and self.has(self.packages["production"], self.told[slot])
        )  # fmt: skip

    def swap(self, slot: str) -> Iterator[int]:
        """Pauses after each phase. Settings at rest are exchanged in the third."""
        for phase in (1, 2, 3, 4):
            if phase == 3:
                self.packages[slot], self.packages["production"] = self.packages["production"], self.packages[slot]
            yield phase

    def has(self, package: Package | None, version: str | None) -> bool:
        return package is None or version is None or self.scheme.contains(package, version)

    def _live(self, slot: str) -> dict[str, str]:
        version = self.told[slot]
        return {} if version is None else {SETTING: version}


def packages(scheme: Scheme) -> st.SearchStrategy[Package]:
    if scheme.up_to:
        return st.integers(1, 12).map(lambda minor: (f"1.{minor}",))
    return st.sets(st.integers(1, 6), min_size=1, max_size=4).map(lambda numbers: tuple(f"v{number}" for number in sorted(numbers)))


@given(st.data(), st.sampled_from([ORCHESTRATION.scheme, NAME_BASED.scheme]), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_no_client_is_told_what_a_worker_lacks(data: st.DataObject, scheme: Scheme, slots: int) -> None:
    app = App(scheme, slots, data.draw(packages(scheme)))
    for _ in range(data.draw(st.integers(1, 10))):
        slot = data.draw(st.sampled_from(app.names))
        match data.draw(st.sampled_from(["stage", "swap", "up", "pin"])):
            case "stage" if slot != "production" or slots == 1:
                stage(app, slot, data.draw(packages(scheme)))
            case "pin":
                pin(app, data.draw(packages(scheme))[0])
            case "swap" if slot != "production" and app.may_swap(slot):
                swap(app, slot)
            case _:
                app.update()
        for name in app.names:
            assert app.has(app.packages[name], app.told[name]), f"{name} with {app.packages[name]} is told {app.told[name]}"


def stage(app: App, slot: str, package: Package) -> None:
    """What fits may be swapped at once; only what lacks production's version is refused."""
    try:
        app.update(slot, package)
    except StartRefused:
        newest = app.scheme.newest(app.packages["production"] or ())
        assert not (app.has(package, newest) and app.has(package, app.told["production"]))
        return
    assert slot == "production" or app.may_swap(slot)


def pin(app: App, version: str) -> None:
    try:
        app.update(pin=version)
    except StartRefused:
        assert not app.has(app.packages["production"], version)
        return
    assert app.told["production"] == version


def swap(app: App, slot: str) -> None:
    both = (app.packages[slot], app.packages["production"])
    told = dict(app.told)
    for _ in app.swap(slot):
        assert all(app.has(package, told["production"]) for package in both), "workers of both versions take production's starts"
        during = app.plan(swapping=True)
        assert not during.raised and during.settings["production"].get(SETTING) == told["production"]
    others = {name for name in app.names if not app.has(app.packages["production"], told[name])}
    changed = app.update()
    assert changed <= {"production", *others}, "after a swap production's setting is the one thing that changes"
    newest = app.scheme.newest(app.packages["production"] or ())
    assert app.told["production"] == newest
    assert slot not in changed
    assert app.update() == set(), "a second update has nothing left to do"
