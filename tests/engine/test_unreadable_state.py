"""What runs in production can't be established: an update fails with the reason and writes nothing, a dry run says what is unknown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.arm import Fault
from tests.sampling import sampled

from .azure import Azure
from .packages import deployment
from .project import Project
from .stories import green_is_live

pytestmark = pytest.mark.engine

LIST = "post */sites/orders/config/appsettings/list"
UNREADABLE = [
    ("no right", Fault(LIST, times=9, status=403, code="AuthorizationFailed", message="no action config/list"), "AuthorizationFailed"),
    ("an error of Azure's", Fault(LIST, times=9, status=500, code="InternalServerError", message="sorry"), "Status=500"),
    ("a time-out", Fault(LIST, times=9, status=504, code="GatewayTimeout", message="no answer in time"), "GatewayTimeout"),
    ("a dropped connection", Fault(LIST, times=9, drop=True), "EOF"),
    ("an answer without sense", Fault(LIST, times=9, garbage="<html>busy</html>"), "unexpected response"),
    (
        "a subscription that is not found",
        Fault(LIST, times=9, status=404, code="SubscriptionNotFound", message="no such subscription"),
        "SubscriptionNotFound",
    ),
]


@pytest.mark.parametrize(("fault", "reason"), sampled([pytest.param(*values, id=name) for name, *values in UNREADABLE], count=2))
def test_an_update_fails_and_writes_nothing_and_a_dry_run_says_what_is_unknown(
    azure: Azure, project: Project, app: Path, fault: Fault, reason: str
) -> None:
    green_is_live(azure, project, app)
    project.args({**deployment(app, "3.0.0", replace="1.0.0"), "site_tag": "another"})
    start = len(azure.plane.journal)
    azure.plane.faults.add(replace(fault))

    failed = project.up(check=False)
    assert failed.code != 0
    assert reason in failed.text and "nothing was written" in failed.text
    assert azure.writes_since(start) == []

    shown = project.preview("--diff")
    assert reason in shown.text and "shown as unknown" in shown.text and "Microsoft.Web/sites/config/list/action" in shown.text
    assert azure.writes_since(start) == []
    azure.plane.faults.clear()
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}


def test_one_false_not_found_while_a_task_hub_exists_stops_the_update(azure: Azure, project: Project, app: Path) -> None:
    green_is_live(azure, project, app)
    azure.sandbox.storage.create_table("ordersgreen", "ordersTasksInstances")
    azure.plane.faults.add(
        Fault("post */sites/orders/*config/appsettings/list", times=2, status=404, code="ResourceNotFound", message="not found")
    )
    start = len(azure.plane.journal)
    failed = project.up(check=False)
    assert failed.code != 0
    assert "a task hub exists in the storage of 'green'" in failed.text and "durable.initial_bundle" in failed.text
    assert azure.writes_since(start) == []


def test_one_false_not_found_of_production_alone_contradicts_its_slot(azure: Azure, project: Project, app: Path) -> None:
    green_is_live(azure, project, app)
    azure.plane.faults.add(Fault(LIST, status=404, code="ResourceNotFound", message="not found"))
    start = len(azure.plane.journal)
    failed = project.up(check=False)
    assert failed.code != 0 and "one of the two answers is false" in failed.text
    assert azure.writes_since(start) == []


def test_a_false_not_found_before_any_hub_exists_is_noticed_before_settings_are_written(azure: Azure, project: Project, app: Path) -> None:
    green_is_live(azure, project, app)
    start = len(azure.plane.journal)
    azure.plane.faults.add(
        Fault("post */sites/orders/*config/appsettings/list", times=2, status=404, code="ResourceNotFound", message="no")
    )
    failed = project.up(check=False)
    assert failed.code != 0 and "changed while this update ran" in failed.text
    assert [id for _, id in azure.writes_since(start) if id.endswith("config/appsettings")] == []
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}


def test_a_site_that_is_gone_while_green_was_live_asks_for_the_initial_bundle(azure: Azure, project: Project, app: Path) -> None:
    green_is_live(azure, project, app)
    azure.sandbox.storage.create_table("ordersgreen", "ordersTasksInstances")
    azure.plane.request("DELETE", azure.site, caller="test")
    start = len(azure.plane.journal)
    failed = project.up("--refresh", check=False)
    assert failed.code != 0 and "the site was not found, but a task hub exists in the storage of 'green'" in failed.text
    assert azure.writes_since(start) == []

    wanted = deployment(app, "2.0.0")
    wanted["durable"] = {"initial_bundle": "green"}
    project.args(wanted)
    project.up("--refresh")
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", None)}


def test_another_subscription_stops_the_update(azure: Azure, project: Project, app: Path) -> None:
    green_is_live(azure, project, app)
    project.run("config", "set", "azure-native:subscriptionId", "00000000-0000-4000-8000-00000000beef")
    start = len(azure.plane.journal)
    failed = project.up(check=False)
    assert failed.code != 0
    assert azure.writes_since(start) == []
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "1.0.0")}


def test_a_plain_update_never_overwrites_a_version_that_a_slot_holds(azure: Azure, project: Project, app: Path) -> None:
    green_is_live(azure, project, app)
    project.args(deployment(app, "3.0.0"))
    start = len(azure.plane.journal)
    failed = project.up(check=False)
    assert failed.code != 0
    assert "no slot is free for version '3.0.0': slot 'staging' holds version '1.0.0'" in failed.text
    assert "operations gate --slot staging" in failed.text and "operations release" in failed.text
    assert azure.writes_since(start) == []
