"""Options that several commands share, so that they are called and explained alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskhub import Unsettled

from ..problem import OperationProblem

Stack = Annotated[str, typer.Option("--stack", metavar="NAME", help="The Pulumi stack that deployed the app.", show_default=False)]
Folder = Annotated[Path, typer.Option("--cwd", metavar="DIR", help="The folder with Pulumi.yaml.")]
Json = Annotated[bool, typer.Option("--json", help="What was found as JSON on standard output, progress as JSON lines on standard error.")]
Settle = Annotated[str, typer.Option("--settle", metavar="TIME", help="Between the two clean looks that it takes to be drained.")]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="NAME", help="An orchestrator that may run on: such as an eternal one. Repeatable."),
]
AcceptUnsettled = Annotated[
    str | None,
    typer.Option(
        "--accept-unsettled",
        metavar="N|timers",
        help="Pass although queue messages lie there while no instance is active: exactly N of them; or only those that the History table "
        "explains, one by one, as timers that ended instances left behind (a deadline that was cancelled).",
        show_default=False,
    ),
]


def unsettled(text: str | None) -> Unsettled | None:
    """The value of --accept-unsettled. Raises OperationProblem."""
    if text is None:
        return None
    if text == "timers":
        return "timers"
    if not text.isdecimal():
        raise OperationProblem(f"--accept-unsettled {text}: is neither a number of messages nor `timers`.")
    return int(text)


ForceUnlock = Annotated[
    bool, typer.Option("--force-unlock", help="Take the lease from whoever has it. Only if that process is certainly dead.")
]
AbandonEntities = Annotated[
    bool,
    typer.Option(
        "--abandon-entities", help="Swap although production's hub holds entities, whose state then stays behind with the old code."
    ),
]
DrainBehind = Annotated[
    bool,
    typer.Option("--drain-behind", help="Don't wait for production: what runs there goes on in the other slot, with its own code and hub."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]

__all__ = ["AbandonEntities", "AcceptUnsettled", "DrainBehind", "DryRun", "Exclude", "Folder", "ForceUnlock", "Json", "Settle", "Stack"]
