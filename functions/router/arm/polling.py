"""Operations that go on after ARM's answer: waited for, a while, and found again by whoever comes later.

Microsoft docs, "Track asynchronous Azure operations": `Azure-AsyncOperation` names a status, `Location` answers 202 until the end; a body
with `provisioningState` tells it by itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .client import WEB, Answer, ArmClient
from .problems import OperationFailed, StillRunning
from .retrying import LONGEST, retry_after

PATIENCE = 90.0
"""Seconds that a step waits for one operation."""
EVERY = 2.0
_GOOD = ("succeeded",)
_BAD = ("failed", "canceled", "cancelled")


async def finished(arm: ArmClient, answer: Answer, what: str, *, version: str = WEB, patience: float = PATIENCE) -> Answer:
    """The last answer. Raises OperationFailed with Azure's words, and StillRunning after `patience` seconds of waiting."""
    waited = 0.0
    status_url, location = answer.header("Azure-AsyncOperation"), answer.header("Location")
    if answer.status not in (201, 202) or (status_url is None and (answer.status == 201 or location is None)):
        _refuse_failure(what, answer.body)
        return answer
    where = status_url or location
    assert where is not None
    latest = answer
    while True:
        asked = retry_after(latest.headers, datetime.now(UTC))
        seconds = min(EVERY if asked is None else max(asked, 0.1), LONGEST)
        if waited + seconds > patience:
            raise StillRunning(f"{what} goes on in Azure")
        await arm.pause(seconds)
        waited += seconds
        latest = await arm.request("GET", where, version=version)
        if _has_ended(what, latest, is_status=status_url is not None):
            return latest


def _has_ended(what: str, latest: Answer, *, is_status: bool) -> bool:
    if not is_status:
        if latest.status == 202:
            return False
        _refuse_failure(what, latest.body)
        return True
    state = str((latest.body or {}).get("status") or "").lower() if isinstance(latest.body, dict) else ""
    if state in _BAD:
        raise OperationFailed(409, *_words(what, latest.body))
    return state in _GOOD


def _refuse_failure(what: str, body: Any) -> None:
    properties = body.get("properties") if isinstance(body, dict) else None
    state = properties.get("provisioningState") if isinstance(properties, dict) else None
    if str(state).lower() in _BAD:
        raise OperationFailed(409, *_words(what, body))


def _words(what: str, body: Any) -> tuple[str, str]:
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return str(error.get("code") or ""), f"{what} failed: {error.get('message') or 'Azure gives no reason'}"
    return "", f"{what} failed: {error or 'Azure gives no reason'}"


__all__ = ["EVERY", "PATIENCE", "finished"]
