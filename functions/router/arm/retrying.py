"""Which answers of ARM are asked for again within one request, and when. Pure.

429: throttled, nothing was done (Microsoft docs, "Understand how Azure Resource Manager throttles requests"). 5xx, 408 and no answer: it may
have been done; every request of the router may be repeated. 409 with "in progress": another operation holds the site, and ends by itself
(azure-pipelines-tasks#11384). Any other 409 stays what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ATTEMPTS = 4
"""Of one request. What fails longer is the next pass's business."""
LONGEST = 10.0
"""Seconds that are waited in between. A longer Retry-After ends the step, and the line is due again then."""
THROTTLED = (429, 503)
"""Statuses whose Retry-After is the service's own wish, and counts for every request of this router."""


def is_worth_another(status: int | None, text: str) -> bool:
    """`status` None: no answer came."""
    return status is None or status in (408, 429) or status >= 500 or (status == 409 and says_in_progress(text))


def says_in_progress(text: str) -> bool:
    lower = text.lower()
    return "in progress" in lower or "inprogress" in lower


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the answer asks for, 0 at least; None if it doesn't say, or not in a way that can be read."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), None)
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    # "nan" and "inf" are floats too; a day is as good as for ever.
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else None


def pause_before(attempt: int, asked: float | None) -> float | None:
    """Seconds before the attempt with this number, from 2 on; None: not within this request."""
    seconds = asked if asked is not None else 2.0 ** (attempt - 2)
    return None if attempt > ATTEMPTS or seconds > LONGEST else seconds


__all__ = ["ATTEMPTS", "LONGEST", "THROTTLED", "is_worth_another", "pause_before", "retry_after", "says_in_progress"]
