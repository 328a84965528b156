"""Whether a slot's Functions host runs, and that Azure knows the triggers of its code: asked through Resource Manager.

A fresh app answers 503, or 400 "from host runtime", for minutes after Azure has said that it is done (azure-functions-host#6863); so do apps
whose identity was given its role on the package a moment ago. Code that runs from a package's URL is told to the scale controller only
when triggers are synced (Microsoft docs, "Deployment technologies in Azure Functions", trigger syncing).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..azure import Arm, ArmFailed
from ..problem import UNEXPECTED, OperationProblem

PATIENCE = 600.0
"""Seconds for a slot to run: a cold start, a restart, and a role assignment that still has to be seen."""
EVERY = 5.0

Waiting = Callable[[str, datetime, str], None]


@dataclass(frozen=True)
class HostState:
    running: bool
    detail: str


class Host:
    """`slot_id` is the ARM id of the site or slot. `waiting` is told what is waited for, since when, and what the host says."""

    def __init__(
        self,
        arm: Arm,
        slot: str,
        slot_id: str,
        *,
        waiting: Waiting = lambda _what, _since, _detail: None,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        self._arm, self._slot, self._id = arm, slot, slot_id
        self._waiting, self._pause, self._clock, self._patience = waiting, pause, clock, patience

    def sync(self) -> None:
        """Raises OperationProblem if the host does not take it within the patience."""
        self._until(
            self._synced, f"slot '{self._slot}' to tell Azure its triggers", "The triggers of slot '{slot}' could not be synced: {detail}"
        )

    def wait_until_running(self) -> None:
        """Raises OperationProblem with what the host says of itself."""
        self._until(self._state, f"slot '{self._slot}' to run", "Slot '{slot}' does not run: {detail}")

    def _until(self, look: Callable[[], HostState], what: str, failure: str) -> None:
        start, since, pause = self._clock(), datetime.now(UTC), 1.0
        while True:
            found = look()
            if found.running:
                return
            if self._clock() - start >= self._patience:
                sentence = failure.format(slot=self._slot, detail=found.detail)
                raise OperationProblem(f"{sentence} Nothing was swapped. Its log says more; when it is mended, run this again.", UNEXPECTED)
            self._waiting(what, since, found.detail)
            self._pause(min(pause, self._patience - (self._clock() - start)))
            pause = min(EVERY, 2 * pause)

    def _state(self) -> HostState:
        try:
            body = self._arm.request("GET", f"{self._id}/hostruntime/admin/host/status", repeatable=False).body
        except ArmFailed as error:
            return self._not_yet(error)
        return state_of(body)

    def _synced(self) -> HostState:
        try:
            self._arm.request("POST", f"{self._id}/host/default/sync", repeatable=False)
        except ArmFailed as error:
            return self._not_yet(error)
        return HostState(True, "")

    def _not_yet(self, error: ArmFailed) -> HostState:
        """Of the host's own answers every one may be another in a minute; of Azure's, a missing right will not."""
        if error.status in (401, 403, 404) and "host runtime" not in error.message:
            raise error
        return HostState(False, str(error))


def state_of(body: Any) -> HostState:
    """From the host's own status (Azure/azure-functions-host, `HostStatus`): `state`, and `errors` if it has any."""
    if not isinstance(body, dict):
        return HostState(False, "its host gave no status")
    state, errors = str(body.get("state") or "unknown"), [str(one) for one in body.get("errors") or []]
    if state == "Running" and not errors:
        return HostState(True, state)
    return HostState(False, f"its host is '{state}'" + (f" and says: {' '.join(errors)}" if errors else ""))


__all__ = ["EVERY", "PATIENCE", "Host", "HostState", "state_of"]
