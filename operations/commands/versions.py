"""`versions`: what still runs, by version, which old code can be deleted, and, behind a router, which lines there are and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from ..problem import DONE, UNKNOWN, OperationProblem
from ..pulumi import Pulumi
from ..reporting import Reporter, age
from ..routing.opening import open_router
from ..routing.place import is_routed
from ..routing.showing import notes_of, table_of
from ..session import open_session
from ..versions.answering import Answers, answer_of
from ..versions.deleting import as_rows
from . import lines, options, router
from .printing import answers

versions = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@versions.callback()
def _versions(
    context: typer.Context,
    stack: Annotated[
        str | None, typer.Option("--stack", metavar="NAME", help="The Pulumi stack that deployed the app.", show_default=False)
    ] = None,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Show what runs, by version, and what can go. By itself it changes nothing.

    With a versioning strategy: active instances by orchestrator and version, and which old branches can be deleted from the code now. An old
    branch is needed as long as an instance of its version is active in the task hub of any slot, or clients may still start it. After it is
    deleted, going back to that version is over too.

    With application routing: each line, what runs in it, and what becomes of it next. The commands below are for that strategy.

    \b
        python -m operations versions --stack prod
        python -m operations versions deploy 1.0.1 dist/orders.zip --stack prod

    Exit code 4: a task hub could not be read to its end, or the backend does not tell versions. Then nothing is called deletable.
    """
    if context.invoked_subcommand is not None:
        return
    if stack is None:
        raise OperationProblem("versions: needs --stack, the Pulumi stack that deployed the app.")
    with Reporter(as_json=as_json) as reporter:
        if is_routed(Pulumi(cwd, stack).outputs()):
            _show_lines(open_router(cwd, stack, reporter).client.versions(), reporter)
            return
        found = asyncio.run(answer_of(open_session(cwd, stack, reporter)))
        if as_json:
            reporter.result(found.as_json())
        else:
            reporter.quiet()
            _show(found)
    raise typer.Exit(UNKNOWN if found.unknown else DONE)


for command in (lines.deploy, lines.pin, lines.unpin, lines.retire, lines.retry, router.deploy_router):
    versions.command()(command)


def _show_lines(found: Mapping[str, Any], reporter: Reporter) -> None:
    if reporter.as_json:
        reporter.result(dict(found))
        return
    reporter.quiet()
    if found.get("lines"):
        answers.print(table_of(found, datetime.now(UTC)))
    elif not found.get("versions"):
        answers.print("No version was deployed yet. The first one: python -m operations versions deploy 1.0.0 dist/app.zip")
    for note in notes_of(found):
        answers.print(f"  - {note}", markup=False)


def _show(found: Answers) -> None:
    now = datetime.now(UTC)
    if found.active:
        table = Table("orchestrator", "version", "active", "oldest", "in", box=None, pad_edge=False)
        for (name, version), groups in as_rows(found.active).items():
            oldest = min((one.oldest for one in groups if one.oldest), default=None)
            where = ", ".join(f"{one.slot} {one.count}" for one in groups)
            table.add_row(name, version or "-", str(sum(one.count for one in groups)), age(oldest, now) if oldest else "-", where)
        answers.print(table)
    elif not found.unknown:
        answers.print("Nothing is active in any slot.")
    if found.started:
        answers.print(f"\nClients start: {', '.join(sorted(found.started))}", markup=False)
    for one in found.answers:
        answers.print(f"  - {one.sentence}", markup=False)
    for problem in found.unknown:
        answers.print(f"{problem} What can be deleted is not known.", markup=False)


__all__ = ["versions"]
