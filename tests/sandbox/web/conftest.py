from __future__ import annotations

import pytest

from .azure import Azure


@pytest.fixture
def azure() -> Azure:
    """A plan (P0v3), the site `orders` and its slot `staging`. Swaps move only when a test says so."""
    return Azure().with_site("staging")
