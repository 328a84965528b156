"""One embedded Azure with running code, and one team whose app is of the strategy orchestration versioning, per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import Sandbox

from .team import VersionedTeam


@pytest.fixture
def team(tmp_path: Path, engine: Path) -> Iterator[VersionedTeam]:
    with Sandbox(tmp_path / "azure", functions=True) as sandbox:
        yield VersionedTeam(tmp_path, sandbox, engine)
