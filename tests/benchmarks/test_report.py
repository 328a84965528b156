"""The tables: figures as they were measured, goals that are missed called so, and the hand-written part of the page left alone."""

from __future__ import annotations

import json
from dataclasses import replace

from benchmarks.figures import Timing
from benchmarks.imports import ALONE, THEIRS, classes_used
from benchmarks.report import MARK, Measured, page, sections
from benchmarks.where import WAITING, by_part

MACHINE = {"processor": "2 cores"}


def measured() -> Measured:
    previews = {
        "by hand": {1: Timing((2.0,), (2.0,)), 50: Timing((60.0, 64.0, 62.0), (50.0, 50.0, 50.0))},
        "component": {1: Timing((2.0,), (2.0,)), 50: Timing((62.0, 62.0, 93.0), (60.0, 40.0, 60.0))},
        "lean component": {1: Timing((1.0,), (1.0,)), 50: Timing((31.0,), (25.0,))},
    }
    imports = {THEIRS: Timing((1.0,)), ALONE: Timing((1.2,))}
    return Measured("2026-11-23", MACHINE, 0.1, 34, previews=previews, imports=imports)


def test_medians_are_shown_with_their_range_and_each_program_against_the_one_by_hand() -> None:
    (_, rows), *_ = sections(measured())
    assert rows == [
        ["", "1", "50", "grows as"],
        ["by hand, s", "2.00", "62.00 (60.00 to 64.00)", ""],
        ["component, s", "2.00", "62.00 (62.00 to 93.00)", ""],
        ["lean component, s", "1.00", "31.00", ""],
        ["component / by hand", "1.00", "1.00", ""],
        ["the same in processor time", "1.00", "1.20", ""],
        ["lean component / by hand", "0.50", "0.50", ""],
        ["the same in processor time", "0.50", "0.50", ""],
    ]


def test_goals_are_judged_at_the_largest_size_and_a_missed_one_says_so() -> None:
    _, rows = sections(measured())[-1]
    assert rows[1:] == [
        ["preview of 50, component", "1.00", "at most 1.0", "met"],
        ["preview of 50, lean component", "0.50", "at most 0.8", "met"],
        ["import components", "1.20", "at most 1.1", "MISSED"],
    ]


def test_what_was_not_measured_has_no_table() -> None:
    assert sections(Measured("2026-11-23", MACHINE, 0.1, 34)) == []


def test_the_page_keeps_what_was_written_by_hand_and_describes_the_machine() -> None:
    text = page(measured(), "# Benchmarks\n\nWords.\n")
    head, _, result = text.partition(MARK)
    assert head == "# Benchmarks\n\nWords.\n\n"
    assert "- processor: 2 cores\n" in result and "| component / by hand | 1.00 | 1.00 |  |\n" in result


def test_what_is_built_in_counts_for_its_callers() -> None:
    out, wait, task = (
        ("/x/pulumi/output.py", 1, "apply"),
        ("/x/pulumi/runtime/stack.py", 1, "wait_for_rpcs"),
        ("~", 0, "<add_done_callback>"),
    )
    stats = {
        out: (1, 1, 1.0, 9.0, {}),
        wait: (1, 1, 2.0, 9.0, {}),
        task: (9, 9, 7.0, 7.0, {out: (3, 3, 3.0, 3.0), wait: (6, 6, 4.0, 4.0)}),
    }
    assert by_part(stats) == {WAITING: 6.0, "Outputs (pulumi/output.py)": 4.0}


def test_the_import_that_components_are_held_against_uses_each_module_that_they_use() -> None:
    modules = [name.partition(".")[0] for name in classes_used()]
    assert modules == ["applicationinsights", "authorization", "managedidentity", "operationalinsights", "resources", "storage", "web"]


def test_a_result_that_was_kept_is_read_again() -> None:
    assert Measured.read(json.dumps(measured().as_json())) == measured()


def test_what_was_measured_alone_takes_the_last_result_s_place_with_its_own_date() -> None:
    both = {THEIRS: Timing((2.0,)), ALONE: Timing((2.0,))}
    alone = Measured("2026-12-01", MACHINE, 0.5, 0, imports=both, taken={"import": "2026-12-01"})
    kept = alone.over(measured())
    assert kept == replace(measured(), imports=both, taken={"import": "2026-12-01"})
    assert "Taken on 2026-11-23, load 0.10 when it began; import on 2026-12-01. 34 azure-native" in page(kept, "# Benchmarks\n")


def test_migrations_are_held_against_five_seconds() -> None:
    found = Measured("2026-11-23", MACHINE, 0.1, 34, migrations={"Python, freeze": Timing((4.0, 6.0, 5.5), (3.0, 3.0, 3.5))})
    assert [rows[1] for _, rows in sections(found)] == [
        ["Python, freeze", "5.50 (4.00 to 6.00)", "3.00"],
        ["seconds for 1,000 functions, Python, freeze", "5.50", "at most 5.0", "MISSED"],
    ]
