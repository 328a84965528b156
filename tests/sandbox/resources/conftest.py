from __future__ import annotations

import pytest

from .azure import Azure


@pytest.fixture
def azure() -> Azure:
    """A resource group `rg` with a storage account `orders`. The clock stands still until a test moves it."""
    return Azure()
