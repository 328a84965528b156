from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from benchmarks.taskhubs.emulator import Emulator, emulator
from benchmarks.taskhubs.paging_server import PagingServer
from benchmarks.taskhubs.rows import rows
from tests.taskhub.hubs import AzuriteHub


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "azurite" in getattr(item, "fixturenames", ()):
            item.add_marker("azurite")


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One Azurite for all tests here; hubs of its own for each, and one of 100,000 ended instances."""
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    with emulator(tmp_path_factory.mktemp("hubs"), {"BigInstances": rows(100_000, hub="Big")}) as running:
        yield running


@pytest.fixture
def hub(azurite: Emulator) -> AzuriteHub:
    """An empty one, as an app's first start leaves it."""
    return AzuriteHub.make(azurite)


@pytest.fixture
def paging() -> Iterator[PagingServer]:
    """With an empty hub `Orders`."""
    server = PagingServer(examined=100)
    server.tables["OrdersInstances"] = []
    server.queues = {f"orders-{name}": 0 for name in ("control-00", "control-01", "control-02", "control-03", "workitems")}
    with server.running():
        yield server
