"""Which version clients start: the table of every phase of a release, for both ways in which a package contains versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from components._versioned.starting import Slot, StartRefused, Starts, Wanted, decide_start
from components._versioned.strategies import NAME_BASED, ORCHESTRATION

OV, NB = ORCHESTRATION.scheme, NAME_BASED.scheme
UNSET = None


def holds(versions: str, told: str | None = UNSET, *, new: bool = False, **overrides: str) -> Slot:
    """A slot with a package, named when it takes its place in the table."""
    starts = {
        **({"LATEST_VERSION": told} if told is not None else {}),
        **{f"LATEST_VERSION_{name}": one for name, one in overrides.items()},
    }
    return Slot("", tuple(versions.split()), True, new, starts)


def empty(told: str | None = UNSET) -> Slot:
    return Slot("", None, False, False, {} if told is None else {"LATEST_VERSION": told})


def silent(told: str | None = UNSET) -> Slot:
    """Code that a pipeline deployed: it does not say which versions it contains."""
    return Slot("", None, True, False, {} if told is None else {"LATEST_VERSION": told})


@dataclass(frozen=True)
class Case:
    sentence: str
    slots: tuple[Slot, ...]
    """Production first."""
    told: tuple[str | None, ...]
    """What each slot's clients are told from now on."""
    pinned: str | None = None
    swapping: bool = False
    pending: str = ""
    """Words of it; empty: nothing is pending."""
    raises: bool = False
    more: dict[str, Any] = field(default_factory=dict)


