"""What a release remembers of itself, beside its lease: enough for the next one to go on, and for a rollback to know its window.

Written before and after every step, so that a kill is told: a step that began and did not end. It is an aid for sentences and for what
can't be read from Azure (was the hook called, when did the gate pass). What is live decides; the record never does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from .steps import Kind, Step


class Outcome(StrEnum):
    DONE = "done"
    ROLLED_BACK = "rolled back"
    STOPPED = "stopped"
    """By a step that failed, or by Ctrl-C. The same command goes on."""


class _Kept(BaseModel):
    # Fields of a later version are dropped, not refused: an older command must still be able to read the record.
    model_config = ConfigDict(frozen=True, extra="ignore")


class StepKept(_Kept):
    kind: Kind
    slot: str | None = None
    started: AwareDatetime
    ended: AwareDatetime | None = None


class SwapKept(_Kept):
    at: AwareDatetime
    """When Azure had said that it is complete; before that, when it was asked for."""
    complete: bool
    slot: str
    """What changed places with production."""
    versions: dict[str, str | None]
    """Slot -> version after the swap."""
    packages: list[str]
    """Of the version before and after: neither may be removed as long as the swap can be undone."""


class Record(_Kept):
    id: str
    stack: str
    version_from: str | None
    version_to: str
    mode: str
    started: AwareDatetime
    steps: list[StepKept] = []
    gate_passed: AwareDatetime | None = None
    """When the last clean look at production's hub began: whatever was created later is a late starter."""
    swap: SwapKept | None = None
    outcome: Outcome | None = None
    """None: under way, or killed."""
    ended: AwareDatetime | None = None

    def began(self, step: Step, now: datetime) -> Record:
        return self.model_copy(update={"steps": [*self.steps, StepKept(kind=step.kind, slot=step.slot, started=now)]})

    def finished(self, step: Step, now: datetime) -> Record:
        """The last entry of that kind gets its end."""
        at = max((index for index, kept in enumerate(self.steps) if (kept.kind, kept.slot) == (step.kind, step.slot)), default=None)
        if at is None:
            return self
        steps = [kept.model_copy(update={"ended": now}) if index == at else kept for index, kept in enumerate(self.steps)]
        return self.model_copy(update={"steps": steps})

    def over(self, outcome: Outcome, now: datetime) -> Record:
        return self.model_copy(update={"outcome": outcome, "ended": now})

    def has_done(self, kind: Kind) -> bool:
        """Since the last swap, if there was one: a hook that was called before a swap that came to nothing has not been called for the next."""
        since = self.swap.at if self.swap is not None and kind in AFTER_THE_SWAP else self.started
        return any(kept.kind == kind and kept.ended is not None and kept.started >= since for kept in self.steps)

    def has_left_open(self, kind: Kind) -> bool:
        """Its last attempt at such a step was killed, or failed."""
        last = next((kept for kept in reversed(self.steps) if kept.kind == kind), None)
        return last is not None and last.ended is None

    @property
    def unfinished(self) -> StepKept | None:
        """The step during which the release was killed, if it was."""
        last = self.steps[-1] if self.steps else None
        return last if last is not None and last.ended is None and self.outcome is None else None

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


AFTER_THE_SWAP = (Kind.VERIFY, Kind.AFTER_SWAP, Kind.LATE_STARTERS)


def read_record(content: Mapping[str, Any] | None) -> Record | None:
    """None: there is none, or it is none of ours. A record is no truth, so a broken one stops nothing."""
    if not content:
        return None
    try:
        return Record.model_validate(content)
    except ValidationError:
        return None


__all__ = ["Outcome", "Record", "StepKept", "SwapKept", "read_record"]
