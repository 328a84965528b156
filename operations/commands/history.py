"""`history purge`: finished instances that are old enough."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from taskhub import Purged

from ..azure.credentials import client_options, sign_in_async
from ..durations import seconds
from ..live import LiveSlot, read_live
from ..problem import UNKNOWN, OperationProblem
from ..reporting import Reporter
from ..retention import PurgedSlot, purge_history
from ..session import open_session
from . import options

history = typer.Typer(help="What finished instances leave behind.", no_args_is_help=True, rich_markup_mode=None)

_SHORTEST = 86400.0
"""A day: an instance that has just finished is still asked for by its clients."""


@history.callback()
def _commands() -> None:
    """What finished instances leave behind."""


@history.command()
def purge(
    stack: options.Stack,
    older_than: Annotated[str, typer.Option(metavar="TIME", help="Finished at least that long ago: 90d.", show_default=False)],
    slot: Annotated[str | None, typer.Option(metavar="NAME", help="Only this slot's task hub. Left out: every slot's.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Really purge. Left out: only count.")] = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Purge finished instances, with their history and their large messages. Without --yes it only counts.

    Azure keeps finished instances for ever, and every look at a task hub reads past them. Instances that are not finished are never touched,
    however old, nor are entities, nor other hubs in a shared tracking store. It goes by day, so that it may be interrupted and run again.

    It takes Storage Table Data Contributor and Storage Blob Data Contributor on the durable accounts, more than the gate does.
    """
    with Reporter(as_json=as_json) as reporter:
        least = seconds("--older-than", older_than)
        if least < _SHORTEST:
            raise OperationProblem(f"--older-than {older_than}: at least a day, since clients still ask for what has just finished.")
        before = datetime.now(UTC) - timedelta(seconds=least)
        session = open_session(cwd, stack, reporter)
        wanted = None if slot is None else session.deployment.require_slot(slot)
        live = read_live(session.deployment, session.arm)
        if yes:
            reporter.standing("What was purged so far is gone, each instance as a whole. The same command goes on.")
        done = asyncio.run(_purge([one for one in live.slots.values() if wanted in (None, one.slot)], before, not yes, reporter))
        _show(reporter, done, before, not yes, as_json)
    if any(one.problem for one in done):
        raise typer.Exit(UNKNOWN)


async def _purge(slots: list[LiveSlot], before: datetime, dry_run: bool, reporter: Reporter) -> list[PurgedSlot]:
    done: list[PurgedSlot] = []
    async with sign_in_async() as credential:
        for slot in slots:
            hub = f"task hub '{slot.hub.name if slot.hub else ''}' of slot '{slot.slot}'"
            reporter.say(f"{'counting in' if dry_run else 'purging'} {hub}")
            since = datetime.now(UTC)

            def tell(so_far: Purged, hub: str = hub, since: datetime = since) -> None:
                reporter.waiting(f"the end of {hub}", since, f"{so_far.instances} instances, up to {so_far.up_to}")

            one = await purge_history(slot, credential, before=before, dry_run=dry_run, progress=tell, **client_options())
            if one is not None:
                done.append(one)
    return done


def _show(reporter: Reporter, done: list[PurgedSlot], before: datetime, dry_run: bool, as_json: bool) -> None:
    if as_json:
        reporter.result({"before": before.isoformat(), "dry_run": dry_run, "slots": [one.as_json() for one in done]})
        return
    for one in done:
        reporter.print(f"'{one.slot}', task hub '{one.hub}': {_sentence(one, before)}")
    if dry_run and done:
        reporter.print("Nothing was changed. Add --yes to purge them.")


def _sentence(one: PurgedSlot, before: datetime) -> str:
    result = one.result
    what = f"{result.instances} instances that ended before {before:%Y-%m-%d} {'would go' if result.dry_run else 'are gone'}"
    more = "" if result.dry_run else f", with {result.history_rows} rows of history and {result.blobs} blobs"
    left = f"; {result.left} were written to meanwhile and stay" if result.left else ""
    return f"{what}{more}{left}" + (f". Then it stopped: {one.problem}" if one.problem else "")


__all__ = ["history"]
