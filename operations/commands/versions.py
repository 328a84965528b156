"""`versions`: what still runs, by version, and which old code can be deleted."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.table import Table

from ..problem import DONE, UNKNOWN
from ..reporting import Reporter, age
from ..session import open_session
from ..versions.answering import Answers, answer_of
from ..versions.deleting import as_rows
from . import options
from .printing import answers


def versions(stack: options.Stack, as_json: options.Json = False, cwd: options.Folder = Path()) -> None:
    """Count active instances by orchestrator and version, and say which old branches can be deleted from the code now. Changes nothing.

    An old branch is needed as long as an instance of its version is active in the task hub of any slot, or clients may still start it. After
    it is deleted, going back to that version is over too.

    \b
        python -m operations versions --stack prod

    Exit code 4: a task hub could not be read to its end, or the backend does not tell versions. Then nothing is called deletable.
    """
    with Reporter(as_json=as_json) as reporter:
        session = open_session(cwd, stack, reporter)
        found = asyncio.run(answer_of(session))
        if as_json:
            reporter.result(found.as_json())
        else:
            reporter.quiet()
            _show(found)
    raise typer.Exit(UNKNOWN if found.unknown else DONE)


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
