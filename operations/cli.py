"""The commands, what they ask for and what they say. What they do stands in the packages beside this file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .packaging import Made, make_package
from .problem import DONE, UNEXPECTED, OperationProblem
from .repair import Repaired, repair_stack

_ABOUT = """\
What a deployment needs around `pulumi up`.

A first deployment to a real Azure:

\b
    python -m operations package examples/orders     makes dist/orders.zip, with everything that the app needs inside
    pulumi up --stack dev

When a `pulumi up` was killed (SIGKILL, a lost runner, a full disk), and nobody else is deploying:

\b
    python -m operations repair --stack dev
    pulumi up --stack dev

What a command found goes to standard output, what it is doing to standard error.

Exit codes: 0 done; 2 what was asked for can't be done as it is, and the message says how it can; 4 something that has to be known first could
not be established; 1 anything unexpected."""

app = typer.Typer(help=_ABOUT, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)
_answers = Console(highlight=False, soft_wrap=True)


@app.callback(help=_ABOUT)
def _commands() -> None:
    """Makes Typer show the commands also while there is only one."""


@app.command()
def package(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The app's folder, which holds host.json.", show_default=False)],
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to. Left out: dist/<name of DIR>.zip.")] = None,
    host_json: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Takes the place of the app's host.json; `-` reads it from standard input. Left out: its own."),
    ] = None,
    python_version: Annotated[str, typer.Option(metavar="3.X", help="Of the app's worker: what package.runtime says.")] = "3.11",
    vendor: Annotated[
        bool, typer.Option("--vendor/--no-vendor", help="Collect the dependencies of requirements.txt, or leave them to you.")
    ] = True,
) -> None:
    """Make the .zip that an app runs from. Nothing is built on Azure: dependencies go into it, for Linux on x86-64.

    `.funcignore` is honoured. The same input gives the same bytes, as long as the package index gives the same versions: pin them.

    The stack renders the host.json that fits its task hubs, and the component lays it over whatever package it uploads. A package that
    gets to Azure by other means (package.url, a pipeline) needs it inside:

    \b
        pulumi stack output host_json --stack dev |
            python -m operations package examples/orders --host-json -
    """
    if not python_version.startswith("3.") or not python_version[2:].isdigit():
        raise OperationProblem(f"--python-version {python_version}: is no version of the worker. Write it like 3.11.")
    text = None if host_json is None else _text_of(host_json)
    with _errors.status("") as status:
        made = make_package(
            folder,
            output or Path("dist") / f"{folder.resolve().name}.zip",
            host_json=text,
            python_version=python_version,
            with_dependencies=vendor,
            say=lambda step: _progress(status.update, step),
        )
    _show_package(made)


@app.command()
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
    """
    if not yes and not _confirmed(stack):
        raise OperationProblem(f"Nothing was done. Make sure that nobody is deploying '{stack}', then say so, or use --yes.")
    with _errors.status("") as status:
        result = repair_stack(cwd, stack, say=lambda step: _progress(status.update, step))
    _show_repair(result, as_json)
    raise typer.Exit(result.exit_code)


def main() -> None:
    try:
        app()
    except OperationProblem as problem:
        for one in problem.problems:
            _errors.print(f"operations: {one}", markup=False)
        sys.exit(problem.code)
    except OSError as error:
        _errors.print(f"operations: {error}", markup=False)
        sys.exit(UNEXPECTED)


def _progress(update: object, step: str) -> None:
    """One line per step where nobody watches, a spinner where somebody does."""
    if _errors.is_terminal and callable(update):
        update(step)
    else:
        _errors.print(f"operations: {step}", markup=False)


def _text_of(host_json: str) -> str:
    if host_json == "-":
        return sys.stdin.read()
    try:
        return Path(host_json).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise OperationProblem(f"--host-json {host_json}: can't be read ({error}).") from None


def _confirmed(stack: str) -> bool:
    if not sys.stdin.isatty():
        raise OperationProblem("Nobody is there to be asked. Use --yes when you know that nobody is deploying this stack.")
    return typer.confirm(f"A lock of '{stack}' will be taken away. Is it certain that nobody is deploying it?", err=True)


def _show_package(made: Made) -> None:
    _errors.print(
        f"operations: {made.files} files, {made.vendored} of them dependencies; {made.size / 1024:,.0f} KiB; sha256 {made.sha256}",
        markup=False,
    )
    typer.echo(str(made.path))


def _show_repair(result: Repaired, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result.as_json(), indent=2))
        return
    if result.healthy:
        typer.echo(f"'{result.stack}' is in order: no operation is pending. Nothing was changed but a lock, if there was one.")
        return
    table = Table("what became of it", "resource", "why", box=None, pad_edge=False)
    for finding in result.findings:
        table.add_row(finding.verdict, f"{finding.type}\n{finding.name}", finding.reason)
    _answers.print(table)
    if result.exit_code == DONE:
        typer.echo(f"'{result.stack}' is in order. Go on with: pulumi up --stack {result.stack}")


__all__ = ["app", "main"]
