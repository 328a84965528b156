"""`packages`: what lies in the packages container."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..reporting import Reporter
from . import options

packages = typer.Typer(help="The code packages of a stack.", no_args_is_help=True, rich_markup_mode=None)


@packages.callback()
def _packages() -> None:
    """The code packages of a stack."""


@packages.command()
def prune(
    stack: options.Stack,
    keep: Annotated[int, typer.Option(metavar="N", min=0, help="So many of the newest stay, whoever names them.")] = 10,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them. Left out: only show which.")] = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Remove packages that nobody needs any more. Without --yes nothing is removed.

    What stays in any case: what a slot runs from, what the stack's configuration and its last update ask for, what a rollback could
    need, and blobs with names of their own. Takes the same lease as a release, so that none begins meanwhile.
    """
    from ..packaging.needed import needed_packages, prune_stack
    from ..session import open_session

    with Reporter(as_json=as_json) as reporter:
        session = open_session(cwd, stack, reporter)
        result = prune_stack(session, lambda seen: needed_packages(session, seen), keep, really=yes)
        if as_json:
            reporter.result({**result.as_json(), "dry_run": not yes})
            return
        for fate in result.fates:
            reporter.print(f"{'keeps' if fate.kept else 'removes'}  {fate.blob.name}{'  ' + fate.kept if fate.kept else ''}")
        if not yes and result.removed:
            reporter.print(f"Nothing was removed yet. Run this again with --yes to remove {len(result.removed)}.")


__all__ = ["packages"]
