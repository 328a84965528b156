"""What all tests share: the real Pulumi engine, and the seed of sampled fault matrices."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.sampling import SEED_VARIABLE, seed
from tools.engine import EngineError, ensure_engine

REQUIRED = ("CI", "DURABLE_DEPLOY_REQUIRE_ENGINE")

_missing = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    # A run in the background of a script ignores SIGINT, and so would every process that a test interrupts. One that is caught is reset for them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Set before xdist starts its workers, so that all of them collect the same sample.
    os.environ[SEED_VARIABLE] = str(seed())


@pytest.fixture(autouse=True)
def _event_loop() -> None:
    """Outputs that a test makes by itself need a loop, and `asyncio.run` of any test before has taken the thread's own away."""
    try:
        asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        asyncio.set_event_loop(asyncio.new_event_loop())


def pytest_report_header() -> str:
    return f"fault matrices sampled with {SEED_VARIABLE}={seed()}"


def pytest_itemcollected(item: pytest.Item) -> None:
    if "engine" in getattr(item, "fixturenames", ()):
        item.add_marker("engine")


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> Path:
    """The folder that holds `pulumi` and a Python language host; built once if need be, with progress on the screen.

    Without an engine the test fails where one is required (CI=true or DURABLE_DEPLOY_REQUIRE_ENGINE=1), else it is skipped
    and the end of the run says so once more.
    """
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    try:
        with capture.global_and_fixture_disabled():
            return ensure_engine() / "bin"
    except EngineError as error:
        if any(os.environ.get(name, "").lower() in {"1", "true"} for name in REQUIRED):
            pytest.fail(f"the Pulumi engine is required here: {error}", pytrace=False)
        pytestconfig.stash[_missing] = str(error)
        pytest.skip(f"NO PULUMI ENGINE: {error}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reason = config.stash.get(_missing, None)
    if reason is not None:
        terminalreporter.section("TESTS OF THE REAL ENGINE WERE SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.line(reason, red=True)
