"""Whatever the world looks like: no plan stages over a hub that is not drained, and in idle mode none swaps a production that is not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from operations.release.planning import plan
from operations.release.record import Outcome
from operations.release.steps import Kind, Plan, Refusal
from operations.release.targeting import gives_up
from operations.release.world import Mode, Options, SwapUnderWay, World
from taskhub import Finding, Reason, Verdict

from .worlds import busy, drained, never_deployed, record, slot, swapped, unknown, world

VERSIONS = [None, "0.8.0", "0.9.0", "1.0.0", "2.0.0"]
UNKNOWNS = [Reason.UNREADABLE, Reason.DEADLINE, Reason.NO_HUB, Reason.UNSETTLED]

entities = st.integers(0, 2).map(lambda count: {"entities": [f"@e@{n}" for n in range(count)], "entities_total": count})
findings = st.one_of(
    entities.map(lambda facts: drained(**facts)),
    st.just(never_deployed()),
    st.builds(lambda active, facts: busy(active, **facts), st.integers(1, 4), entities),
    st.builds(lambda reason, facts: unknown(reason, queued={"control-00": 2}, **facts), st.sampled_from(UNKNOWNS), entities),
)
slots = st.lists(st.tuples(st.sampled_from(VERSIONS), findings), min_size=0, max_size=5).map(
    lambda found: tuple(
        slot("production" if number == 0 else f"slot{number}", version, seen) for number, (version, seen) in enumerate(found)
    )
)
records = st.one_of(
    st.none(),
    st.builds(
        lambda to, outcome, swap: record(to, outcome, swap=swap),
        st.sampled_from(["1.0.0", "2.0.0"]),
        st.sampled_from([None, *Outcome]),
        st.sampled_from([None, swapped(), swapped(production="1.0.0", staging="2.0.0"), swapped(complete=False)]),
    ),
)
worlds = st.builds(
    lambda found, kept, swap, update, problems: replace(
        world(slot("production", None)), slots=found, record=kept, swap=swap, update=update, problems=problems
    ),
    slots,
    records,
    st.sampled_from([None, None, None, SwapUnderWay("slot1"), SwapUnderWay("slot1", paused=True)]),
    st.sampled_from([None, None, None, "since noon"]),
    st.sampled_from([(), (), (), ("two slots on one hub",)]),
)
options = st.builds(
    Options,
    mode=st.sampled_from(["idle", "drain-behind"]),
    abandon_entities=st.booleans(),
    abandon_staging=st.sampled_from([None, None, 0, 1, 2]),
    before_swap=st.sampled_from([None, "hook"]),
    after_swap=st.sampled_from([None, "hook"]),
)


def carried_out(found: World, mode: Mode, decided: Plan) -> list[tuple[Kind, Finding | None]]:
    """Steps that are reached if nothing changes under way, each with the finding of its slot: gates let through what they may, no more."""
    seen = {one.name: one for one in found.slots}
    reached: list[tuple[Kind, Finding | None]] = []
    for step in decided.steps:
        held = seen.get(step.slot or "")
        now = held.finding if held is not None else None
        drained_now = now is not None and now.verdict is Verdict.DRAINED
        given_up = now is not None and step.abandon is not None and gives_up(now, step.abandon)
        if step.kind in (Kind.GATE, Kind.DRAIN) and not drained_now and not given_up:
            return reached
        reached.append((step.kind, now))
    return reached


@given(worlds, options)
def test_nothing_is_staged_over_a_hub_that_is_not_drained_unless_exactly_that_was_given_up(found: World, asked: Options) -> None:
    decided = plan(found, asked)
    if isinstance(decided, Refusal):
        return
    for kind, seen in carried_out(found, asked.mode, decided):
        if kind is Kind.STAGE:
            assert seen is not None
            assert seen.verdict is Verdict.DRAINED or is_empty(found, seen) or (asked.abandon_staging is not None)
            if not is_empty(found, seen) and seen.verdict is not Verdict.DRAINED:
                assert asked.abandon_staging is not None and gives_up(seen, asked.abandon_staging)


def is_empty(found: World, seen: Finding) -> bool:
    return any(one.finding is seen and one.package is None for one in found.slots)


@given(worlds, options)
def test_idle_mode_swaps_only_a_production_that_is_drained(found: World, asked: Options) -> None:
    decided = plan(found, asked)
    if isinstance(decided, Refusal) or asked.mode != "idle":
        return
    if Kind.SWAP in [kind for kind, _ in carried_out(found, asked.mode, decided)]:
        assert found.production.finding is not None and found.production.finding.verdict is Verdict.DRAINED


@given(worlds, options)
def test_nothing_is_staged_or_swapped_while_entities_would_stay_behind(found: World, asked: Options) -> None:
    decided = plan(found, asked)
    if isinstance(decided, Refusal) or asked.abandon_entities or not found.slots:
        return
    if {Kind.STAGE, Kind.SWAP} & {step.kind for step in decided.steps}:
        assert found.production.finding is not None and not found.production.finding.entities


@given(worlds, options)
def test_what_is_contradictory_in_progress_or_unknown_in_production_changes_nothing(found: World, asked: Options) -> None:
    decided = plan(found, asked)
    writes = {Kind.STAGE, Kind.SWAP, Kind.DEPLOY}
    steps = set() if isinstance(decided, Refusal) else {step.kind for step in decided.steps}
    if found.update or found.problems or found.swap:
        assert not steps & writes
    if found.slots and found.production.finding is not None and found.production.finding.reason in UNKNOWNS[:3]:
        assert not steps & (writes - {Kind.DEPLOY})


@given(worlds, options)
def test_a_plan_swaps_at_most_once_and_only_what_holds_or_is_about_to_hold_the_wanted_version(found: World, asked: Options) -> None:
    decided = plan(found, asked)
    if isinstance(decided, Refusal):
        return
    swaps = [step.slot for step in decided.steps if step.kind is Kind.SWAP]
    staged = [step.slot for step in decided.steps if step.kind is Kind.STAGE]
    holding = [one.name for one in found.slots if one.package is not None and one.version == found.wanted]
    assert len(swaps) <= 1 and len(staged) <= 1
    assert all(name in staged or name in holding for name in swaps)
