"""What is found in an app with versions, with a language of three words."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.migrate import checking, referring
from operations.migrate.checking import check
from operations.migrate.finding import RULES, accepted
from operations.migrate.lock import Frozen, Lock
from operations.migrate.model import Files

from .test_freezing import after, freeze
from .toy import Toy, app

GOOD = ("orchestrator Orders", "call Charge", "activity Charge", "entity Stock", "call Stock")


def found(files: Files, lock: Lock) -> list[tuple[str, str, bool]]:
    return [(one.place, one.rule, one.wrong) for one in check(files, lock, Toy().index(files), "toy")]


def frozen(*lines: str) -> tuple[dict[str, bytes], Lock]:
    plan = freeze(app(*lines))
    return after(app(*lines), plan), plan.lock


def test_an_app_that_was_frozen_and_left_alone_has_nothing_wrong() -> None:
    assert found(*frozen(*GOOD)) == []
    assert found(app(*GOOD), Lock()) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"versions/v1/app.py": b"orchestrator Orders_v1\nactivity Charge_v1\n"}, ("versions/v1/app.py", "frozen-changed", True)),
        ({"versions/v1/more.py": b"activity Refund_v1\n"}, ("versions/v1/more.py:1", "version-grew", True)),
        (app(*GOOD, "activity Charge_v3"), ("app.py:6", "by-hand", False)),
        (app(*GOOD, "start Orders_v2"), ("app.py:6", "version-missing", True)),
        (app(*GOOD, "call Nobody"), ("app.py:6", "missing", True)),
        (app(*GOOD, "activity charge"), ("app.py:6", "clash", True)),
        (app(*GOOD, "start Orders"), ("app.py:6", "starts-working-copy", True)),
        (app(*GOOD, "start ?"), ("app.py:6", "dynamic", False)),
        (app(*GOOD, "broken"), ("app.py:6", "unreadable", True)),
    ],
)
def test_each_thing_that_can_go_wrong_is_found_at_its_place(change: dict[str, bytes], finding: tuple[str, str, bool]) -> None:
    files, lock = frozen(*GOOD)
    assert found({**files, **change}, lock) == [finding]


def test_a_file_that_is_gone_and_with_it_its_functions() -> None:
    _, lock = frozen(*GOOD)
    assert found(app(*GOOD), lock) == [
        ("versions/v1/app.py", "frozen-missing", True),
        ("versions/v1/app.py", "version-lost", True),
        ("versions/v1/app.py", "version-lost", True),
    ]


def test_a_version_may_lean_on_entities_and_on_nothing_else_outside_of_it() -> None:
    files, lock = frozen("orchestrator Orders", "call Charge", "call Stock", "entity Stock", "activity Charge")
    leaning = b"orchestrator Orders_v1\ncall Charge\ncall Stock\nactivity Charge_v1\n"
    rules = [rule for _, rule, _ in found({**files, "versions/v1/app.py": leaning}, lock)]
    assert rules == ["frozen-changed", "cross-version"]


def test_names_that_can_t_be_told_are_wrong_in_a_frozen_version_only() -> None:
    files, lock = frozen(*GOOD, "call ?")
    assert found(files, lock) == [("app.py:6", "dynamic", False), ("versions/v1/app.py:5", "dynamic", True)]
    known = accepted(check(files, lock, Toy().index(files), "toy"), ["dynamic"])
    assert [one.wrong for one in known] == [False, False]


def test_a_removed_function_is_told_once_and_is_no_mistake() -> None:
    lock = locked(v1=["Old", "Orders"], v2=["Orders"], v3=["Orders"])
    files = app(*(f"orchestrator {name}" for name in ("Orders", "Old_v1", "Orders_v1", "Orders_v2", "Orders_v3")))
    assert [(one.rule, one.problem, one.wrong) for one in check(files, lock, Toy().index(files), "toy")] == [
        ("removed", "v2 has no Old, which the version before it has.", False)
    ]


def test_an_orchestrator_that_lives_on_and_is_not_in_the_newest_version_is_a_mistake() -> None:
    lock = locked(v1=["Orders", "Bills"], v2=["Orders"])
    files = app(*(f"orchestrator {name}" for name in ("Orders", "Bills", "Orders_v1", "Bills_v1", "Orders_v2")))
    assert [(one.rule, one.problem, one.way_out, one.wrong) for one in check(files, lock, Toy().index(files), "toy")] == [
        (
            "version-missing",
            "Bills is at v1 and not in v2, the newest, though the working copy has it: clients that are told v2 can't start it.",
            "Freeze the next version with it, or let clients start v1 of it by an override.",
            True,
        )
    ]


def test_a_checkout_with_other_line_ends_is_told_from_a_change() -> None:
    files, lock = frozen(*GOOD)
    (finding,) = check(
        {**files, "versions/v1/app.py": files["versions/v1/app.py"].replace(b"\n", b"\r\n")}, lock, Toy().index(files), "toy"
    )
    assert finding.rule == "frozen-changed"
    assert finding.way_out == "Only its line ends differ: write `versions/** -text` into .gitattributes, and check it out again."


def test_versions_of_another_programming_model_are_told() -> None:
    files, lock = frozen(*GOOD)
    (finding,) = check(files, lock, Toy().index(files), "tin")
    assert (finding.rule, finding.wrong) == ("other-language", True)
    assert finding.problem.startswith("versions.lock.json was written for toy, and the app is tin by now")


def test_every_rule_that_is_used_can_be_accepted() -> None:
    sources = "".join(Path(module.__file__ or "").read_text() for module in (checking, referring))
    assert {rule for rule in RULES if f'"{rule}"' in sources} == set(RULES) - {"frozen-changed", "frozen-missing"}


def locked(**versions: list[str]) -> Lock:
    return Lock(
        "toy",
        {
            label: Frozen({f"{name}_{label}": {"kind": "orchestrator", "of": name} for name in names}, {})
            for label, names in versions.items()
        },
    )
