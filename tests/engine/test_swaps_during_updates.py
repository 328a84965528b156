"""Somebody swaps in the middle of an update, after each of its writes in turn, or right before it.

Code and storage are never separated. If two slots ended on one task hub, which can't be ruled out from inside a Pulumi program, the
update says so and ends failed; the next one mends it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.arm import Fault, Write
from tests.sampling import sampled

from .azure import Azure
from .invariants import assert_code_kept_its_storage, assert_no_two_slots_share_a_hub
from .packages import deployment
from .project import Outcome, Project
from .stories import green_is_live, release_of_everything

pytestmark = pytest.mark.engine

WRITES = 7
"""Of an update that stages a version with another stack, and changes a tag and a setting of both slots."""


def test_the_matrix_covers_every_write(azure: Azure, project: Project, app: Path) -> None:
    ready(azure, project, app)
    start = len(azure.plane.journal)
    project.up("--refresh")
    assert len(azure.plane.journal) - start == WRITES


@pytest.mark.parametrize("write", sampled(range(1, WRITES + 1), count=1))
def test_a_swap_after_a_write_never_separates_code_and_storage(azure: Azure, project: Project, app: Path, write: int) -> None:
    ready(azure, project, app)
    outcome = up_with_a_swap_after(azure, project, write)
    assert_code_kept_its_storage(azure)
    assert_reported_or_apart(azure, outcome)
    project.args(wanted_now(azure, app))
    project.up("--refresh")
    assert_no_two_slots_share_a_hub(azure)
    project.preview("--refresh", "--expect-no-changes")


def test_a_swap_right_before_the_staging_settings_is_noticed_and_nothing_of_a_bundle_is_written(
    azure: Azure, project: Project, app: Path
) -> None:
    ready(azure, project, app)
    azure.plane.faults.add(Fault("put */containers/packages", call=azure.swap, after=True))
    start = len(azure.plane.journal)
    failed = project.up("--refresh", check=False)
    assert failed.code != 0
    assert "changed while this update ran" in failed.text or "another operation is in progress" in failed.text
    assert [
        write for write in azure.writes_since(start) if write == ("PUT", "Microsoft.Web/sites/orders/slots/staging/config/appsettings")
    ] == []
    assert azure.bundles() == {"production": ("ordersblue", "1.0.0"), "staging": ("ordersgreen", "2.0.0")}


def test_a_write_during_a_swap_is_refused_and_the_next_update_converges(azure: Azure, project: Project, app: Path) -> None:
    ready(azure, project, app)
    azure.plane.request("POST", f"{azure.site}/applySlotConfig", {"targetSlot": "staging", "preserveVnet": True}, caller="test")
    failed = project.up("--refresh", check=False)
    assert failed.code != 0 and "409" in failed.text
    azure.plane.request("POST", f"{azure.site}/resetSlotConfig", {}, caller="test")
    project.up("--refresh")
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "3.0.0")}
    assert_code_kept_its_storage(azure)


def ready(azure: Azure, project: Project, app: Path) -> None:
    """2.0.0 on green in production, 1.0.0 on blue in staging; the next `up` stages 3.0.0 and touches both slots."""
    green_is_live(azure, project, app)
    project.args(release_of_everything(app))


def wanted_now(azure: Azure, app: Path) -> dict[str, object]:
    """What a person asks for next: the version that production has, with the changed setting and tag."""
    version = azure.bundle()[1]
    assert version is not None
    stack = {"runtime": "PYTHON|3.12"} if version == "3.0.0" else {}
    return {**deployment(app, version, **stack), "site_tag": "new", "settings": {"GREETING": "hello"}}


def up_with_a_swap_after(azure: Azure, project: Project, number: int) -> Outcome:
    seen = 0

    def swap(write: Write) -> None:
        nonlocal seen
        if write.caller != "provider":
            return
        seen += 1
        if seen == number:
            azure.swap()

    end = azure.plane.journal.subscribe(swap)
    try:
        return project.up("--refresh", check=False)
    finally:
        end()


def assert_reported_or_apart(azure: Azure, outcome: Outcome) -> None:
    accounts = [account for account, _ in azure.bundles().values()]
    if len(set(accounts)) < len(accounts):
        assert outcome.code != 0 and "both name the task hub of bundle" in outcome.text, outcome.text
