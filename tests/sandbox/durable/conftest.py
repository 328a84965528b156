from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.durable import HubOptions
from sandbox.world import Sandbox
from tests.sandbox.durable.taskhub import TaskHub
from tests.sandbox.storage.cloud import Account, Clock, Cloud

BLOBS = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
QUEUES = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
TABLES = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "durable_account" in getattr(item, "fixturenames", ()):
            item.add_marker("azurite")
            # The SDK warns of an event that nobody waits for yet, and of an answer that came twice. Neither is a mistake.
            item.add_marker(pytest.mark.filterwarnings("ignore:Potential duplicate Task completion"))
            # Said once in a process, of every app that does not name the types of its payloads.
            item.add_marker(pytest.mark.filterwarnings("ignore:azure.functions df_loads was called without expected_type"))


@pytest.fixture(scope="session")
def durable_cloud() -> Iterator[Cloud]:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    clock = Clock()
    with Sandbox(clock=clock) as sandbox:
        yield Cloud(sandbox, clock)


@pytest.fixture(scope="session")
def durable_account(durable_cloud: Cloud) -> Account:
    """With the roles that the docs ask for: see "Configure Durable Functions with managed identity"."""
    account = durable_cloud.account(name="durabletests")
    for role in (BLOBS, QUEUES, TABLES):
        durable_cloud.grant(role, account.id)
    return account


MakeHub = Callable[..., TaskHub]


@pytest.fixture
def make_hub(durable_account: Account) -> Iterator[MakeHub]:
    """Hubs of their own names; whatever works on them ends with the test."""
    made: list[TaskHub] = []

    def make(**options: Any) -> TaskHub:
        endpoints = {service: url.rstrip("/") for service, url in durable_account.sandbox.storage.endpoints(durable_account.name).items()}
        values: dict[str, Any] = {"hub": f"Hub{next(_numbers)}", **endpoints, "partition_count": 2, "timer_speed": 3600.0, **options}
        made.append(TaskHub(durable_account, HubOptions(**values)))
        return made[-1]

    yield make
    for hub in made:
        hub.close()


@pytest.fixture
def taskhub(make_hub: MakeHub) -> TaskHub:
    """Two partitions; an hour of a durable timer takes a second."""
    return make_hub()
