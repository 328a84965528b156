"""The commands by name, and how the program ends. Each stands in a file of `operations/commands/`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from .commands.gate import gate
from .commands.history import history
from .commands.instances import instances
from .commands.migrate import migrate
from .commands.package import package
from .commands.packages import packages
from .commands.printing import errors
from .commands.ramp import ramp
from .commands.release import release
from .commands.repair import repair
from .commands.status import status
from .commands.swap import rollback, swap
from .commands.versions import versions
from .problem import UNEXPECTED, OperationProblem

_ABOUT = """\
What a deployment needs around `pulumi up`.

A first deployment to a real Azure:

\b
    python -m operations package examples/orders     makes dist/orders.zip, with everything that the app needs inside
    pulumi up --stack dev

What is where, and whether something still runs:

\b
    python -m operations status --stack dev
    python -m operations gate --stack dev --slot production --timeout 2h

When a `pulumi up` was killed (SIGKILL, a lost runner, a full disk), and nobody else is deploying:

\b
    python -m operations repair --stack dev
    pulumi up --stack dev

What a command found goes to standard output, what it is doing to standard error. With --json both are JSON; a command that refuses then answers
`{"error": {"problems": [...], "exit_code": N}}`.

Exit codes: 0 done; 2 what was asked for can't be done as it is, and the message says how it can; 3 something still runs that may not be
disturbed; 4 something that has to be known first could not be established; 5 the release was taken back; 1 anything unexpected, and
Ctrl-C, with a sentence about the state that is left."""

app = typer.Typer(help=_ABOUT, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.callback(help=_ABOUT)(lambda: None)

for command in (package, release, status, gate, swap, rollback, ramp, instances, repair):
    app.command()(command)
app.add_typer(versions, name="versions")
app.add_typer(history, name="history")
app.add_typer(packages, name="packages")
app.add_typer(migrate, name="migrate")


def main() -> None:
    try:
        app()
    except OperationProblem as problem:
        _end(problem.problems, problem.code)
    except OSError as error:
        _end((str(error),), UNEXPECTED)


def _end(problems: Sequence[str], code: int) -> NoReturn:
    """Sentences for people on standard error; where JSON was asked for, an object with the same on standard output."""
    for one in problems:
        errors.print(f"operations: {one}", markup=False)
    if "--json" in sys.argv:
        typer.echo(json.dumps({"error": {"problems": list(problems), "exit_code": code}}, indent=2))
    sys.exit(code)


__all__ = ["app", "main"]
