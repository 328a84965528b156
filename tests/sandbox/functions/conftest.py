from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import Sandbox
from tests.sandbox.functions.apps import Azure, Wait


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and {"azure", "manual"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("azurite")


@pytest.fixture(scope="module")
def azure() -> Iterator[Azure]:
    """One sandbox with processes for all tests of a file; with it all their processes end."""
    _require_node()
    with Sandbox(functions=True) as sandbox:
        yield Azure(sandbox)


@pytest.fixture(scope="module")
def manual() -> Iterator[Azure]:
    """One whose swaps stand still between their phases, and whose durable timers run an hour in a second."""
    _require_node()
    with Sandbox(functions=True, swapping="manual", timer_speed=3600) as sandbox:
        yield Azure(sandbox)


@pytest.fixture
def eventually() -> Wait:
    """Asks again until the answer is true, for what another process does in its own time; fails after a minute."""

    def ask(question: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 60
        while not (answer := question()):
            assert time.monotonic() < deadline, "it did not come true within a minute"
            time.sleep(0.05)
        return answer

    return ask


def _require_node() -> None:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
