"""Each write of an update fails in turn: the update fails, nothing lost its storage, and the next one converges without any repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.arm import ArmError, Fault
from tests.sampling import sampled

from .azure import Azure
from .invariants import assert_code_kept_its_storage, assert_no_two_slots_share_a_hub
from .project import Project
from .stories import green_is_live, release_of_everything

pytestmark = pytest.mark.engine

REQUESTS = 6
"""Writing requests of an update that stages a version with another stack, and changes a tag and a setting of both slots.

One less than there are writes: a site's runtime stack is written with the site.
"""


@pytest.mark.parametrize("number", sampled(range(1, REQUESTS + 1), count=1))
def test_an_update_whose_write_failed_is_finished_by_the_next(azure: Azure, project: Project, app: Path, number: int) -> None:
    green_is_live(azure, project, app)
    project.args(release_of_everything(app))

    fail_request(azure, number)
    failed = project.up("--refresh", check=False)
    assert failed.code != 0 and "Status=500" in failed.text
    assert azure.bundle("production") == ("ordersgreen", "2.0.0")
    assert_no_two_slots_share_a_hub(azure)

    azure.plane.faults.clear()
    project.up("--refresh")
    assert azure.bundles() == {"production": ("ordersgreen", "2.0.0"), "staging": ("ordersblue", "3.0.0")}
    assert (azure.stack("production"), azure.stack("staging")) == ("PYTHON|3.11", "PYTHON|3.12")
    assert {slot: azure.settings(slot)["GREETING"] for slot in azure.bundles()} == {"production": "hello", "staging": "hello"}
    project.preview("--refresh", "--expect-no-changes")
    assert_code_kept_its_storage(azure)


def test_the_matrix_covers_every_writing_request(azure: Azure, project: Project, app: Path) -> None:
    green_is_live(azure, project, app)
    project.args(release_of_everything(app))
    requests = fail_request(azure, number=0)
    project.up("--refresh")
    assert len(requests) == REQUESTS


def fail_request(azure: Azure, number: int) -> list[int]:
    """Answers the `number`-th PUT from now on with 500, and does not carry it out. Returns the list that grows with each."""
    seen: list[int] = []

    def strike() -> None:
        seen.append(len(seen) + 1)
        if len(seen) == number:
            raise ArmError(500, "InternalServerError", "a fault that a test asked for")

    azure.plane.faults.add(Fault("put *", times=1000, call=strike))
    return seen
