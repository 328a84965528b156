"""A swap from beginning to end, under the site's lease: look, gate, swap, check, remember."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from taskhub import Unsettled

from ..azure.credentials import client_options, sign_in_async
from ..deployment import PRODUCTION
from ..gate import Gated, wait_until_drained
from ..lease import Lease
from ..live import Live
from ..problem import OperationProblem
from ..session import Session
from ..status.last import Last
from ..updating import in_progress, refuse_while_updating
from ..versions.moving import orphaned_by
from .exchanging import Waits, exchange, reset_preview, wait_for_swap
from .intent import Intent
from .planning import Plan, plan_rollback, plan_swap, refuse_entities, refuse_verdict


@dataclass(frozen=True)
class Choices:
    drain_behind: bool = False
    abandon_entities: bool = False
    cancel_preview: bool = False
    dry_run: bool = False
    force_unlock: bool = False
    timeout: float = 0.0
    settle: float = 30.0
    exclude: tuple[str, ...] = ()
    accept_unsettled: Unsettled | None = None


Planner = Callable[[Live, Last | None, datetime], Plan]


def swap_slots(session: Session, source: str, target: str, choices: Choices, waits: Waits | None = None) -> Live | None:
    """What is live afterwards; None for a dry run. Raises OperationProblem."""

    def planner(live: Live, _last: Last | None, _now: datetime) -> Plan:
        return plan_swap(live, source, target, stack=session.deployment.stack, drain_behind=choices.drain_behind)

    return _carried_out(session, "swap", planner, choices, waits or Waits(), frozenset((source, target)))


def roll_back(session: Session, window: timedelta, choices: Choices, waits: Waits | None = None) -> Live | None:
    def planner(live: Live, last: Last | None, now: datetime) -> Plan:
        return plan_rollback(live, last, stack=session.deployment.stack, now=now, window=window)

    return _carried_out(session, "rollback", planner, choices, waits or Waits())


def _carried_out(
    session: Session, what: str, planner: Planner, choices: Choices, waits: Waits, pair: frozenset[str] | None = None
) -> Live | None:
    """`pair`: the two slots, where the command names them."""
    deployment, reporter = session.deployment, session.reporter
    note = refuse_while_updating(in_progress(session.pulumi), deployment.stack)
    if note is not None:
        reporter.note(note)
    lease = Lease(
        deployment.packages_url,
        deployment.site,
        session.credential,
        what,
        force=choices.force_unlock,
        waiting=reporter.waiting,
        now=waits.now,
    )
    with lease:
        live = _ready(session, choices, waits)
        if not choices.dry_run and Intent.read(lease.content.get("swap")).is_done(live, what, pair):
            reporter.note("the swap that was asked for before and interrupted is complete: it is not made again, which would take it back")
            lease.save(last=Last.now(what, live, waits.now()).as_json(), swap=None)
            return live
        plan = planner(live, Last.read(lease.content.get("last")), waits.now())
        for number, sentence in enumerate(plan.sentences, 1):
            reporter.note(f"{number}. {sentence}")
        if choices.dry_run:
            return None
        if plan.touches_production:
            _gate(session, live, plan, choices)
        lease.require()
        refuse_while_updating(in_progress(session.pulumi), deployment.stack)  # one may have begun while the gate was waiting
        lease.save(swap=Intent(what, plan.source, plan.target, live.last_swap.at if live.last_swap else None).as_json())
        reporter.say(f"swapping '{plan.source}' and '{plan.target}'")
        after = exchange(deployment, session.arm, live, plan.source, plan.target, reporter, waits)
        reporter.standing("The swap is complete and checked.")
        lease.save(last=Last.now(what, after, waits.now()).as_json(), swap=None)
        return after


def _ready(session: Session, choices: Choices, waits: Waits) -> Live:
    """What is live once nothing is half done, as far as that may be waited for or cancelled."""
    live = wait_for_swap(session.deployment, session.arm, session.reporter, waits)
    if live.half_swap is None or not choices.cancel_preview:
        return live
    if choices.dry_run:
        raise OperationProblem(f"A dry run cancels nothing: slot '{live.half_swap.slot}' stands in the middle of a swap with preview.")
    session.reporter.say(f"cancelling the swap with preview of '{live.half_swap.slot}'")
    reset_preview(session.deployment, session.arm, live.half_swap.slot)
    session.reporter.standing("A swap with preview was cancelled; nothing else was changed.")
    return wait_for_swap(session.deployment, session.arm, session.reporter, waits)


def _gate(session: Session, live: Live, plan: Plan, choices: Choices) -> None:
    """Where the old version may finish behind, its hub is looked at for entities only; where the hub stays, for what the coming code lacks."""
    session.reporter.say(f"looking at task hub '{live.production.hub.name if live.production.hub else ''}' of production")
    if live.hubs_stay:
        coming = plan.source if plan.target == PRODUCTION else plan.target
        once = replace(choices, settle=0.0)  # what runs is asked for, not whether nothing does
        if problems := orphaned_by(live, coming, session.deployment, lambda _: asyncio.run(_gated(session, live, once, 0.0)).finding):
            raise OperationProblem((*problems, "Nothing was swapped."))
        return
    gated = asyncio.run(_gated(session, live, choices, choices.timeout if plan.gated else 0.0))
    if plan.gated:
        refuse_verdict(gated.finding, live.production, abandon_entities=choices.abandon_entities)
    else:
        refuse_entities(gated.finding, live.production, abandon_entities=choices.abandon_entities)


async def _gated(session: Session, live: Live, choices: Choices, timeout: float) -> Gated:
    async with sign_in_async() as credential:
        return await wait_until_drained(
            live.production,
            credential,
            timeout=timeout,
            settle=choices.settle,
            exclude=choices.exclude,
            accept_unsettled=choices.accept_unsettled,
            progress=session.reporter.waiting,
            **client_options(),
        )


__all__ = ["Choices", "roll_back", "swap_slots"]
