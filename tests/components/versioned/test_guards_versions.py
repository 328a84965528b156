"""What a new package may not do to production's instances: the guards of orchestration versions, each with its whole message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from components._code.package import CALLS, SIGNATURES, SOURCES, Call, Inventory
from components._code.record import Functions
from components._versioned.guards import Guarded, LivePackage, NewPackage, Release, alone, guard

NUMBERS = "both are numbers with dots and compare part by part; a part that is left out is older than .0"
TEXT = "they compare as text, without regard to case, since only two to four numbers with dots compare as numbers"

CONTENTS = Inventory({"Order": "11111111"}, {"Charge": "22222222"}, (), {"ordering/process.py": "33333333"})
FUNCTIONS = Functions({"Order": "11111111"}, {"Charge": "22222222"}, {"ordering/process.py": "33333333"})
NEW = NewPackage("2.0", contents=CONTENTS)
LIVE = LivePackage("1.0", functions=FUNCTIONS)
BY_SWAP = Release(slots=True)


def guarded(new: dict[str, Any] | None = None, live: dict[str, Any] | None = None, release: dict[str, Any] | None = None) -> Guarded:
    """A package in order, one thing changed."""
    return guard(replace(NEW, **new or {}), replace(LIVE, **live or {}), replace(BY_SWAP, **release or {}))


def only_problem(found: Guarded) -> str:
    (problem,) = found.problems
    return str(problem)


def only_warning(found: Guarded) -> str:
    assert found.problems == ()
    (warning,) = found.warnings
    return warning


def test_a_newer_version_with_the_same_functions_is_in_order() -> None:
    assert guarded() == Guarded()


def test_a_first_deployment_is_in_order() -> None:
    assert guard(NEW, None, BY_SWAP) == Guarded()


def test_the_same_code_again_is_in_order() -> None:
    assert guarded(new={"version": "1.0"}) == Guarded()


def test_a_first_version_is_in_order_where_production_has_none() -> None:
    for version in (None, "", " "):
        assert guarded(live={"version": version}) == Guarded()


def test_a_version_below_production_s_is_refused() -> None:
    assert only_problem(guarded(new={"version": "0.9"})) == (
        f"versioning.default_version = '0.9': sorts below '1.0', which production runs: {NUMBERS}. The new code would not run production's instances. "
        "Give a version that sorts after '1.0', or set versioning.allow_older."
    )


def test_a_text_below_production_s_is_refused() -> None:
    assert only_problem(guarded(new={"version": "rc-a"}, live={"version": "rc-b"})) == (
        f"versioning.default_version = 'rc-a': sorts below 'rc-b', which production runs: {TEXT}. The new code would not run production's instances. "
        "Give a version that sorts after 'rc-b', or set versioning.allow_older."
    )


def test_allow_older_makes_a_warning_of_it() -> None:
    assert only_warning(guarded(new={"version": "0.9"}, release={"allow_older": True})) == (
        f"'0.9' sorts below '1.0', which production runs ({NUMBERS}); versioning.allow_older lets it. Instances of newer versions wait until such a code comes back."
    )


MIXED = [
    ("1.0.0", "1.0", f"'1.0.0' is three numbers and '1.0' is two numbers; Durable sees '1.0.0' > '1.0', since {NUMBERS}"),
    ("2.0", "1.0.0", f"'2.0' is two numbers and '1.0.0' is three numbers; Durable sees '2.0' > '1.0.0', since {NUMBERS}"),
    ("10", "9", f"both are text, with a number of 2 digits in '10' and of 1 digit in '9'; Durable sees '10' < '9', since {TEXT}"),
    ("v10", "v9", f"both are text, with a number of 2 digits in 'v10' and of 1 digit in 'v9'; Durable sees 'v10' < 'v9', since {TEXT}"),
    ("v1", "1.0", f"'v1' is text and '1.0' is two numbers; Durable sees 'v1' > '1.0', since {TEXT}"),
    ("2", "1.0", f"'2' is text and '1.0' is two numbers; Durable sees '2' > '1.0', since {TEXT}"),
    ("1.0", "1.0-beta", f"'1.0' is two numbers and '1.0-beta' is text; Durable sees '1.0' < '1.0-beta', since {TEXT}"),
]


@pytest.mark.parametrize("allow_older", [False, True])
@pytest.mark.parametrize(("new", "live", "how"), MIXED, ids=[f"{new} after {live}" for new, live, _ in MIXED])
def test_mixed_forms_are_refused_with_the_order_that_durable_sees(new: str, live: str, how: str, allow_older: bool) -> None:
    example = {"10": ", such as 'v10'", "v10": ", such as 'v9-v10'", "1.0": ", such as 'v1.0'"}.get(new, "")
    assert only_problem(guarded({"version": new}, {"version": live}, {"allow_older": allow_older})) == (
        f"versioning.default_version = '{new}': has another form than '{live}', which production runs: {how}. "
        f"Keep to one form: write the version like '{live}', and so that it sorts after it{example}."
    )


@pytest.mark.parametrize("version", [None, "", "  "])
def test_removing_the_version_is_refused(version: str | None) -> None:
    assert only_problem(guarded(new={"version": version}, release={"allow_older": True})) == (
        "versioning.default_version: is missing, and production runs '1.0': a code without a version is older than any, so it would not run production's instances. "
        "Keep '1.0', or give a newer one."
    )


def test_strict_names_the_version_that_nothing_runs_after_a_swap() -> None:
    assert only_warning(guarded(new={"match": "Strict"})) == (
        "versionMatchStrategy Strict: after the swap nothing runs the instances of '1.0' any more, nor older ones. "
        "How many there are can't be asked for here; `python -m operations versions` counts them, and `operations release` refuses to leave any behind."
    )


@pytest.mark.parametrize(
    ("release", "when"),
    [({"slots": False, "rolling": True}, "a rolling update"), ({"slots": False}, "the update")],
)
def test_strict_does_so_without_a_swap_too(release: dict[str, Any], when: str) -> None:
    assert only_warning(guarded(new={"match": "Strict"}, release=release)).startswith(
        f"versionMatchStrategy Strict: after {when} nothing runs"
    )


def test_strict_is_in_order_where_the_version_stays() -> None:
    assert guarded(new={"match": "Strict", "version": "1.0"}) == Guarded()


def test_fail_with_a_slot_is_refused_unless_starts_are_two_phase() -> None:
    assert only_problem(guarded(new={"failure": "Fail"}, release={"two_phase": False})) == (
        "versioning.failure = 'Fail': ends instances of a newer version as Failed, and during the swap of the release after this one old workers of this package meet them. "
        "Use 'Reject', or let clients start the version that the start setting names and leave versioning.two_phase_starts true."
    )
    assert guarded(new={"failure": "Fail"}) == Guarded()


def test_fail_in_production_s_package_is_refused_unless_starts_are_two_phase() -> None:
    assert only_problem(guarded(live={"failure": "Fail"}, release={"two_phase": False})) == (
        "versioning.two_phase_starts = False: production's package ends instances of a newer version as Failed (versionFailureStrategy Fail), and during the swap its workers meet "
        "those that clients of the new package start. Release production's version with 'Reject' first, or let clients start the version that the start setting names."
    )
    assert guarded(live={"failure": "Fail"}) == Guarded()


@pytest.mark.parametrize("part", ["new", "live"])
def test_fail_with_a_rolling_update_is_refused_too_and_without_overlap_it_is_not(part: str) -> None:
    fails: Any = {part: {"failure": "Fail"}}
    assert "during a rolling update" in only_problem(guarded(**fails, release={"slots": False, "rolling": True, "two_phase": False}))
    assert guarded(**fails, release={"slots": False, "two_phase": False}) == Guarded()


def test_fail_needs_no_look_at_production() -> None:
    (problem,) = alone(replace(NEW, failure="Fail"), replace(BY_SWAP, two_phase=False))
    assert problem.path == "versioning.failure"
    assert list(alone(NEW, BY_SWAP)) == []


def test_fail_in_production_s_package_counts_without_versions_too() -> None:
    assert "(versionFailureStrategy Fail)" in only_problem(guarded(live={"failure": "Fail", "version": None}, release={"two_phase": False}))


def test_a_pinned_version_of_another_form_is_refused() -> None:
    (problem,) = alone(NEW, replace(BY_SWAP, pinned="1"))
    assert str(problem) == (
        f"versioning.start_version = '1': has another form than the package's version: '1' is text and '2.0' is two numbers; Durable sees '1' < '2.0', since {TEXT}. "
        "Write it in the form of '2.0'."
    )
    assert list(alone(NEW, replace(BY_SWAP, pinned="1.0"))) == []


def test_the_same_version_with_other_orchestrators_names_the_files() -> None:
    files = {"ordering/process.py": "44444444", "new.py": "55555555"}
    live = replace(FUNCTIONS, files={"ordering/process.py": "33333333", "gone.py": "66666666", "same.py": "77777777"})
    new = replace(CONTENTS, files={**files, "same.py": "77777777"})
    assert only_warning(guarded({"version": "1.0", "contents": new}, {"functions": live})) == (
        "version '1.0' is deployed again with other code in its orchestrators: gone.py, new.py, ordering/process.py. Its instances would replay code that they did not run: "
        "raise versioning.default_version, and branch on the instance's version."
    )


def test_a_newer_version_may_change_them() -> None:
    assert guarded(new={"contents": replace(CONTENTS, files={"ordering/process.py": "44444444"})}) == Guarded()


def test_whether_they_changed_may_not_be_known() -> None:
    silent = Inventory({"Order": ""}, {"Charge": ""}, unchecked=frozenset({SOURCES}))
    assert only_warning(guarded({"version": "1.0", "contents": silent})) == (
        "version '1.0' is deployed again, and whether its orchestrators changed was not checked: that takes Python, or a durable-deploy.json in the package."
    )
    assert only_warning(guarded({"version": "1.0"}, {"functions": replace(FUNCTIONS, files={})})) == (
        "version '1.0' is deployed again, and whether its orchestrators changed was not checked: production's package does not say what it consists of."
    )


ACTIVITIES = [
    (
        {"Charge": "22222222", "New": "88888888", "Other": ""},
        {"Charge": "22222222"},
        "production's package lacks activities that the new one has: New, Other. Until the swap is over old workers may take their calls, and fail them: "
        "let only the new version call them.",
    ),
    (
        {"Charge": "22222222"},
        {"Charge": "22222222", "Refund": "99999999"},
        "the new package lacks activities that production's package has: Refund. Instances that still call them would fail.",
    ),
    (
        {"Charge": "88888888"},
        {"Charge": "22222222"},
        "activities have another signature than in production's package: Charge. Activities are not versioned: instances of every version call them, and during the swap "
        "old and new workers both run them. Keep what they take and return, or give the new one another name.",
    ),
]


@pytest.mark.parametrize(("new", "live", "warning"), ACTIVITIES, ids=["added", "lost", "changed"])
def test_activities_that_differ_are_named(new: dict[str, str], live: dict[str, str], warning: str) -> None:
    found = guarded({"contents": replace(CONTENTS, activities=new)}, {"functions": replace(FUNCTIONS, activities=live)})
    assert only_warning(found) == warning


@pytest.mark.parametrize(("new", "live"), [({"charge": "22222222"}, {"Charge": "22222222"}), ({"Charge": ""}, {"Charge": "22222222"})])
def test_activities_are_the_same_in_any_case_and_as_far_as_known(new: dict[str, str], live: dict[str, str]) -> None:
    assert guarded({"contents": replace(CONTENTS, activities=new)}, {"functions": replace(FUNCTIONS, activities=live)}) == Guarded()


def test_an_orchestrator_that_is_gone_is_named() -> None:
    assert only_warning(guarded(live={"functions": replace(FUNCTIONS, orchestrators={"ORDER": "1", "Ship": "2"})})) == (
        "the new package lacks orchestrators that production's package has: Ship. Whether instances of them are still active was not checked here; "
        "`python -m operations versions` counts them."
    )


def test_a_package_that_does_not_say_can_t_be_compared() -> None:
    assert only_warning(guarded(live={"functions": None})) == (
        "whether activities differ from production's was not checked: production's package does not say what it consists of."
    )


def test_signatures_that_are_not_known_are_said_to_be() -> None:
    assert only_warning(guarded({"contents": replace(CONTENTS, activities={"Charge": ""}, unchecked=frozenset({SIGNATURES}))})) == (
        "whether signatures of activities changed was not checked: that takes Python, or a durable-deploy.json in the package."
    )


CALLED = (Call("function_app.py", 12, "Ship"), Call("ordering/process.py", 7, "options['child']"))
CODE = [
    (
        {"calls_without_version": CALLED},
        "sub-orchestrations are called without a version: function_app.py:12 (Ship), ordering/process.py:7 (options['child']). They get the default version of whichever worker "
        "starts them, not their parent's: pass the parent's version (in Python version=context.version).",
    ),
    (
        {"starts_without_version": CALLED[:1]},
        "clients start without a version: function_app.py:12 (Ship). They get the package's own version before the swap is over, whatever the start setting says: "
        "pass what the setting names, or set versioning.two_phase_starts to false.",
    ),
    (
        {"undeclared": CALLED[:1]},
        "activities are called that the package does not have: function_app.py:12 (Ship). Such a call fails its orchestration.",
    ),
    (
        {"unchecked": frozenset({CALLS})},
        "whether sub-orchestrations are called without a version was not checked: that takes Python, or a durable-deploy.json in the package.",
    ),
]


@pytest.mark.parametrize("live", [LIVE, None], ids=["beside production's", "the first"])
@pytest.mark.parametrize(("contents", "warning"), CODE, ids=[next(iter(contents)) for contents, _ in CODE])
def test_calls_in_the_code_are_named(contents: dict[str, Any], warning: str, live: LivePackage | None) -> None:
    assert only_warning(guard(replace(NEW, contents=replace(CONTENTS, **contents)), live, BY_SWAP)) == warning


def test_starts_without_a_version_are_meant_where_starts_are_not_two_phase() -> None:
    assert guarded({"contents": replace(CONTENTS, starts_without_version=CALLED)}, release={"two_phase": False}) == Guarded()


def test_a_long_list_ends_with_how_many_more() -> None:
    calls = tuple(Call("function_app.py", line, "Ship") for line in range(1, 13))
    warning = only_warning(guarded({"contents": replace(CONTENTS, calls_without_version=calls)}))
    assert "function_app.py:10 (Ship) and 2 more. They get" in warning and ":11" not in warning


def test_a_package_that_can_t_be_read_has_nothing_to_compare() -> None:
    assert guarded(new={"contents": None}) == Guarded()


def test_everything_that_is_wrong_comes_at_once() -> None:
    found = guarded(
        {"version": "0.9", "match": "Strict", "failure": "Fail"}, {"failure": "Fail"}, {"two_phase": False, "pinned": "1"}
    )  # fmt: skip
    assert [problem.path for problem in found.problems] == [
        "versioning.failure",
        "versioning.start_version",
        "versioning.default_version",
        "versioning.two_phase_starts",
    ]
