"""`swap` and `rollback`: two slots change places."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from ..deployment import PRODUCTION
from ..durations import seconds
from ..live import Live
from ..reporting import Reporter
from ..session import open_session
from ..swapping import Choices, roll_back, swap_slots
from . import options

_Timeout = Annotated[str, typer.Option(metavar="TIME", help="How long to wait for production's task hub to be drained. 0 looks once.")]
_CancelPreview = Annotated[bool, typer.Option("--cancel-preview", help="First cancel a swap with preview that was left half done.")]


def swap(
    stack: options.Stack,
    slot: Annotated[str, typer.Option(metavar="NAME", help="The slot that is swapped.", show_default=False)],
    other: Annotated[str, typer.Option("--with", metavar="NAME", help="The slot that it changes places with.")] = PRODUCTION,
    timeout: _Timeout = "0",
    settle: options.Settle = "30s",
    exclude: options.Exclude = None,
    accept_unsettled: options.AcceptUnsettled = None,
    drain_behind: options.DrainBehind = False,
    abandon_entities: options.AbandonEntities = False,
    cancel_preview: _CancelPreview = False,
    force_unlock: options.ForceUnlock = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Swap two slots: code, durable storage and task hub of each change places together. `release` does this and more.

    Nothing is swapped while an update of the stack, a release or another swap is under way, while slots contradict each other, while
    anything runs on production's task hub (--timeout waits for it, --drain-behind lets it finish in the other slot), or while that hub
    holds entities (--abandon-entities).

    It is asked for once and waited for; afterwards code, storage and runtime of both slots are checked. Interrupted, the swap goes on in
    Azure, and `status` tells how it ended.
    """
    choices = _choices(timeout, settle, exclude, accept_unsettled, drain_behind, abandon_entities, cancel_preview, force_unlock, dry_run)
    with Reporter(as_json=as_json) as reporter:
        session = open_session(cwd, stack, reporter)
        source, target = (session.deployment.require_slot(one) for one in (slot, other))
        _show(reporter, swap_slots(session, source, target, choices), as_json)


def rollback(
    stack: options.Stack,
    window: Annotated[str, typer.Option(metavar="TIME", help="How long ago the swap may have been.")] = "24h",
    timeout: _Timeout = "0",
    settle: options.Settle = "30s",
    exclude: options.Exclude = None,
    accept_unsettled: options.AcceptUnsettled = None,
    abandon_entities: options.AbandonEntities = False,
    force_unlock: options.ForceUnlock = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Swap production back with the slot of its last swap: the version before, with its own storage, is in production again.

    It is a swap like any other: what the newer version has begun stays on that version's task hub, so production has to be drained
    first. Refused when the swap is longer ago than the window, and when the other slot has no code any more.
    """
    choices = _choices(timeout, settle, exclude, accept_unsettled, False, abandon_entities, False, force_unlock, dry_run)
    with Reporter(as_json=as_json) as reporter:
        since = timedelta(seconds=seconds("--window", window))
        session = open_session(cwd, stack, reporter)
        _show(reporter, roll_back(session, since, choices), as_json)


def _choices(
    timeout: str,
    settle: str,
    exclude: list[str] | None,
    accept_unsettled: str | None,
    drain_behind: bool,
    abandon_entities: bool,
    cancel_preview: bool,
    force_unlock: bool,
    dry_run: bool,
) -> Choices:
    return Choices(
        drain_behind=drain_behind,
        abandon_entities=abandon_entities,
        cancel_preview=cancel_preview,
        dry_run=dry_run,
        force_unlock=force_unlock,
        timeout=seconds("--timeout", timeout),
        settle=seconds("--settle", settle),
        exclude=tuple(exclude or ()),
        accept_unsettled=options.unsettled(accept_unsettled),
    )


def _show(reporter: Reporter, live: Live | None, as_json: bool) -> None:
    if as_json:
        slots = None if live is None else {slot: {"version": one.version, "bundle": one.bundle} for slot, one in live.slots.items()}
        reporter.result({"done": live is not None, "slots": slots})
    elif live is None:
        reporter.print("A dry run: nothing was changed.")
    else:
        reporter.print("\n".join(live.told()))


__all__ = ["rollback", "swap"]
