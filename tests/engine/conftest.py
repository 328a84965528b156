"""One embedded Azure and one project per test; storage in memory unless a test asks for the real emulator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.world import Sandbox

from .azure import Azure
from .packages import write_app
from .project import Project


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    with Sandbox(tmp_path / "azure", storage="memory") as sandbox:
        yield Azure(sandbox)


@pytest.fixture
def project(azure: Azure, engine: Path, tmp_path: Path) -> Project:
    return Project(tmp_path / "project", azure.sandbox.environment(), engine)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder of versions of one app: `write_app(app / "1.0.0", "1.0.0")`."""
    write_app(tmp_path / "app" / "1.0.0", "1.0.0")
    write_app(tmp_path / "app" / "2.0.0", "2.0.0")
    write_app(tmp_path / "app" / "3.0.0", "3.0.0")
    return tmp_path / "app"
