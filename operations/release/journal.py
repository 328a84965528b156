"""The record of the release that is under way, written at each change."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from .hands import Hands
from .record import Outcome, Record, SwapKept
from .steps import Kind, Step
from .world import PRODUCTION, Options, World


class Journal:
    def __init__(self, record: Record, hands: Hands, *, deployed: bool) -> None:
        self.record = record
        self._hands = hands
        self._deployed = deployed
        """False until the very first `pulumi up` has made the account that records lie in."""

    @classmethod
    def of(cls, world: World, options: Options, hands: Hands) -> Self:
        """Goes on with a release of the same version that was killed or stopped: same id, so that hooks can tell. Else a new one."""
        old = world.record
        if old is not None and old.version_to == world.wanted and old.outcome in (None, Outcome.STOPPED):
            record = old.model_copy(update={"outcome": None, "ended": None, "mode": options.mode})
        else:
            version_from = world.production.version if world.slots else None
            record = Record(
                id=hands.new_id(),
                stack=world.stack,
                version_from=version_from if version_from != world.wanted else None,
                version_to=world.wanted,
                mode=options.mode,
                started=hands.now(),
                swap=None if old is None else old.swap,  # until this one has made its own, the last is that
            )
        return cls(record, hands, deployed=bool(world.slots))

    def began(self, step: Step) -> None:
        self._keep(self.record.began(step, self._hands.now()))

    def finished(self, step: Step) -> None:
        self._deployed = self._deployed or step.kind in (Kind.DEPLOY, Kind.SETTINGS)
        self._keep(self.record.finished(step, self._hands.now()))

    def gate_passed(self, at: datetime) -> None:
        self._keep(self.record.model_copy(update={"gate_passed": at}))

    def swapped(self, swap: SwapKept, **changes: Any) -> None:
        self._keep(self.record.model_copy(update={"swap": swap, **changes}))

    def swap_seen(self) -> None:
        """A swap that this release asked for before it was killed has taken place."""
        swap = self.record.swap
        if swap is not None and not swap.complete and swap.versions.get(PRODUCTION) == self.record.version_to:
            self._hands.remember(f"release of {self.record.version_to}")
            self.swapped(swap.model_copy(update={"complete": True}))

    def stopped(self) -> None:
        """By a step that failed. What was decided before (rolled back) stays."""
        if self.record.outcome is None:
            self.over(Outcome.STOPPED)

    def over(self, outcome: Outcome) -> None:
        self._keep(self.record.over(outcome, self._hands.now()))

    def _keep(self, record: Record) -> None:
        self.record = record
        if self._deployed:
            self._hands.keep(record)


__all__ = ["Journal"]
