"""A release of the strategy orchestration versioning with code that runs: nothing is waited for, and nothing breaks."""

from __future__ import annotations

from .team import VersionedTeam


def test_what_1_0_has_begun_is_ended_by_the_workers_of_2_0_and_clients_are_told_2_0_last(team: VersionedTeam) -> None:
    team.wants_package("1.0.0")
    team.release()
    assert team.live() == {"production": ("1.0.0", "1.0", "ordersTasksProduction"), "staging": (None, "1.0", "ordersTasksStaging")}
    team.order("tea", wait=True)
    team.reaches("tea:ship", lambda one: one["runtimeStatus"] == "Running")

    team.wants_package("2.0.0")
    said = team.release().text
    assert team.live() == {"production": ("2.0.0", "2.0", "ordersTasksProduction"), "staging": ("1.0.0", "1.0", "ordersTasksStaging")}
    assert said.index("Swap: 2.0.0 goes into production") < said.index("Tell clients to start")

    team.order("cups")
    team.picked_up("tea")
    assert team.ended("tea")["output"] == {
        "version": "1.0", "status": "done", "charged_cents": 900, "shipped": {"version": "1.0", "carrier": "post"},
    }  # fmt: skip
    assert team.ended("cups")["output"]["version"] == "2.0"
    assert team.ended("cups")["output"]["shipped"] == {"version": "2.0", "carrier": "courier"}
    executed = team.executed_by()
    assert (executed["tea"], executed["cups"]) == ({"1.0.0", "2.0.0"}, {"2.0.0"})
    assert team.release().text.count("there is nothing to do") == 1
