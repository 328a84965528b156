"""An app of two slots in an embedded Azure, with storage in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.world import Sandbox

from .site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Sandbox(storage="memory") as sandbox:
        yield Site(sandbox)
