"""Two phases of a release, as the component carries them out: what is written, what is asked, and what stops it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..deploying import UNKNOWN, Deployment
from ..differing import flat
from ..mocked_azure import FORBIDDEN, MockedAzure
from .apps import by_name, of, orchestration, orchestrations, told


def written(before: dict[str, dict[str, str]], made: Deployment) -> dict[str, Any]:
    """The settings that an update changes, by slot and name."""
    old, new = flat(before), flat(made.settings)
    return {name: new.get(name) for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def live(azure: MockedAzure) -> dict[str, dict[str, str]]:
    return {slot: dict(settings) for slot, settings in azure.settings.items()}


def questions(azure: MockedAzure) -> list[str]:
    return [name for name, _ in azure.asked if name.startswith("getWebApp")]


def test_a_release_of_orchestration_versions_by_its_phases(azure: MockedAzure, app: Path) -> None:
    orchestration(azure, of(app, "1.0"))
    assert told(azure) == {"production": ("1.0", "1.0"), "staging": (None, "1.0")}

    made = orchestration(azure, of(app, "2.0"))
    assert told(azure) == {"production": ("1.0", "1.0"), "staging": ("2.0", "1.0")}
    assert made.outputs["pending"] == (
        "'2.0' is staged in slot 'staging'; production's clients start '1.0'. After a swap, the next `pulumi up` raises START_VERSION, and nothing else."
    )

    azure.swap("staging")
    before = live(azure)
    made = orchestration(azure, of(app, "2.0"), dry_run=True)
    assert written(before, made) == {"production/START_VERSION": "2.0"}
    made = orchestration(azure, of(app, "2.0"))
    assert told(azure) == {"production": ("2.0", "2.0"), "staging": ("1.0", "1.0")}
    assert made.outputs["pending"] is None
    assert written(live(azure), orchestration(azure, of(app, "2.0"), dry_run=True)) == {}

    made = orchestration(azure, of(app, "2.0", versioning={"start_version": "1.0"}))
    assert told(azure)["production"] == ("2.0", "1.0") and "versioning.start_version holds" in made.outputs["pending"]


def test_a_release_by_names_by_its_phases(azure: MockedAzure, app: Path) -> None:
    by_name(azure, of(app, "v1"))
    by_name(azure, of(app, "v1 v2"))
    assert told(azure, "LATEST_VERSION") == {"production": ("v1", "v1"), "staging": ("v1,v2", "v1")}
    azure.swap("staging")
    assert written(live(azure), by_name(azure, of(app, "v1 v2"), dry_run=True)) == {"production/LATEST_VERSION": "v2"}
    by_name(azure, of(app, "v1 v2"))
    assert told(azure, "LATEST_VERSION") == {"production": ("v1,v2", "v2"), "staging": ("v1", "v1")}
    by_name(azure, of(app, "v1 v2 v3", replace="v1"))
    assert told(azure, "LATEST_VERSION") == {"production": ("v1,v2", "v2"), "staging": ("v1,v2,v3", "v2")}


def test_a_swap_is_asked_for_only_when_something_would_be_raised_or_staged(staged: MockedAzure, app: Path) -> None:
    orchestration(staged, of(app, "2.0"))
    assert questions(staged) == []
    other = staged.copy()
    orchestration(other, of(app, "3.0", replace="2.0"), dry_run=True)
    assert questions(other) == ["getWebApp", "getWebAppSlot"]
    staged.swap("staging")
    orchestration(staged, of(app, "2.0"), dry_run=True)
    assert questions(staged) == ["getWebApp", "getWebAppSlot"]


@pytest.mark.parametrize("slot", ["production", "staging"])
def test_while_a_swap_is_in_progress_nothing_is_raised(swapped: MockedAzure, app: Path, slot: str) -> None:
    swapped.swapping = {slot}
    before = live(swapped)
    made = orchestration(swapped, of(app, "2.0"))
    assert written(before, made) == {}
    assert made.outputs["pending"] == (
        "a swap is in progress: production's clients start '1.0'; the first `pulumi up` after that raises START_VERSION to '2.0'."
    )


@pytest.mark.parametrize("dry_run", [True, False], ids=["preview", "update"])
def test_a_new_package_is_refused_while_a_swap_with_preview_is_half_done(swapped: MockedAzure, app: Path, dry_run: bool) -> None:
    orchestration(swapped, of(app, "2.0"))
    swapped.swapping = {"staging"}
    before = live(swapped)
    made = orchestration(swapped, of(app, "3.0", replace="1.0"), dry_run=dry_run, fails=True)
    assert (
        "slot 'staging' is half way through a swap with preview: its code runs on production's task hub while clients still meet the old one."
        in str(made.error)
    )
    assert (live(swapped), made.children) == (before, {})
    swapped.swapping = set()
    assert orchestration(swapped, of(app, "3.0", replace="1.0")).settings["staging"]["DURABLE_DEPLOY_VERSION"] == "3.0"


def test_where_slots_can_t_be_read_a_preview_says_what_it_did_not_check_and_an_update_writes_nothing(azure: MockedAzure, app: Path) -> None:
    def forbid(function: str, slot: str, count: int) -> None:
        azure.failures = {"production": FORBIDDEN} if function == "getWebApp" else {}

    orchestration(azure, of(app, "1.0"))
    azure.before_answer, before = forbid, live(azure)
    (warning,) = [one for one in orchestration(azure, of(app, "2.0"), dry_run=True).warnings if "half done" in one]
    assert "A swap with preview that was left half done would be refused. It takes Reader plus" in warning
    made = orchestration(azure, of(app, "2.0"), fails=True)
    assert "Whether a swap with preview was left half done is unknown, and nothing was written." in str(made.error)
    assert (live(azure), made.children) == (before, {})


def test_a_swap_that_begins_during_the_update_stops_the_raise(swapped: MockedAzure, app: Path) -> None:
    def begin(function: str, slot: str, count: int) -> None:
        if function == "getWebApp" and count == 2:
            swapped.swapping = {"production"}

    swapped.before_answer = begin
    before = live(swapped)
    made = orchestration(swapped, of(app, "2.0"), fails=True)
    assert "a swap began while this update ran, and START_VERSION may not be raised before its last phase is over." in str(made.error)
    assert live(swapped) == before


def test_a_swap_between_reading_and_writing_stops_the_update(staged: MockedAzure, app: Path) -> None:
    def swap(function: str, slot: str, count: int) -> None:
        if function == "listWebAppApplicationSettings" and count == 2:
            staged.swap("staging")

    staged.before_answer = swap
    made = orchestration(staged, of(app, "3.0", replace="2.0"), fails=True)
    assert "changed while this update ran" in str(made.error)
    assert {slot: one["DURABLE_DEPLOY_VERSION"] for slot, one in staged.settings.items()} == {"production": "2.0", "staging": "1.0"}


def test_an_update_that_left_clients_with_a_version_that_is_not_there_ends_failed(swapped: MockedAzure, app: Path) -> None:
    """Somebody swaps the old code back right after production was raised."""

    def swap_back(function: str, slot: str, count: int) -> None:
        if function == "listWebAppApplicationSettings" and count == 4:
            swapped.swap("staging")

    swapped.before_answer = swap_back
    made = orchestration(swapped, of(app, "2.0"), fails=True)
    assert "slot 'production' has START_VERSION = '2.0', and its package (1.0) does not contain that version" in str(made.error)
    swapped.before_answer = lambda function, slot, count: None
    orchestration(swapped, of(app, "2.0"))
    assert told(swapped) == {"production": ("1.0", "1.0"), "staging": ("2.0", "1.0")}


def test_a_swap_that_can_t_be_asked_for_stops_the_update_and_is_said_in_a_dry_run(swapped: MockedAzure, app: Path) -> None:
    def refuse(function: str, slot: str, count: int) -> None:
        swapped.failures = {"production": FORBIDDEN} if function == "getWebApp" else {}

    swapped.before_answer = refuse
    made = orchestration(swapped, of(app, "2.0"), fails=True)
    assert "Whether a swap is in progress is unknown, and nothing was written. It takes Reader" in str(made.error)
    shown = orchestration(swapped, of(app, "2.0"), dry_run=True)
    assert shown.settings["production"]["START_VERSION"] == "2.0"
    assert any("START_VERSION would be raised only if no swap is in progress" in one for one in shown.warnings)


def test_a_held_slot_is_replaced_only_by_name(swapped: MockedAzure, app: Path) -> None:
    orchestration(swapped, of(app, "2.0"))
    refused = orchestration(swapped, of(app, "3.0"), fails=True)
    assert "no slot is free for version '3.0': slot 'staging' holds version '1.0'" in str(refused.error)
    orchestration(swapped, of(app, "3.0", replace="1.0"))
    assert told(swapped) == {"production": ("2.0", "2.0"), "staging": ("3.0", "2.0")}


def test_what_a_slot_holds_travels_unchanged_when_the_program_moves_on(staged: MockedAzure, app: Path) -> None:
    made = orchestration(staged, of(app, "2.0", versioning={"match": "Strict"}, package={"version": "2.0-strict"}, version_settings={"X": "1"}), fails=True)  # fmt: skip
    assert "no slot is free" in str(made.error)
    made = orchestration(
        staged,
        of(app, "2.0", replace="2.0", versioning={"match": "Strict"}, package={"version": "2.0-strict"}, version_settings={"X": "1"}),
    )
    strategies = {slot: settings["DURABLE_DEPLOY_STRATEGIES"] for slot, settings in made.settings.items()}
    assert strategies == {"production": "CurrentOrOlder,Reject", "staging": "Strict,Reject"}
    assert "X" not in made.settings["production"] and made.settings["staging"]["X"] == "1"


def test_a_pipeline_s_code_is_left_alone(azure: MockedAzure) -> None:
    args: Any = {"site": {"name": "orders"}}
    orchestration(azure, args)
    azure.settings["production"]["SCM_DO_BUILD_DURING_DEPLOYMENT"] = "true"
    made = orchestration(azure, args)
    assert made.settings["production"]["SCM_DO_BUILD_DURING_DEPLOYMENT"] == "true"
    assert "START_VERSION" not in made.settings["production"]
    assert "does not say which versions it contains" in made.outputs["pending"]


MOVED = [
    ("another slot's hub", {"TaskHubName": "ordersTasksProduction"}, "slot 'staging' works on 'ordersTasksProduction', and its own task hub is 'ordersTasksStaging'"),
    ("a stranger's hub", {"TaskHubName": "Theirs"}, "slot 'staging' works on 'Theirs'"),
    ("another account", {"DurableStorage__tableServiceUri": "https://theirs.table.core.windows.net/"}, "slot 'staging' works on 'theirs'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), [case[1:] for case in MOVED], ids=[case[0] for case in MOVED])
def test_a_hub_that_somebody_moved_is_an_error(staged: MockedAzure, app: Path, change: dict[str, str], words: str) -> None:
    for name in [name for name in staged.settings["staging"] if name.startswith("DurableStorage__") and name.endswith("Uri")]:
        if any(key.startswith("DurableStorage") for key in change):
            del staged.settings["staging"][name]
    staged.settings["staging"] |= change
    before = live(staged)
    made = orchestration(staged, of(app, "2.0"), fails=True)
    assert words in str(made.error) and "Task hubs stay with their slots here" in str(made.error)
    assert live(staged) == before


def test_a_lost_site_is_no_first_deployment(azure: MockedAzure, app: Path) -> None:
    azure.tables = {("ordersdurable", "ordersTasksProductionInstances")}
    made = orchestration(azure, of(app, "2.0"), fails=True)
    assert "the site was not found, but its task hub 'ordersTasksProduction' exists" in str(made.error) and not made.children
    orchestration(azure, of(app, "2.0", versioning={"start_version": "1.0"}))
    assert told(azure) == {"production": ("2.0", "1.0"), "staging": (None, "1.0")}


@pytest.mark.parametrize(("setting", "value"), [("LATEST_VERSION", "newest"), ("DURABLE_DEPLOY_VERSIONS", "2.0")])
def test_a_version_that_somebody_mistyped_is_an_error(azure: MockedAzure, app: Path, setting: str, value: str) -> None:
    by_name(azure, of(app, "v1"))
    azure.settings["production"][setting] = value
    made = by_name(azure, of(app, "v1"), fails=True)
    assert f"slot 'production' has {setting} = '{value}', and '{value}' is no version label: write v1, v2, v1.2." in str(made.error)


def test_a_dry_run_that_may_not_read_shows_what_it_can_t_know_as_unknown(staged: MockedAzure, app: Path) -> None:
    staged.failures = {"production": FORBIDDEN}
    made = orchestration(staged, of(app, "2.0"), dry_run=True)
    settings = made.settings["production"]
    assert settings["START_VERSION"] == settings["DURABLE_DEPLOY_VERSIONS"] == settings["WEBSITE_RUN_FROM_PACKAGE"] == UNKNOWN
    assert settings["TaskHubName"] == "ordersTasksProduction"
    assert any("the version that clients start, are shown as unknown" in one for one in made.warnings)
    refused = orchestration(staged, of(app, "2.0"), fails=True)
    assert "What production runs is therefore unknown, and nothing was written" in str(refused.error)


def test_a_pin_that_production_s_package_lacks_writes_nothing(staged: MockedAzure, app: Path) -> None:
    before = live(staged)
    made = orchestration(staged, of(app, "2.0", versioning={"start_version": "2.0"}), fails=True)
    assert "versioning.start_version = '2.0': production's package does not contain that version" in str(made.error)
    assert live(staged) == before


def test_an_adopted_app_is_told_its_first_version_after_its_first_swap(azure: MockedAzure, app: Path) -> None:
    orchestration(azure, {"site": {"name": "orders"}})
    azure.settings["production"]["WEBSITE_RUN_FROM_PACKAGE"] = "https://elsewhere/app.zip"
    azure.tables = {("ordersdurable", "ordersTasksProductionInstances")}
    orchestration(azure, of(app, "1.0"))
    assert told(azure) == {"production": (None, None), "staging": ("1.0", None)}
    azure.swap("staging")
    orchestration(azure, of(app, "1.0"))
    assert told(azure) == {"production": ("1.0", "1.0"), "staging": (None, None)}


def test_host_json_keeps_the_app_s_own_strategies(azure: MockedAzure, tmp_path: Path) -> None:
    path = orchestrations(tmp_path / "own", "1.0", versionMatchStrategy="Strict", versionFailureStrategy="Reject")
    made = orchestration(azure, {"site": {"name": "orders"}, "package": {"path": path}})
    assert made.settings["production"]["DURABLE_DEPLOY_STRATEGIES"] == "Strict,Reject"
