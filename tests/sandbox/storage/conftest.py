from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from sandbox.world import Sandbox
from tests.sandbox.storage.cloud import ROLE_DELAY, Account, Clock, Cloud


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "cloud" in getattr(item, "fixturenames", ()):
            item.add_marker("azurite")


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """One Azurite for all tests here; each makes accounts of its own in it."""
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    clock = Clock()
    with Sandbox(clock=clock, role_delay=ROLE_DELAY) as sandbox:
        yield Cloud(sandbox, clock)


@pytest.fixture(autouse=True)
def _no_faults_stay(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "cloud" in request.fixturenames:
        request.getfixturevalue("cloud").sandbox.plane.faults.clear()


@pytest.fixture
def account(cloud: Cloud) -> Account:
    return cloud.account()


@pytest.fixture
def keyless(cloud: Cloud) -> Account:
    return cloud.account(keys=False)
