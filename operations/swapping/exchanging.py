"""The swap itself: asked for once, then waited for.

It must never be asked for twice by accident: a second swap takes the first one back. So an answer that does not tell whether the swap was
begun (a lost connection, 5xx) is not repeated; what is live tells. And before every new attempt after "another operation is in progress",
the slots are read again: that operation may have been a swap.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..azure import Arm, ArmFailed
from ..deployment import PRODUCTION, Deployment
from ..live import Live, read_live
from ..problem import UNEXPECTED, OperationProblem, Unknown
from ..reporting import Reporter
from .planning import is_exchanged, mismatches

POLL = 5.0
PATIENCE = 1800.0
"""Seconds that a swap is waited for: warm-up of a large app takes minutes."""
_SETTLING = 60.0
"""Seconds in which the settings of both slots must show the swap after Azure called it complete."""


class TakenBack(OperationProblem):
    """Azure began the swap and undid it, as it does when the staged code does not come up. Every slot has what it had."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, UNEXPECTED)


@dataclass(frozen=True)
class Waits:
    """Replaced in tests."""

    pause: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def exchange(
    deployment: Deployment, arm: Arm, before: Live, source: str, target: str, reporter: Reporter, waits: Waits | None = None
) -> Live:
    """Swaps, waits until Azure calls it complete, and returns what is live then, checked.

    `before` is what the decision was made from: if the slots hold anything else, nothing is swapped. Raises OperationProblem; its
    sentence says what is live.
    """
    waits = waits or Waits()
    since, waited = waits.now(), 0.0
    while True:
        now = wait_for_swap(deployment, arm, reporter, waits)
        if now.half_swap is not None or _holds(now) != _holds(before):
            raise OperationProblem(
                f"What is in the slots changed meanwhile: {_shown(now)}. Somebody swapped or deployed; nothing was swapped by this command. Look, and run it again.",
                UNEXPECTED,
            )
        reporter.standing("A swap may be under way in Azure, which goes on by itself. `python -m operations status` tells.")
        try:
            operation = arm.post(f"{_asked(deployment, source, target)}/slotsswap", _body(source, target)).operation
            break
        except ArmFailed as error:
            if error.in_progress and waited < PATIENCE:
                reporter.waiting("another operation on the site to end", since, error.message[:120])
                waits.pause(POLL)
                waited += POLL
                continue
            if error.status is not None and error.status < 500:
                raise OperationProblem(f"Azure refused the swap; nothing was swapped. {error}", UNEXPECTED) from None
            _look_for_signs(deployment, arm, before, error, waits)
            operation = None
            break
    if operation is not None:
        _follow(arm, operation, source, target, reporter, waits)
    return _checked(deployment, arm, before, source, target, reporter, waits)


def wait_for_swap(deployment: Deployment, arm: Arm, reporter: Reporter, waits: Waits | None = None) -> Live:
    """What is live once no swap is under way. Raises Unknown if one does not end in time."""
    waits = waits or Waits()
    since, waited = waits.now(), 0.0
    while True:
        live = read_live(deployment, arm)
        slot = live.swap_under_way
        if slot is None:
            return live
        if waited >= PATIENCE:
            raise Unknown(
                f"Azure has been swapping slot '{slot.slot}' for {waited / 60:.0f} minutes. Look at it in the portal before anything else."
            )
        reporter.waiting(f"the swap of '{slot.slot}' that is under way", since)
        waits.pause(POLL)
        waited += POLL


def reset_preview(deployment: Deployment, arm: Arm, slot: str) -> None:
    """Cancels a swap with preview: the prepared slot gets its own sticky settings back and restarts. Raises ArmFailed."""
    arm.request("POST", f"{deployment.slot_id(slot)}/resetSlotConfig", {}, repeatable=True)


def _asked(deployment: Deployment, source: str, target: str) -> str:
    """The slot that the request is made on. With production it is made there, naming the other."""
    return deployment.site_id if PRODUCTION in (source, target) else deployment.slot_id(source)


def _body(source: str, target: str) -> dict[str, object]:
    other = source if target == PRODUCTION else target
    return {"targetSlot": other, "preserveVnet": True}


def _look_for_signs(deployment: Deployment, arm: Arm, before: Live, error: ArmFailed, waits: Waits) -> None:
    """Returns if the swap was begun or done although the answer got lost. Raises Unknown if there is no sign of it."""
    for _ in range(3):
        live = read_live(deployment, arm)
        if live.swap_under_way is not None or live.last_swap != before.last_swap or _holds(live) != _holds(before):
            return
        waits.pause(POLL)
    raise Unknown(
        f"Azure did not tell whether it begins the swap, and there is no sign of one. {error} Look at `status`, then run this again."
    )


def _follow(arm: Arm, operation: str, source: str, target: str, reporter: Reporter, waits: Waits) -> None:
    since, waited = waits.now(), 0.0
    while waited < PATIENCE:
        try:
            answer = arm.request("GET", operation)
        except ArmFailed as error:
            if error.status in (None, 401, 403, 404) or error.status >= 500:
                return  # not the operation's own answer: Azure forgets one some time after its end. What is live tells how it ended
            raise TakenBack(f"The swap of '{source}' and '{target}' failed, and Azure took it back. {error}") from None
        if answer.status != 202:
            return
        reporter.waiting(f"Azure to swap '{source}' and '{target}'", since, "settings, warm-up, routing, restart")
        waits.pause(POLL)
        waited += POLL
    raise Unknown(
        f"The swap of '{source}' and '{target}' did not end in {PATIENCE / 60:.0f} minutes. It goes on in Azure; `status` tells when it is done."
    )


def _checked(deployment: Deployment, arm: Arm, before: Live, source: str, target: str, reporter: Reporter, waits: Waits) -> Live:
    waited = 0.0
    while True:
        live = wait_for_swap(deployment, arm, reporter, waits)
        if is_exchanged(before, live, source, target) or waited >= _SETTLING:
            break
        waits.pause(POLL)
        waited += POLL
    if live.last_swap == before.last_swap and _holds(live) == _holds(before):
        raise TakenBack(f"The swap of '{source}' and '{target}' came to nothing: Azure took it back. Every slot is as it was.")
    wrong = mismatches(before, live, source, target)
    if wrong:
        raise OperationProblem(
            [
                *wrong,
                f"The swap is over, but not everything changed places as it should have. Run `pulumi up --stack {deployment.stack}`, then `status`.",
            ],
            UNEXPECTED,
        )
    return live


def _holds(live: Live) -> dict[str, tuple[str | None, str | None]]:
    return {slot: (one.bundle, one.package) for slot, one in live.slots.items()}


def _shown(live: Live) -> str:
    return "; ".join(live.told())


__all__ = ["PATIENCE", "POLL", "Waits", "exchange", "reset_preview", "wait_for_swap"]
