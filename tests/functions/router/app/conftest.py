"""The interpreter of the real worker: without one a test fails in CI, and elsewhere it is skipped, and the end of the run says so once more."""

from __future__ import annotations

import pytest

from .interpreter import HOW, is_required, newer_python

_missing = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def python(pytestconfig: pytest.Config) -> str:
    """An interpreter of 3.13 or newer."""
    found = newer_python()
    if found is not None:
        return found
    if is_required():
        pytest.fail(f"the real worker library is required here: {HOW}", pytrace=False)
    pytestconfig.stash[_missing] = HOW
    pytest.skip(f"NO PYTHON 3.13: {HOW}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reason = config.stash.get(_missing, None)
    if reason is not None:
        terminalreporter.section("THE ROUTER WAS NOT RUN BY THE REAL WORKER LIBRARY", sep="!", red=True, bold=True)
        terminalreporter.line(reason, red=True)
