"""Four slots, and swaps of any two of them: the live state is a permutation, and no release or update may tear a bundle apart."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.sampling import seed, story

from .azure import Azure
from .packages import deployment, write_app
from .project import Project

pytestmark = [pytest.mark.engine, *story("four slots")]


def test_four_slots_keep_their_bundles_through_five_rounds_of_releases_and_swaps(azure: Azure, project: Project, app: Path) -> None:
    random = Random(seed())
    slots = ["red", "north", "last"]
    project.args(deployment(app, slots=slots))
    project.up()
    for round in range(2, 7):
        version = f"{round}.0.0"
        if not (app / version).exists():
            write_app(app / version, version)
        free = next((slot for slot in slots if azure.bundle(slot)[1] is None), None) or random.choice(slots)
        project.args(deployment(app, version, slots=slots, **({"replace": held} if (held := azure.bundle(free)[1]) else {})))
        project.up("--refresh")
        assert azure.bundle(free)[1] == version
        for first, second in (random.sample(["production", *slots], 2) for _ in range(2)):
            azure.swap(*((second, first) if first == "production" else (first, second)))
            assert len({account for account, _ in azure.bundles().values()}) == 4
        if round in (3, 6):
            project.preview("--refresh", "--expect-no-changes")
        assert azure.lost_packages() == []
