"""One embedded Azure with running code, and one team, per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import Sandbox

from .team import Team

TIMER_SPEED = 60.0
"""The five minutes in which an order can be withdrawn take five seconds."""


@pytest.fixture
def team(tmp_path: Path, engine: Path) -> Iterator[Team]:
    with Sandbox(tmp_path / "azure", functions=True, timer_speed=TIMER_SPEED) as sandbox:
        yield Team(tmp_path, sandbox, engine)
