"""One app in a few versions, and a small Azure per test: empty, or at a point that many tests begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from .apps import arguments, versions
from .deploying import deploy
from .mocked_azure import MockedAzure


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per version of one app: 1.0.0, 2.0.0, 3.0.0. No test changes it."""
    return versions(tmp_path_factory.mktemp("app"), "1.0.0", "2.0.0", "3.0.0")


@pytest.fixture
def azure() -> MockedAzure:
    """Nothing was deployed yet."""
    return MockedAzure()


@pytest.fixture(scope="session")
def _deployed(app: Path) -> MockedAzure:
    azure = MockedAzure()
    deploy(azure, arguments(app, "1.0.0"))
    return azure


@pytest.fixture(scope="session")
def _staged(app: Path, _deployed: MockedAzure) -> MockedAzure:
    azure = _deployed.copy()
    deploy(azure, arguments(app, "2.0.0"))
    return azure


@pytest.fixture
def deployed(_deployed: MockedAzure) -> MockedAzure:
    """1.0.0 on blue in production, staging on green and empty."""
    return _deployed.copy()


@pytest.fixture
def staged(_staged: MockedAzure) -> MockedAzure:
    """1.0.0 on blue in production, 2.0.0 on green in staging."""
    return _staged.copy()


@pytest.fixture
def swapped(staged: MockedAzure) -> MockedAzure:
    """2.0.0 on green in production, 1.0.0 on blue in staging."""
    staged.swap("staging")
    return staged
