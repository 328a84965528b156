"""A new package beside the one that production runs: refused before anything is written, or said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..apps import folder
from ..mocked_azure import MockedAzure
from .apps import by_name, names, of, orchestration, orchestrations, told

_WITH_ACTIVITIES = """\
import azure.durable_functions as df

app = df.DFApp()


@app.orchestration_trigger(context_name="context")
def Order(context: df.DurableOrchestrationContext):
    {body}


@app.activity_trigger(input_name="item")
def {activity}({parameters}) -> str:
    return ""
"""


def package(root: Path, version: str, *, body: str = "return 1", activity: str = "Ship", parameters: str = "item: str") -> str:
    host_json = f'{{"version": "2.0", "extensions": {{"durableTask": {{"defaultVersion": "{version}"}}}}}}'
    text = _WITH_ACTIVITIES.format(body=body, activity=activity, parameters=parameters)
    return folder(root, {"host.json": host_json, "function_app.py": text})


def args(path: str, version: str, **others: Any) -> dict[str, Any]:
    return {"site": {"name": "orders"}, "package": {"path": path, "version": version}, **others}


REFUSED = [
    ("a version that sorts below", "1.9", "1.8", {}, "versioning.default_version = '1.8': sorts below '1.9', which production runs"),
    ("a version that sorts below as text", "9", "10", {}, "has another form than '9'"),
    ("a version with another count of parts", "1.0", "1.0.0", {}, "has another form than '1.0'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "versioning", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
@pytest.mark.parametrize("slots", [["staging"], []])
def test_is_refused(azure: MockedAzure, tmp_path: Path, slots: list[str], old: str, new: str, versioning: Any, words: str) -> None:
    site = {"name": "orders", "slots": slots}
    orchestration(azure, {**args(orchestrations(tmp_path / "old", old), "a"), "site": site})
    before = {slot: dict(settings) for slot, settings in azure.settings.items()}
    made = orchestration(azure, {**args(orchestrations(tmp_path / "new", new), "b"), "site": site, "versioning": versioning}, fails=True)
    assert "the new package can't follow the one that production runs." in str(made.error) and words in str(made.error)
    assert azure.settings == before and not made.children


def test_an_older_version_that_is_allowed_needs_a_start_version_that_it_contains(azure: MockedAzure, tmp_path: Path) -> None:
    orchestration(azure, args(orchestrations(tmp_path / "old", "1.9"), "a"))
    older = args(orchestrations(tmp_path / "new", "1.8"), "b", versioning={"allow_older": True})
    made = orchestration(azure, older, fails=True)
    assert "the new package lacks version '1.9', which production's clients start" in str(made.error)
    made = orchestration(azure, {**older, "versioning": {"allow_older": True, "start_version": "1.8"}})
    assert told(azure) == {"production": ("1.9", "1.8"), "staging": ("1.8", "1.8")}
    assert any("versioning.allow_older lets it" in one for one in made.warnings)


def test_starts_that_are_not_two_phase_can_t_have_workers_that_fail_newer_instances(azure: MockedAzure, tmp_path: Path) -> None:
    made = orchestration(
        azure, args(orchestrations(tmp_path, "1.0"), "a", versioning={"failure": "Fail", "two_phase_starts": False}), fails=True
    )
    assert "versioning.failure = 'Fail': ends instances of a newer version as Failed" in str(made.error) and azure.asked == []
    assert orchestration(azure, args(orchestrations(tmp_path, "1.0"), "a", versioning={"failure": "Fail"})).error is None


def test_workers_in_production_that_fail_newer_instances_are_remembered(azure: MockedAzure, tmp_path: Path) -> None:
    orchestration(azure, args(orchestrations(tmp_path / "old", "1.0"), "a", versioning={"failure": "Fail"}))
    made = orchestration(azure, args(orchestrations(tmp_path / "new", "2.0"), "b", versioning={"two_phase_starts": False}), fails=True)
    assert "production's package ends instances of a newer version as Failed" in str(made.error)


SAID: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("the same version with other orchestrators", {"version": "1.0"}, {"version": "1.0", "body": "return 2"}, "version '1.0' is deployed again with other code in its orchestrators: function_app.py"),
    ("an activity that production lacks", {"version": "1.0"}, {"version": "2.0", "activity": "Send"}, "production's package lacks activities that the new one has: Send"),
    ("an activity with another signature", {"version": "1.0"}, {"version": "2.0", "parameters": "item: dict"}, "activities have another signature than in production's package: Ship"),
    ("a sub-orchestration without a version", {"version": "1.0"}, {"version": "2.0", "body": 'yield context.call_sub_orchestrator("Order")'}, "sub-orchestrations are called without a version: function_app.py:8"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), [case[1:] for case in SAID], ids=[case[0] for case in SAID])
def test_is_said_until_the_package_is_in_production(
    azure: MockedAzure, tmp_path: Path, old: dict[str, Any], new: dict[str, Any], words: str
) -> None:
    def said(made: Any) -> bool:
        return any(words in one for one in made.warnings)

    orchestration(azure, args(package(tmp_path / "old", **old), "a"))
    wanted = args(package(tmp_path / "new", **new), "b")
    assert said(orchestration(azure, wanted)) and said(orchestration(azure, wanted, dry_run=True))
    azure.swap("staging")
    assert not said(orchestration(azure, wanted))


def test_strict_says_which_instances_nothing_runs_any_more(azure: MockedAzure, app: Path) -> None:
    orchestration(azure, of(app, "1.0"))
    made = orchestration(azure, of(app, "2.0", versioning={"match": "Strict"}))
    assert any("versionMatchStrategy Strict: after the swap nothing runs the instances of '1.0' any more" in one for one in made.warnings)


def test_a_version_in_names_that_is_left_out_is_said(azure: MockedAzure, tmp_path: Path) -> None:
    by_name(azure, args(names(tmp_path / "old", "Order_v1", "Order_v2"), "a"))
    made = by_name(azure, args(names(tmp_path / "new", "Order_v2", "Order_v3"), "b"))
    assert any("the new package lacks orchestrators that production's package has: Order_v1." in one for one in made.warnings)
