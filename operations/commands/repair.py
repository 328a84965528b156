"""`repair`: a stack whose update was killed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ..problem import DONE, OperationProblem
from ..repair import Repaired, repair_stack, slots_to_mend
from ..reporting import Reporter
from .printing import answers, errors, progress


def repair(
    stack: Annotated[str, typer.Option(metavar="NAME", help="The stack whose update was killed.", show_default=False)],
    cwd: Annotated[Path, typer.Option(metavar="DIR", help="The folder with Pulumi.yaml.")] = Path(),
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask: nobody is deploying this stack.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say what was found as JSON.")] = False,
) -> None:
    """Bring a stack back to order after its `pulumi up` was killed, so that the next one can go on.

    A killed update leaves a lock, and creations of which Pulumi doesn't know whether they took place. This takes away the lock
    (`pulumi cancel`), takes up into the state what was created after all, forgets what was not, and refreshes the rest. Azure itself is
    only read. A stack that is in order stays as it is.

    NOBODY MAY BE DEPLOYING the stack meanwhile: Pulumi can't tell a lock that was left behind from one that is in use. So you are asked.

    If Azure can't be read, the state is put back as it was, and the exit code is 4.

    At the end the slots are looked at, as `status` does: if two name one task hub, or a bundle's code and storage are apart, that is said
    with the command that mends it.
    """
    if not yes and not _confirmed(stack):
        raise OperationProblem(f"Nothing was done. Make sure that nobody is deploying '{stack}', then say so, or use --yes.")
    with Reporter() as reporter, errors.status("") as status:
        reporter.standing("The state is as it was, or repaired as a whole; its lock may be gone. Run the same command again.")
        result = repair_stack(cwd, stack, say=lambda step: progress(status.update, step))
        progress(status.update, "looking at the slots")
        slots = slots_to_mend(cwd, stack)
    _show_repair(result, slots, as_json)
    raise typer.Exit(result.exit_code)


def _confirmed(stack: str) -> bool:
    if not sys.stdin.isatty():
        raise OperationProblem("Nobody is there to be asked. Use --yes when you know that nobody is deploying this stack.")
    return typer.confirm(f"A lock of '{stack}' will be taken away. Is it certain that nobody is deploying it?", err=True)


def _show_repair(result: Repaired, slots: list[str], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**result.as_json(), "slots": slots}, indent=2))
        return
    _show_state(result)
    for sentence in slots:
        typer.echo(sentence)


def _show_state(result: Repaired) -> None:
    if result.healthy:
        typer.echo(f"'{result.stack}' is in order: no operation is pending. Nothing was changed but a lock, if there was one.")
        return
    table = Table("what became of it", "resource", "why", box=None, pad_edge=False)
    for finding in result.findings:
        table.add_row(finding.verdict, f"{finding.type}\n{finding.name}", finding.reason)
    answers.print(table)
    if result.exit_code == DONE:
        typer.echo(f"'{result.stack}' is in order. Go on with: pulumi up --stack {result.stack}")


__all__ = ["repair"]
