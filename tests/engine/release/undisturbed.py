"""The stories of releases where nothing goes wrong: where each begins, and the steps that the planner lists."""

from __future__ import annotations

from dataclasses import dataclass

from operations.release import Kind

Steps = tuple[Kind, ...]
Boundary = tuple[int, str, Kind]
"""Number, moment and step."""


@dataclass(frozen=True)
class Story:
    begins: str | None
    """The version in production. In staging is the one before it."""
    wants: str
    steps: Steps
    mode: str = "idle"
    hooks: bool = True
    """Are called before and after the swap."""

    @property
    def boundaries(self) -> list[Boundary]:
        moments = [(moment, kind) for kind in self.steps for moment in ("before", "after")]
        return [(number, moment, kind) for number, (moment, kind) in enumerate(moments)]

    def is_over(self, boundary: int) -> bool:
        """Whether production has the wanted version there."""
        changes = next(number for number, moment, kind in self.boundaries if (moment, kind) in _CHANGES)
        return boundary >= changes


_CHANGES = (("after", Kind.DEPLOY), ("after", Kind.SWAP))
_RUNS: Steps = (Kind.SYNC, Kind.HEALTH)

FIRST = Story(None, "1.0.0", (Kind.DEPLOY, *_RUNS, Kind.VERIFY), hooks=False)
INTO_EMPTY = Story(
    "1.0.0",
    "2.0.0",
    (Kind.STAGE, *_RUNS, Kind.BEFORE_SWAP, Kind.GATE, Kind.SWAP, Kind.VERIFY, Kind.AFTER_SWAP, Kind.LATE_STARTERS),
)
IDLE = Story("2.0.0", "3.0.0", (Kind.DRAIN, *INTO_EMPTY.steps))
DRAIN_BEHIND = Story(
    "2.0.0",
    "3.0.0",
    (Kind.DRAIN, Kind.STAGE, *_RUNS, Kind.BEFORE_SWAP, Kind.ENTITIES, Kind.SWAP, Kind.VERIFY, Kind.AFTER_SWAP),
    mode="drain-behind",
)

CHAIN = (FIRST, INTO_EMPTY, IDLE)
"""Each begins where the one before ended."""
