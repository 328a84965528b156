"""`gate`: wait until nothing runs in a slot."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from taskhub import Unsettled, Verdict

from ..azure.credentials import client_options, sign_in_async
from ..deployment import PRODUCTION
from ..durations import seconds
from ..gate import Gated, wait_until_drained
from ..live import LiveSlot, read_live
from ..problem import BUSY, DONE, UNKNOWN
from ..reporting import Reporter
from ..session import open_session
from . import options

_CODES = {Verdict.DRAINED: DONE, Verdict.BUSY: BUSY, Verdict.UNKNOWN: UNKNOWN}


def gate(
    stack: options.Stack,
    slot: Annotated[str, typer.Option(metavar="NAME", help="Whose task hub: production, staging, …")] = PRODUCTION,
    timeout: Annotated[str, typer.Option(metavar="TIME", help="How long to wait. 0 looks once.")] = "2h",
    settle: options.Settle = "30s",
    exclude: options.Exclude = None,
    accept_unsettled: options.AcceptUnsettled = None,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Wait until nothing runs on a slot's task hub, or say what still does. Changes nothing.

    The hub is the one that the slot's LIVE settings name: after a swap, stack outputs still tell of the time before.

    Running counts what is Pending, Running, Suspended or ContinuedAsNew, and what lies in the queues. Entities don't count; they are
    listed. Two clean looks are needed, a settle time apart.

    \b
    Exit code 0  drained: nothing runs
              3  busy: something still ran at the time-out; what it is stands in the output
              4  unknown: it could not be found out, and the output says why. Treat it as busy
              2  the command, or the stack, is not as it must be; nothing was looked at

    A right that was granted a moment ago is waited for, up to ten minutes.

    \b
    A pipeline's step before a swap:
        python -m operations gate --stack prod --slot production --timeout 2h
    """
    with Reporter(as_json=as_json) as reporter:
        limit, pause = seconds("--timeout", timeout), seconds("--settle", settle)
        session = open_session(cwd, stack, reporter)
        name = session.deployment.require_slot(slot)
        reporter.say(f"reading what slot '{name}' of '{session.deployment.site}' runs")
        live = read_live(session.deployment, session.arm).slots[name]
        reporter.note(_found(live))
        gated = asyncio.run(_gated(live, reporter, limit, pause, tuple(exclude or ()), options.unsettled(accept_unsettled)))
        if as_json:
            reporter.result({"stack": stack, **gated.as_json()})
        else:
            reporter.print(_sentences(gated))
    raise typer.Exit(_CODES[gated.finding.verdict])


async def _gated(
    live: LiveSlot, reporter: Reporter, timeout: float, settle: float, exclude: tuple[str, ...], accept_unsettled: Unsettled | None
) -> Gated:
    async with sign_in_async() as credential:
        return await wait_until_drained(
            live,
            credential,
            timeout=timeout,
            settle=settle,
            exclude=exclude,
            accept_unsettled=accept_unsettled,
            progress=reporter.waiting,
            **client_options(),
        )


def _found(live: LiveSlot) -> str:
    if live.hub is None:
        return f"slot '{live.slot}' names no durable storage"
    how = f", read {live.read_by}" if live.read_by else ""
    return f"slot '{live.slot}' has version {live.label}; its task hub is '{live.hub.name}' at {live.hub.table}{how}"


def _sentences(gated: Gated) -> str:
    finding = gated.finding
    lines = [f"{finding.verdict.value}: {finding.sentence}"]
    if finding.entities:
        lines.append(f"It holds {finding.entities_total} entities, which no gate waits for: {', '.join(finding.entities[:5])}")
    return "\n".join(lines)


__all__ = ["gate"]