ORCHESTRATION_VERSIONS = [
    Case("a first deployment tells every slot its version", (holds("1.0", new=True), empty()), ("1.0", "1.0")),
    Case("a first deployment of a later version tells that one", (holds("3.1", new=True), empty(), empty()), ("3.1", "3.1", "3.1")),
    Case("a first deployment may be pinned to an older version", (holds("2.0", new=True), empty()), ("1.0", "1.0"), pinned="1.0", pending="holds"),
    Case("nothing changes between releases", (holds("1.0", "1.0"), empty("1.0")), ("1.0", "1.0")),
    Case("a staged version changes nothing for clients", (holds("1.0", "1.0"), holds("2.0", "1.0", new=True)), ("1.0", "1.0"), pending="'2.0' is staged"),
    Case("a version that lies staged changes nothing", (holds("1.0", "1.0"), holds("2.0", "1.0")), ("1.0", "1.0"), pending="'2.0' is staged"),
    Case("a staging slot that was made later is told what production's is", (holds("1.0", "1.0"), holds("1.0", "1.0"), empty()), ("1.0", "1.0", "1.0")),
    Case("after a swap production alone is raised", (holds("2.0", "1.0"), holds("1.0", "1.0")), ("2.0", "1.0"), raises=True),
    Case("while a swap is in progress nothing is raised", (holds("2.0", "1.0"), holds("1.0", "1.0")), ("1.0", "1.0"), swapping=True, pending="a swap is in progress", raises=True),
    Case("before the swap's routing there is nothing to raise, so that nobody asks for it", (holds("1.0", "1.0"), holds("2.0", "1.0")), ("1.0", "1.0"), pending="is staged"),
    Case("a raised version stays", (holds("2.0", "2.0"), holds("1.0", "1.0")), ("2.0", "1.0")),
    Case("over the old version a next one is staged, which is told what production's clients start", (holds("2.0", "2.0"), holds("3.0", "1.0", new=True)), ("2.0", "2.0"), pending="'3.0' is staged"),
    Case("a release that skips the raise makes up for it", (holds("3.0", "1.0"), holds("2.0", "1.0")), ("3.0", "1.0"), raises=True),
    Case("a patch of the same version raises nothing", (holds("2.0", "2.0"), holds("2.0", "2.0", new=True)), ("2.0", "2.0")),
    Case("a pin holds back what production's package could start", (holds("2.0", "1.0"), holds("1.0", "1.0")), ("1.0", "1.0"), pinned="1.0", pending="versioning.start_version holds LATEST_VERSION at '1.0'"),
    Case("a lower pin rolls back without moving code", (holds("2.0", "2.0"), holds("1.0", "1.0")), ("1.0", "1.0"), pinned="1.0", pending="holds"),
    Case("a lower pin lowers a slot that was told more", (holds("3.0", "2.0"), holds("4.0", "2.0")), ("1.0", "1.0"), pinned="1.0", pending="holds"),
    Case("a lower pin works during a swap: it is no raise", (holds("2.0", "2.0"), holds("1.0", "1.0")), ("1.0", "1.0"), pinned="1.0", swapping=True, pending="holds"),
    Case("a pin above what is told waits for the swap like any raise", (holds("3.0", "1.0"), holds("1.0", "1.0")), ("1.0", "1.0"), pinned="2.0", swapping=True, pending="to '2.0'", raises=True),
    Case("without the pin production is raised again", (holds("2.0", "1.0"), holds("1.0", "1.0")), ("2.0", "1.0"), raises=True),
    Case("old code that was swapped back is told no more than it contains", (holds("1.0", "2.0"), holds("2.0", "1.0")), ("1.0", "1.0"), pending="'2.0' is staged"),
    Case("of three slots production alone is raised", (holds("2.0", "1.0"), holds("1.0", "1.0"), holds("3.0", "1.0")), ("2.0", "1.0", "1.0"), pending="'3.0' is staged", raises=True),
    Case("two slots may have versions staged", (holds("1.0", "1.0"), holds("2.0", "1.0"), holds("3.0", "1.0", new=True)), ("1.0", "1.0", "1.0"), pending="'2.0' is staged in slot 'b', '3.0' is staged in slot 'c'"),
    Case("an old version in a third slot is told no more than it contains", (holds("3.0", "3.0"), holds("4.0", "1.0", new=True), holds("1.0", "1.0")), ("3.0", "3.0", "1.0"), pending="'4.0' is staged"),
    Case("a slot whose setting was lost is told what it may be", (holds("2.0", "2.0"), holds("1.0")), ("2.0", "1.0")),
    Case("a slot that was told too much by hand is told less", (holds("2.0", "2.0"), holds("1.0", "5.0")), ("2.0", "1.0")),
    Case("production that was told too much by hand is told less", (holds("2.0", "7.0"), empty("2.0")), ("2.0", "2.0")),
    Case("a staging slot that is told more than production is told less", (holds("2.0", "1.0"), holds("3.0", "3.0")), ("2.0", "2.0"), pending="'3.0' is staged", raises=True),
    Case("an adopted app keeps its setting unset until its package says what it contains", (silent(), empty()), (UNSET, UNSET), pending="does not say"),
    Case("an adopted app with a staged version is told nothing yet", (silent(), holds("1.0", new=True)), (UNSET, UNSET), pending="does not say"),
    Case("an adopted app keeps the setting that it has", (silent("1.0"), holds("2.0", new=True)), ("1.0", "1.0"), pending="does not say"),
    Case("an adopted app may be told by a pin", (silent(), holds("2.0", new=True)), ("1.0", "1.0"), pinned="1.0", pending="does not say", raises=True),
    Case("an adopted app is told its first version after the swap", (holds("1.0"), silent()), ("1.0", UNSET), raises=True),
    Case("an adopted app is told nothing while its first swap is in progress", (holds("1.0"), silent()), (UNSET, UNSET), swapping=True, pending="is not set in production", raises=True),
    Case("a pipeline that deploys later has nothing to be told", (empty(), empty()), (UNSET, UNSET)),
    Case("in place, the old version is started until the next update", (holds("2.0", "1.0", new=True),), ("1.0",), pending="changed in place", raises=True),
    Case("in place, the next update raises", (holds("2.0", "1.0"),), ("2.0",), raises=True),
    Case("in place, a first deployment starts at once", (holds("1.0", new=True),), ("1.0",)),
    Case("in place, a pin upwards waits as well", (holds("2.0", "1.0", new=True),), ("1.0",), pinned="2.0", pending="to '2.0'", raises=True),
    Case("in place, a lower pin does not wait", (holds("3.0", "2.0", new=True),), ("1.0",), pinned="1.0", pending="holds"),
    Case("numbers are compared as numbers where both are versions", (holds("1.10", "1.9"), holds("1.9", "1.9")), ("1.10", "1.9"), raises=True),
]  # fmt: skip

