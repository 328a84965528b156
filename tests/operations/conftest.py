"""A small program of azure-native resources, run and killed by the real engine against an embedded Azure with storage in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import Sandbox

from .killing import Things


@pytest.fixture
def things(engine: Path, tmp_path: Path) -> Iterator[Things]:
    with Sandbox(tmp_path / "azure", storage="memory") as sandbox:
        yield Things(sandbox, tmp_path / "project", engine)
