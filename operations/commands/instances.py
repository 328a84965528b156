"""`instances`: where an instance lives."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ..azure.credentials import client_options, sign_in_async
from ..instances import active_in, find_everywhere
from ..instances.finding import Answers
from ..live import Live, read_live
from ..problem import DONE, UNKNOWN, OperationProblem
from ..reporting import Reporter
from ..session import open_session
from . import options
from .printing import answers


def instances(
    stack: options.Stack,
    id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The instance's id.", show_default=False)] = None,
    active: Annotated[bool, typer.Option("--active", help="Instead of one id: all that is not finished, in every slot.")] = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Find an orchestration instance: in which slot and task hub it lives, its status, and the address that answers for it.

    After a release that did not wait, instances of the old version go on in the slot it was swapped into. Production's addresses
    don't know them; the slot's do. An id may be in several hubs.

    The address needs the slot's system key: az functionapp keys list --slot SLOT … --query systemKeys.durabletask_extension
    """
    if (id is None) is not active:
        raise OperationProblem("Give one instance id, or --active.")
    with Reporter(as_json=as_json) as reporter:
        session = open_session(cwd, stack, reporter)
        live = read_live(session.deployment, session.arm)
        reporter.say("looking into the task hub of each slot")
        found = asyncio.run(_find(live, id))
        if as_json:
            reporter.result({"instances": [one.as_json() for one in found.found], "unreadable": list(found.unreadable)})
        else:
            reporter.quiet()
            _show(found, id)
    raise typer.Exit(UNKNOWN if found.unreadable else DONE)


async def _find(live: Live, id: str | None) -> Answers:
    async with sign_in_async() as credential:
        if id is None:
            return await active_in(live, credential, **client_options())
        return await find_everywhere(live, credential, id, **client_options())


def _show(found: Answers, id: str | None) -> None:
    if not found.found:
        answers.print("Nothing is active in any slot." if id is None else f"No slot's task hub has an instance '{id}'.", markup=False)
    else:
        table = Table("id", "slot", "task hub", "orchestrator", "version", "status", "address", box=None, pad_edge=False)
        for one in found.found:
            instance = one.instance
            table.add_row(instance.id, one.slot, one.hub, instance.name, instance.version or "-", instance.status, one.address)
        answers.print(table)
    for problem in found.unreadable:
        answers.print(f"{problem} What is there is missing above.", markup=False)


__all__ = ["instances"]
