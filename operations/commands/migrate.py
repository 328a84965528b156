"""`migrate`: versions side by side under names of their own, made, checked and removed by a script instead of by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from ..migrate.acting import check_app, freeze_app, prune_app
from ..migrate.finding import RULES, accepted
from ..migrate.freezing import Choice
from ..migrate.pruning import Needed
from ..migrate.showing import diff_lines, prune_lines, report_lines, show_diff, show_findings
from ..problem import DONE, UNKNOWN, USAGE, OperationProblem
from ..reporting import Reporter
from ..session import open_session
from ..versions.answering import answer_of
from . import options
from .printing import answers

_App = Annotated[Path, typer.Argument(metavar="APP", help="The folder that holds the app's host.json.", show_default=False)]
_Diff = Annotated[bool, typer.Option("--diff", help="Show what changes, line by line.")]
_STANDING = "Nothing was changed, or the next `migrate` command undoes what was."

migrate = typer.Typer(
    help="""Name-based versioning: freeze, check and prune the versions of an app's functions.

A released version is a frozen copy: `Orders_v1` beside the working copy `Orders`, which is the next version. Known are Python, C#, JavaScript
and TypeScript, each in both of its programming models. Formatting and comments stay as they are.

\b
    python -m operations migrate freeze v1 src/app --diff --dry-run
    python -m operations migrate freeze v1 src/app
    python -m operations migrate check src/app                       in CI
    python -m operations migrate prune src/app --stack prod          what nobody needs any more

All is written or nothing. A run that was killed half way is undone by the next one.""",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@migrate.command()
def freeze(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as v1, v10 or v1.2.", show_default=False)],
    app: _App,
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Freeze this function alone. Repeatable.")] = None,
    with_entities: Annotated[bool, typer.Option("--with-entities", help="Entities too. Each version then has a state of its own.")] = False,
    with_clients: Annotated[
        bool,
        typer.Option(
            "--with-clients/--without-clients",
            help="Clients too, such as HTTP starters: both the original and the copy then hear the trigger.",
        ),
    ] = False,
    diff: _Diff = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
) -> None:
    """Copy the app's orchestrators and activities as a version that never changes again.

    Each copy is called <Name>_v1, and so is it in every reference inside the copies: in calls of activities and sub-orchestrations, constants,
    f-strings and function objects that can be told. The app's own modules that they need are copied along. What can't be told is listed.

    \b
        python -m operations migrate freeze v1 src/app --diff --dry-run     what would change
        python -m operations migrate freeze v1.2 src/app
        python -m operations migrate freeze v2 src/app --only Orders --only Charge

    versions.lock.json keeps the hash of every frozen file; commit it. The same version again changes nothing, or is refused if the working copy
    is another by then.
    """
    choice = Choice(frozenset(only or ()), with_entities, with_clients)
    with Reporter(as_json=as_json) as reporter:
        reporter.say(f"reading {app}")
        if not dry_run:
            reporter.standing(_STANDING)
        effect, plan = freeze_app(app, version, choice, act=not dry_run, say=reporter.note)
        if as_json:
            reporter.result(plan.as_json() | {"files": sorted(effect.writes), "dry_run": dry_run})
            return
        reporter.quiet()
        if diff:
            show_diff(answers, diff_lines(effect.files, effect.writes, effect.deletes))
        for line in report_lines(plan, len(effect.writes), done=not dry_run):
            answers.print(line, markup=False)


@migrate.command()
def check(
    app: _App,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="What this rule finds is known, and is not wrong. Repeatable.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Find what would break an instance: frozen code that changed, versions that refer to each other, clients that start the working copy.

    \b
        python -m operations migrate check src/app
        python -m operations migrate check src/app --accept dynamic --json

    Exit code 2 if something is wrong. What is only to be known does not count, such as a client's name that is put together at run time.
    """
    if strange := sorted(set(accept or ()) - set(RULES)):
        raise OperationProblem(f"--accept {strange[0]}: is no rule. There are: {', '.join(RULES)}.")
    with Reporter(as_json=as_json) as reporter:
        reporter.say(f"reading {app}")
        findings = accepted(check_app(app, reporter.note), accept or ())
        if as_json:
            reporter.result({"findings": [one.as_json() for one in findings]})
        else:
            reporter.quiet()
            show_findings(answers, findings)
    raise typer.Exit(USAGE if any(one.wrong for one in findings) else DONE)


@migrate.command()
def prune(
    app: _App,
    stack: options.Stack,
    keep: Annotated[int, typer.Option(metavar="N", min=1, help="So many of the newest versions stay whatever they do.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. Left out: a dry run.")] = False,
    diff: _Diff = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Take versions out of the code of which nothing runs in any slot, and that no client is told to start. A dry run unless --yes.

    \b
        python -m operations migrate prune src/app --stack prod --diff
        python -m operations migrate prune src/app --stack prod --keep 3 --yes

    Exit code 4, and nothing is removed, if the task hub of a slot can't be read to its end.
    """
    with Reporter(as_json=as_json) as reporter:

        def ask() -> Needed:
            session = open_session(cwd, stack, reporter)
            if session.deployment.versioning is None or not session.deployment.versioning.by_name:
                raise OperationProblem(
                    f"'{stack}' is no stack of name-based versioning: what runs there is not told by names of functions."
                )
            found = asyncio.run(answer_of(session))
            if found.unknown:
                raise OperationProblem([*found.unknown, "What still runs is not known, so nothing was removed."], UNKNOWN)
            running: dict[str, int] = {}
            for one in found.active:
                running[one.name] = running.get(one.name, 0) + one.count
            return Needed(running, found.started)

        if yes:
            reporter.standing(_STANDING)
        effect, planned = prune_app(app, ask, keep, act=yes, say=reporter.note)
        if as_json:
            reporter.result(planned.as_json() | {"files": sorted({*effect.writes, *effect.deletes}), "dry_run": not yes})
            return
        reporter.quiet()
        if diff:
            show_diff(answers, diff_lines(effect.files, effect.writes, effect.deletes))
        for line in prune_lines(planned, done=yes):
            answers.print(line, markup=False)


__all__ = ["migrate"]