NAMED_VERSIONS = [
    Case("a first deployment tells the newest of its versions", (holds("v1 v2", new=True), empty()), ("v2", "v2")),
    Case("a staged version changes nothing for clients", (holds("v1", "v1"), holds("v1 v2", "v1", new=True)), ("v1", "v1"), pending="'v2' is staged"),
    Case("after a swap production alone is raised", (holds("v1 v2", "v1"), holds("v1", "v1")), ("v2", "v1"), raises=True),
    Case("while a swap is in progress nothing is raised", (holds("v1 v2", "v1"), holds("v1", "v1")), ("v1", "v1"), swapping=True, pending="a swap is in progress", raises=True),
    Case("a raised version stays", (holds("v1 v2", "v2"), holds("v1", "v1")), ("v2", "v1")),
    Case("ten comes after nine", (holds("v9 v10", "v9"), holds("v9", "v9")), ("v10", "v9"), raises=True),
    Case("dotted labels compare number by number", (holds("v1.2.9 v1.2.10", "v1.2.9"), empty("v1.2.9")), ("v1.2.10", "v1.2.9"), raises=True),
    Case("versions between two others may be missing", (holds("v1 v3", "v1"), holds("v1", "v1")), ("v3", "v1"), raises=True),
    Case("an old version may be left out of the next package", (holds("v1 v2", "v2"), holds("v2 v3", "v1", new=True)), ("v2", "v2"), pending="'v3' is staged"),
    Case("a slot whose package lacks what production is told keeps the newest of its own", (holds("v2 v3", "v3"), holds("v1", "v1")), ("v3", "v1")),
    Case("a slot that lacks what production is told gets the newest in common", (holds("v2 v3", "v3"), holds("v1 v2 v4")), ("v3", "v2"), pending="'v4' is staged"),
    Case("a lower pin rolls back without moving code", (holds("v1 v2", "v2"), holds("v1", "v1")), ("v1", "v1"), pinned="v1", pending="versioning.latest holds LATEST_VERSION at 'v1'"),
    Case("a pin to a version between works", (holds("v1 v2 v3", "v1"), holds("v1", "v1")), ("v2", "v1"), pinned="v2", pending="holds", raises=True),
]  # fmt: skip


def decide(case: Case, scheme: Any) -> Starts:
    slots = [
        Slot(name, one.contains, one.has_code, one.new, one.starts) for name, one in zip(("production", "b", "c"), case.slots, strict=False)
    ]
    return decide_start(scheme, slots, Wanted("LATEST_VERSION", case.pinned), swapping=case.swapping)


TABLE = [pytest.param(OV, case, id=case.sentence) for case in ORCHESTRATION_VERSIONS] + [
    pytest.param(NB, case, id=f"by names: {case.sentence}") for case in NAMED_VERSIONS
]


@pytest.mark.parametrize(("scheme", "case"), TABLE)
def test_clients_are_told_what_their_slot_can_start(scheme: Any, case: Case) -> None:
    starts = decide(case, scheme)
    assert tuple(one.get("LATEST_VERSION") for one in starts.settings.values()) == case.told
    assert starts.raises is case.raises
    assert (starts.pending is None) if not case.pending else (case.pending in str(starts.pending)), starts.pending


def test_a_raise_that_waits_is_not_carried_out() -> None:
    slots = [Slot("production", ("2.0",), starts={"START_VERSION": "1.0"}), Slot("staging", ("1.0",), starts={"START_VERSION": "1.0"})]
    during, after = (decide_start(OV, slots, Wanted("START_VERSION"), swapping=swapping) for swapping in (True, False))
    assert (during.raises, during.raised, after.raises, after.raised) == (True, False, True, True)


