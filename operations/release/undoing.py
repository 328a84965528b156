"""The swap of a release, and the way back from it: who may take it, and what it leaves behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from taskhub import Finding, Reason

from ..problem import ROLLED_BACK, UNEXPECTED, OperationProblem
from ..swapping import TakenBack
from .hands import Hands
from .journal import Journal
from .late_starters import started_since
from .record import Outcome, SwapKept
from .targeting import entities_of
from .world import PRODUCTION, Options, World

WINDOW = timedelta(hours=24)
"""How long after a swap a release may take it back by itself."""


def swap_now(hands: Hands, journal: Journal, slot: str, wanted: str) -> None:
    """Written down as asked for, done, and written down as complete. A swap that Azure reverted ends in ROLLED_BACK, with what it left."""
    asked = hands.now()
    before, packages = dict(hands.versions()), hands.packages()
    after = {**before, PRODUCTION: before.get(slot), slot: before.get(PRODUCTION)}
    kept = SwapKept(
        at=asked,
        complete=False,
        slot=slot,
        versions=after,
        packages=[url for url in (packages.get(PRODUCTION), packages.get(slot)) if url],
    )
    journal.swapped(kept)
    try:
        hands.swap(slot)
    except TakenBack as problem:  # one that was refused, or of which nothing is known, is something else
        journal.over(Outcome.ROLLED_BACK)
        left = [f"  {one.id} of {one.name}: {one.status}" for one in started_since(hands.instances(slot, asked), asked)]
        more = [f"While it was tried, {wanted} took up in slot '{slot}', where it stays:", *left] if left else []
        head = f"Production still runs {before.get(PRODUCTION)}."
        raise OperationProblem((*problem.problems, head, *more), ROLLED_BACK) from None
    hands.remember(f"release of {wanted}")  # before it is complete: whoever finds it incomplete does this again
    journal.swapped(kept.model_copy(update={"at": hands.now(), "complete": True}))


class Undoing:
    def __init__(self, hands: Hands, options: Options, journal: Journal, world: World) -> None:
        self._hands, self._options, self._journal, self._wanted = hands, options, journal, world.wanted
        self._hub_stays = world.versioning is not None

    def undo(self, slot: str, why: str) -> None:
        """Always raises: ROLLED_BACK with what is left where, or why the swap was not taken back."""
        if (obstacle := self._obstacle(slot)) is not None:
            raise OperationProblem((why, f"The swap was not taken back: {obstacle} {self._wanted} is in production."), UNEXPECTED)
        record = self._journal.record
        assert record.swap is not None
        since = record.swap.at
        old, packages = self._hands.versions().get(slot), record.swap.packages
        kept = SwapKept(at=self._hands.now(), complete=False, slot=slot, versions={PRODUCTION: old, slot: self._wanted}, packages=packages)
        self._journal.swapped(kept)
        self._hands.swap(slot)
        self._journal.swapped(kept.model_copy(update={"at": self._hands.now(), "complete": True}))
        self._hands.remember("rollback")  # as the command of that name does: going back from it is no second rollback
        self._journal.over(Outcome.ROLLED_BACK)
        raise OperationProblem((why, f"Swapped back: production runs {old} again.", *self._left(slot, since)), ROLLED_BACK)

    def _obstacle(self, slot: str) -> str | None:
        """Where the hub travels, the new version leaves with all its instances, and entities are what production would miss; where it stays,
        the old code must have what runs on it."""
        record, now = self._journal.record, self._hands.now()
        if record.swap is None or record.version_from is None:
            return "nothing was in production before."
        if now - record.swap.at > WINDOW:
            return f"it was made more than {WINDOW.total_seconds() / 3600:.0f} hours ago."
        found = self._hands.versions()
        if found.get(PRODUCTION) != self._wanted or found.get(slot) != record.version_from:
            return f"production holds {found.get(PRODUCTION)} and slot '{slot}' {found.get(slot)}; somebody swapped or deployed since."
        if self._hub_stays:
            return " ".join(self._hands.orphaned(slot, self._options)) or None
        finding = self._hands.check(PRODUCTION, self._options)
        return None if self._options.abandon_entities else _entities(finding)

    def _left(self, slot: str, since: datetime) -> list[str]:
        if self._hub_stays:
            return [f"{self._wanted} is in slot '{slot}' again; what it worked on goes on in production."]
        started = started_since(self._hands.instances(slot, since), since)
        if not started:
            return [f"{self._wanted} is in slot '{slot}'; it started nothing meanwhile."]
        url = self._hands.urls().get(slot, "")
        head = f"{self._wanted} is in slot '{slot}', with what it started meanwhile, at {url}"
        return [head, *(f"  {one.id} of {one.name}: {one.status}" for one in started)]


def _entities(finding: Finding) -> str | None:
    if finding.reason in (Reason.UNREADABLE, Reason.DEADLINE):
        return f"whether it made entities could not be established ({finding.sentence.rstrip('.')})."
    _, total = entities_of(finding)
    return f"it has made {total} entities, which production would lose (--abandon-entities gives them up)." if total else None


__all__ = ["WINDOW", "Undoing", "swap_now"]
