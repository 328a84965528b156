"""A role that was granted a moment ago is not there yet: the data plane says 403 for some minutes (docs: "Troubleshoot Azure RBAC")."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from azure.core.exceptions import HttpResponseError

PATIENCE = 600.0
"""Seconds in all."""
PAUSE = 10.0

_Result = TypeVar("_Result")


def patient(
    call: Callable[[], _Result],
    waiting: Callable[[datetime], None],
    *,
    pause: Callable[[float], None] = time.sleep,
    patience: float = PATIENCE,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> _Result:
    """Repeats `call` while the answer is 403. `waiting` is told since when. Raises the 403 at the end, and anything else at once."""
    since, waited = now(), 0.0
    while True:
        try:
            return call()
        except HttpResponseError as error:
            if error.status_code != 403 or waited >= patience:
                raise
        waiting(since)
        pause(PAUSE)
        waited += PAUSE


__all__ = ["PATIENCE", "PAUSE", "patient"]
