"""The decision table of swap parity: what is live, what is wanted, and what each slot gets."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._live.parity import Code, Held, ParityError, Plan, SlotPlan, Wanted, decide, needs_hubs

V1 = Code("https://pkgs/packages/orders-1111.zip", "1.0.0", "PYTHON|3.11", ("Nightly",), {"FEATURE": "off"})
V2 = Code("https://pkgs/packages/orders-2222.zip", "2.0.0", "PYTHON|3.12", ("Nightly", "Hourly"))
V3 = Code("https://pkgs/packages/orders-3333.zip", "3.0.0", "PYTHON|3.12")
BLUE_EMPTY = Held(bundle="blue", marker="blue", stack="PYTHON|3.11")
GREEN_EMPTY = Held(bundle="green", marker="green", stack="PYTHON|3.11")


def holding(bundle: str, code: Code) -> Held:
    return Held(bundle=bundle, marker=bundle, code=code, stack=code.stack)


def wanted(code: Code | None = V1, **changes: object) -> Wanted:
    base = Wanted(slots=("production", "staging"), bundles=("blue", "green"), code=code, stack=(code or V1).stack or "")
    return replace(base, **changes)  # type: ignore[arg-type]


def shown(plan: Plan) -> dict[str, tuple[str, str | None]]:
    return {slot.slot: (slot.bundle, slot.code.version if slot.code else None) for slot in plan.slots}


V1_LIVE = {"production": holding("blue", V1), "staging": GREEN_EMPTY}
V2_STAGED = {"production": holding("blue", V1), "staging": holding("green", V2)}
V2_LIVE = {"production": holding("green", V2), "staging": holding("blue", V1)}
V2_NEVER_SWAPPED_BACK = {"production": holding("blue", V1), "staging": holding("green", V2)}

DECISIONS = [
    (
        "the first deployment goes straight to production",
        {},
        wanted(),
        {"production": ("blue", "1.0.0"), "staging": ("green", None)},
        "production",
    ),
    ("the same version again changes nothing", V1_LIVE, wanted(), {"production": ("blue", "1.0.0"), "staging": ("green", None)}, None),
    (
        "a new version goes to an empty staging slot unasked",
        V1_LIVE,
        wanted(V2),
        {"production": ("blue", "1.0.0"), "staging": ("green", "2.0.0")},
        "staging",
    ),
    (
        "a staged version again changes nothing",
        V2_STAGED,
        wanted(V2),
        {"production": ("blue", "1.0.0"), "staging": ("green", "2.0.0")},
        None,
    ),
    (
        "after one swap every bundle stays where it is",
        V2_LIVE,
        wanted(V2),
        {"production": ("green", "2.0.0"), "staging": ("blue", "1.0.0")},
        None,
    ),
    (
        "after two swaps every bundle stays where it is",
        V2_NEVER_SWAPPED_BACK,
        wanted(V2),
        {"production": ("blue", "1.0.0"), "staging": ("green", "2.0.0")},
        None,
    ),
    (
        "a new version right after a swap goes to the slot that may be replaced",
        V2_LIVE,
        wanted(V3, replace="1.0.0"),
        {"production": ("green", "2.0.0"), "staging": ("blue", "3.0.0")},
        "staging",
    ),
    (
        "a rollback to the version in the other bundle changes nothing: a swap does it",
        V2_LIVE,
        wanted(V1),
        {"production": ("green", "2.0.0"), "staging": ("blue", "1.0.0")},
        None,
    ),
    (
        "v1 again after v3 goes to the slot that may be replaced",
        {"production": holding("green", V3), "staging": holding("blue", V2)},
        wanted(V1, replace="2.0.0"),
        {"production": ("green", "3.0.0"), "staging": ("blue", "1.0.0")},
        "staging",
    ),
    (
        "a version that replace named and that is staged by now changes nothing",
        V2_STAGED,
        wanted(V2, replace="0.9.0"),
        {"production": ("blue", "1.0.0"), "staging": ("green", "2.0.0")},
        None,
    ),
    (
        "an update that died before staging was written is finished",
        {"production": holding("blue", V1), "staging": Held()},
        wanted(),
        {"production": ("blue", "1.0.0"), "staging": ("green", None)},
        None,
    ),
    (
        "an update that died before production was written is finished",
        {"production": Held(), "staging": GREEN_EMPTY},
        wanted(),
        {"production": ("blue", "1.0.0"), "staging": ("green", None)},
        "production",
    ),
    (
        "an adopted app without a marker keeps its storage",
        {"production": Held(bundle="green", code=replace(V1, version=None)), "staging": Held(exists=False)},
        wanted(V2),
        {"production": ("green", None), "staging": ("blue", "2.0.0")},
        "staging",
    ),
    (
        "a slot that was deleted gets the bundle that is free",
        {"production": holding("green", V2), "staging": Held(exists=False)},
        wanted(V2),
        {"production": ("green", "2.0.0"), "staging": ("blue", None)},
        None,
    ),
    (
        "of two slots on one bundle production keeps it",
        {"production": holding("green", V2), "staging": holding("green", V1)},
        wanted(V2),
        {"production": ("green", "2.0.0"), "staging": ("blue", "1.0.0")},
        None,
    ),
    (
        "a pipeline that deploys keeps what each slot has",
        V2_LIVE,
        wanted(None),
        {"production": ("green", "2.0.0"), "staging": ("blue", "1.0.0")},
        None,
    ),
    (
        "an empty app whose code a pipeline deploys gets its bundles",
        {},
        wanted(None),
        {"production": ("blue", None), "staging": ("green", None)},
        None,
    ),
    (
        "an initial bundle decides what production gets first",
        {},
        wanted(initial_bundle="green"),
        {"production": ("green", "1.0.0"), "staging": ("blue", None)},
        "production",
    ),
    (
        "an initial bundle is ignored where production's settings tell",
        V2_LIVE,
        wanted(V2, initial_bundle="blue"),
        {"production": ("green", "2.0.0"), "staging": ("blue", "1.0.0")},
        None,
    ),
]


@pytest.mark.parametrize(("live", "asked", "expected", "target"), [case[1:] for case in DECISIONS], ids=[case[0] for case in DECISIONS])
def test_decision(live: dict[str, Held], asked: Wanted, expected: dict[str, tuple[str, str | None]], target: str | None) -> None:
    plan = decide(live, asked)
    assert shown(plan) == expected
    assert plan.target == target


REFUSALS = [
    (
        "a version in a staging slot is not overwritten unasked",
        V2_STAGED,
        wanted(V3),
        "no slot is free for version '3.0.0': slot 'staging' holds version '2.0.0'",
    ),
    (
        "replace must name the version that is there",
        V2_STAGED,
        wanted(V3, replace="1.9.9"),
        "`package.replace` names '1.9.9', which is in none of them",
    ),
    ("replace never names the live version", V2_STAGED, wanted(V3, replace="1.0.0"), "no slot is free"),
    ("the way out names both commands", V2_STAGED, wanted(V3), "operations gate --slot staging"),
    (
        "a marker that contradicts the storage stops the update",
        {"production": Held(bundle="green", marker="blue", code=V1), "staging": BLUE_EMPTY},
        wanted(),
        "slot 'production' contradicts itself",
    ),
    (
        "storage that is no bundle of ours stops the update",
        {"production": Held(stranger="otheraccount", code=V1)},
        wanted(),
        "'otheraccount', which is none of this component's bundles",
    ),
    (
        "a version never changes its content",
        V1_LIVE,
        wanted(replace(V1, package="orders-9999.zip")),
        "version '1.0.0' stands in slot 'production' with other content",
    ),
    (
        "a site that is missing while its slot is there is no first deployment",
        {"production": Held(exists=False), "staging": GREEN_EMPTY},
        wanted(),
        "one of the two answers is false",
    ),
]


@pytest.mark.parametrize(("live", "asked", "message"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_refusal(live: dict[str, Held], asked: Wanted, message: str) -> None:
    with pytest.raises(ParityError) as refused:
        decide(live, asked)
    assert message in str(refused.value)


GONE = {"production": Held(exists=False), "staging": Held(exists=False)}


def test_a_lost_site_asks_for_the_initial_bundle_while_a_hub_exists() -> None:
    with pytest.raises(ParityError, match="the site was not found, but a task hub exists in the storage of 'green'"):
        decide(GONE, wanted(), frozenset({"green"}))


def test_wiped_settings_ask_for_the_initial_bundle_while_a_hub_exists() -> None:
    with pytest.raises(ParityError, match="production's settings name no durable storage, but a task hub exists"):
        decide({"production": Held(), "staging": Held()}, wanted(), frozenset({"blue", "green"}))


def test_a_lost_site_gets_the_bundle_that_was_named() -> None:
    plan = decide(GONE, wanted(initial_bundle="green"), frozenset({"green"}))
    assert shown(plan) == {"production": ("green", "1.0.0"), "staging": ("blue", None)}


def test_accounts_without_a_hub_are_what_a_killed_first_update_left() -> None:
    assert shown(decide(GONE, wanted(), frozenset())) == {"production": ("blue", "1.0.0"), "staging": ("green", None)}


def test_code_that_somebody_else_deployed_is_not_overwritten_in_production() -> None:
    running_from_a_share = {"production": Held(bundle="blue"), "staging": Held()}
    assert decide(running_from_a_share, wanted(), frozenset({"blue"})).target == "staging"


def test_packages_by_url_are_told_apart_by_the_whole_url_without_its_signature() -> None:
    live = {"production": holding("blue", Code("https://pkgs/v1/app.zip?sig=a", "1.0.0", "PYTHON|3.11")), "staging": GREEN_EMPTY}
    assert decide(live, wanted(Code("https://pkgs/v1/app.zip?sig=b", "1.0.0", "PYTHON|3.11"))).target is None
    assert decide(live, wanted(Code("https://pkgs/v2/app.zip?sig=a", "2.0.0", "PYTHON|3.11"))).target == "staging"


def test_hubs_are_asked_for_only_where_production_can_not_tell() -> None:
    assert not needs_hubs(V2_LIVE, wanted(V2))
    assert needs_hubs(GONE, wanted())
    assert needs_hubs({"production": BLUE_EMPTY}, wanted())
    assert not needs_hubs({"production": BLUE_EMPTY}, wanted(None))


def test_the_runtime_stack_changes_together_with_the_version() -> None:
    assert decide(V1_LIVE, wanted(V2)).slots == (
        SlotPlan("production", "blue", V1, False, "PYTHON|3.11", {}),
        SlotPlan("staging", "green", V2, True, "PYTHON|3.12", {}),
    )


def test_the_live_bundle_keeps_its_version_settings_when_those_of_the_program_change() -> None:
    live = decide(V1_LIVE, wanted(replace(V2, settings={"FEATURE": "on"}))).slots[0]
    assert live.code is not None and live.code.settings == {"FEATURE": "off"}


def test_starters_of_every_version_that_a_slot_holds_are_held_off() -> None:
    assert decide(V1_LIVE, wanted(replace(V2, starters=("Hourly",)))).starters == ("Hourly", "Nightly")


def test_an_empty_slot_keeps_its_stack_until_it_gets_code() -> None:
    four = Wanted(("production", "a", "b", "c"), ("blue", "green", "amber", "violet"), V2, "PYTHON|3.12")
    live = {"production": holding("blue", V1), "a": GREEN_EMPTY, "b": replace(GREEN_EMPTY, bundle="amber", marker="amber")}
    assert [slot.stack for slot in decide(live, four).slots] == ["PYTHON|3.11", "PYTHON|3.12", "PYTHON|3.11", "PYTHON|3.12"]


def test_what_a_pipeline_wrote_is_kept_in_the_slot_where_it_stands() -> None:
    deployed = replace(BLUE_EMPTY, deployment={"WEBSITE_CONTENTSHARE": "orders-1a2b", "SCM_COMMAND_IDLE_TIMEOUT": "60"})
    plan = decide({"production": deployed, "staging": GREEN_EMPTY}, wanted(None))
    assert [dict(slot.deployment) for slot in plan.slots] == [{"WEBSITE_CONTENTSHARE": "orders-1a2b", "SCM_COMMAND_IDLE_TIMEOUT": "60"}, {}]


SLOTS = ("production", "staging-a", "staging-b", "staging-c")
BUNDLES = ("blue", "green", "amber", "violet")


@given(swaps=st.lists(st.permutations(SLOTS).map(lambda order: order[:2]), max_size=12), asked=st.sampled_from([V1, V2, V3]))
def test_four_slots_are_declared_as_they_are_after_any_swaps(swaps: list[list[str]], asked: Code) -> None:
    live = {
        slot: holding(bundle, code)
        for slot, bundle, code in zip(SLOTS, BUNDLES, (V1, V2, V3, replace(V3, package="orders-4444.zip", version="4.0.0")), strict=True)
    }
    for first, second in swaps:
        live[first], live[second] = live[second], live[first]
    plan = decide(live, Wanted(SLOTS, BUNDLES, asked, "PYTHON|3.13"))
    assert {slot.slot: (slot.bundle, slot.code) for slot in plan.slots} == {slot: (held.bundle, held.code) for slot, held in live.items()}
    assert plan.target is None


@given(st.data())
def test_every_plan_gives_each_bundle_to_exactly_one_slot(data: st.DataObject) -> None:
    bundle = st.sampled_from([None, *BUNDLES])
    live = {
        slot: Held(bundle=held, marker=held, code=data.draw(st.sampled_from([None, V1, V2])))
        for slot in SLOTS
        if (held := data.draw(bundle)) is not None or data.draw(st.booleans())
    }
    live.setdefault("production", Held())
    try:
        plan = decide(live, Wanted(SLOTS, BUNDLES, V3, "PYTHON|3.13", initial_bundle=data.draw(bundle)))
    except ParityError:
        return  # no slot is free for V3
    assert sorted(slot.bundle for slot in plan.slots) == sorted(BUNDLES)
    production = live["production"]
    if production.bundle is not None:
        assert (plan.slots[0].bundle, plan.slots[0].code) == (
            production.bundle,
            production.code if production.code or plan.target != "production" else V3,
        )


def test_all_permutations_of_two_slots_survive_a_decision() -> None:
    for bundles in permutations(("blue", "green")):
        live = {slot: holding(bundle, code) for slot, bundle, code in zip(("production", "staging"), bundles, (V1, V2), strict=True)}
        assert shown(decide(live, wanted(V2)))["production"] == (bundles[0], "1.0.0")
