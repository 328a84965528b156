"""Which answers of ARM are asked for again, and when. Nothing else is.

429: throttled, nothing was done (docs: "Understand how Azure Resource Manager throttles requests"). 5xx: something went wrong, and what
was asked for may have been done all the same. 409 with "in progress": another operation holds the site, and ends by itself
(azure-pipelines-tasks#11384). Any other 409 stays what it is, however long one waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import tenacity

PATIENCE = 600.0
"""Seconds that are waited in all, for one request."""
LONGEST = 60.0
"""Seconds between two attempts at most, also where Azure asks for more."""


class Again(Exception):
    """Raised for an answer that is worth another attempt."""

    def __init__(self, reason: str, after: float | None, cause: Exception) -> None:
        super().__init__(reason)
        self.after = after
        self.cause = cause


def is_worth_another(status: int, text: str, *, repeatable: bool) -> bool:
    """`repeatable`: doing it twice is the same as doing it once. Where it is not, only what certainly was not done is asked for again."""
    if status == 429:
        return True
    if not repeatable:
        return False
    return status == 408 or status >= 500 or (status == 409 and says_in_progress(text))


def says_in_progress(text: str) -> bool:
    lower = text.lower()
    return "in progress" in lower or "inprogress" in lower


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the answer asks for; None if it doesn't say, or not in a way that can be read."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), None)
    if value is None:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def attempts(pause: Callable[[float], None], patience: float, say: Callable[[str, float], None]) -> tenacity.Retrying:
    """Repeats what raises Again until `patience` seconds were waited. `say` is told the reason and the seconds until the next attempt."""
    backoff = tenacity.wait_exponential(multiplier=1, max=30)

    def wait(state: tenacity.RetryCallState) -> float:
        problem = _problem(state)
        asked = problem.after if problem is not None else None
        return min(max(asked if asked is not None else backoff(state), 1.0), LONGEST)

    def before(state: tenacity.RetryCallState) -> None:
        say(str(_problem(state)), state.next_action.sleep if state.next_action else 0.0)

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Again),
        stop=lambda state: state.idle_for >= patience,
        wait=wait,
        sleep=pause,
        before_sleep=before,
        reraise=True,
    )


def _problem(state: tenacity.RetryCallState) -> Again | None:
    error: Any = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, Again) else None


__all__ = ["LONGEST", "PATIENCE", "Again", "attempts", "is_worth_another", "retry_after", "says_in_progress"]
