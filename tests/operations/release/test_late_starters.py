"""Which instances of the old hub came after the gate's last clean look."""

from __future__ import annotations

from operations.release.late_starters import LateStarters, late_among, started_since

from .fake_hands import instance
from .worlds import NOW

GATE = NOW


def ids(*found: object) -> list[str]:
    return [one.id for one in found]  # type: ignore[attr-defined]


def test_what_was_created_after_the_look_is_late_whatever_became_of_it() -> None:
    found = [instance("second", "Completed", after=20), instance("first", after=10), instance("old", "Completed", after=-10)]
    assert ids(*late_among(found, GATE)) == ["first", "second"]


def test_what_is_active_is_late_also_where_clocks_differ() -> None:
    """The gate saw nothing active, so it can't be older than the look, though its time stamp says so."""
    assert ids(*late_among([instance("skewed", after=-30)], GATE)) == ["skewed"]
    assert ids(*late_among([instance("unknown", after=-30)], None)) == ["unknown"]


def test_entities_and_what_the_gate_was_told_to_pass_over_are_not_late() -> None:
    found = [instance("@counter@a", after=5), instance("mine", after=5)]
    assert ids(*late_among(found, GATE, ["order"])) == []
    assert ids(*late_among(found, GATE, ["other"])) == ["mine"]


def test_what_the_new_version_started_is_told_by_time_alone() -> None:
    found = [instance("trial", after=-100), instance("mine", "Completed", after=5)]
    assert ids(*started_since(found, NOW)) == ["mine"]


def test_they_are_told_with_ids_states_and_the_slots_address() -> None:
    late = LateStarters("staging", "https://orders-staging.example", (instance("a", after=1), instance("b", "Completed", after=2)))
    assert late.sentences() == [
        "2 instances were started between the gate and the swap, and went along with the old code into slot 'staging'. They are at "
        "https://orders-staging.example",
        "  a of Order: Running, created 2026-03-01 12:00:01Z",
        "  b of Order: Completed, created 2026-03-01 12:00:02Z",
    ]
    assert ids(*late.active) == ["a"]
    assert late.as_json() == {
        "slot": "staging",
        "url": "https://orders-staging.example",
        "instances": [one.as_json() for one in late.instances],
    }


def test_that_there_are_none_is_said_too() -> None:
    none = LateStarters("staging", "https://x", ())
    assert none.sentences() == ["Nothing was started in slot 'staging' between the gate and the swap."]
