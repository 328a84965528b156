"""One app in a few versions of either kind, and the small Azure at a point that many tests begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..mocked_azure import MockedAzure
from .apps import both, of, orchestration


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No test changes it."""
    return both(tmp_path_factory.mktemp("versions"))


@pytest.fixture
def azure() -> MockedAzure:
    """Nothing was deployed yet."""
    return MockedAzure()


@pytest.fixture(scope="session")
def _staged(app: Path) -> MockedAzure:
    azure = MockedAzure()
    orchestration(azure, of(app, "1.0"))
    orchestration(azure, of(app, "2.0"))
    return azure


@pytest.fixture
def staged(_staged: MockedAzure) -> MockedAzure:
    """Orchestration version 1.0 in production, 2.0 in staging."""
    return _staged.copy()


@pytest.fixture
def swapped(staged: MockedAzure) -> MockedAzure:
    """Orchestration version 2.0 in production, 1.0 in staging; clients still start 1.0."""
    staged.swap("staging")
    return staged