REFUSED = [
    ("a pin to a version that production's package lacks", OV, (holds("1.0", "1.0"), holds("2.0", "1.0")), "2.0",
     "versioning.start_version = '2.0': production's package does not contain that version, it has every version up to '1.0'."),
    ("a pin that is named before the swap", NB, (holds("v1", "v1"), holds("v1 v2", "v1", new=True)), "v2",
     "versioning.latest = 'v2': production's package does not contain that version, it has 'v1'. Name one of those, or bring a package"),
    ("a pin of a first deployment that its package lacks", OV, (holds("1.0", new=True), empty()), "2.0", "does not contain that version"),
    ("a staged package without the version that clients start", NB, (holds("v1 v2", "v2"), holds("v1 v3", "v1", new=True)), None,
     "the new package lacks version 'v2', which production's clients start (LATEST_VERSION): in a swap they would ask slot 'b' for it. Keep 'v2' in the package"),
    ("a staged package without the version that clients are about to start", NB, (holds("v1 v2", "v1"), holds("v1 v3", "v1", new=True)), None, "lacks version 'v2'"),
    ("a staged package that is older than what clients start", OV, (holds("2.0", "2.0"), holds("1.0", "1.0", new=True)), None,
     "lacks version '2.0', which production's clients start"),
    ("a package in place without the version that clients start", OV, (holds("1.0", "2.0", new=True),), None,
     "the new package lacks version '2.0', which production's clients start (LATEST_VERSION): starts would fail as soon as it runs."),
    ("a package in place that is pinned to what it contains, before that is told", OV, (holds("1.0", "2.0", new=True),), "1.0", "lower the setting first with `versioning.start_version`"),
    ("a staged package without what an adopted app is told", NB, (silent("v1"), holds("v2", new=True)), None, "lacks version 'v1'"),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "slots", "pinned", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_is_refused(scheme: Any, slots: tuple[Slot, ...], pinned: str | None, words: str) -> None:
    with pytest.raises(StartRefused) as refused:
        decide(Case("", slots, (), pinned), scheme)
    assert words in str(refused.value)


def test_an_older_package_may_be_staged_once_clients_start_what_it_contains() -> None:
    case = Case("", (holds("2.0", "1.0"), holds("1.0", "1.0", new=True)), (), pinned="1.0")
    assert [one["LATEST_VERSION"] for one in decide(case, OV).settings.values()] == ["1.0", "1.0"]


def overridden(*slots: Slot, latest: str | None = None, swapping: bool = False, **overrides: str) -> Starts:
    named = [
        Slot(name, one.contains, one.has_code, one.new, one.starts) for name, one in zip(("production", "staging"), slots, strict=True)
    ]
    return decide_start(NB, named, Wanted("LATEST_VERSION", latest, overrides), swapping=swapping)


def test_an_override_is_told_for_its_orchestrator_alone() -> None:
    starts = overridden(holds("v1 v2", new=True), empty(), Order="v1")
    assert starts.settings == {slot: {"LATEST_VERSION": "v2", "LATEST_VERSION_Order": "v1"} for slot in ("production", "staging")}
    assert not starts.raises


def test_an_override_that_production_lacks_is_refused() -> None:
    with pytest.raises(StartRefused, match=r"versioning\.overrides\.Order = 'v3': production's package does not contain that version"):
        overridden(holds("v1 v2", "v2"), empty("v2"), Order="v3")


def test_an_override_that_the_staged_package_lacks_is_refused() -> None:
    with pytest.raises(StartRefused, match=r"lacks version 'v1', which production's clients start \(LATEST_VERSION_Order\)"):
        overridden(holds("v1 v2", "v2", Order="v1"), holds("v2 v3", "v2", new=True), Order="v1")


def test_a_raised_override_waits_for_the_swap() -> None:
    live = holds("v1 v2", "v1", Order="v1"), holds("v1", "v1", Order="v1")
    during = overridden(*live, latest="v1", swapping=True, Order="v2")
    assert during.raises and during.settings["production"] == {"LATEST_VERSION": "v1", "LATEST_VERSION_Order": "v1"}
    after = overridden(*live, latest="v1", Order="v2")
    assert after.settings == {
        "production": {"LATEST_VERSION": "v1", "LATEST_VERSION_Order": "v2"},
        "staging": {"LATEST_VERSION": "v1", "LATEST_VERSION_Order": "v1"},
    }


def test_a_new_override_to_an_older_version_does_not_wait() -> None:
    starts = overridden(holds("v1 v2", "v2"), holds("v1 v2", "v2"), swapping=True, Order="v1")
    assert not starts.raises and starts.settings["production"] == {"LATEST_VERSION": "v2", "LATEST_VERSION_Order": "v1"}


def test_an_override_that_is_given_up_raises_and_so_waits_for_the_swap() -> None:
    live = holds("v1 v2", "v2", Order="v1"), holds("v1 v2", "v2", Order="v1")
    during, after = (overridden(*live, swapping=swapping) for swapping in (True, False))
    assert during.raises and during.settings["production"] == {"LATEST_VERSION": "v2", "LATEST_VERSION_Order": "v1"}
    assert after.raises and after.settings["production"] == after.settings["staging"] == {"LATEST_VERSION": "v2"}
