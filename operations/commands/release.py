"""`release`: the whole way of a new version into production, in one command."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..durations import seconds
from ..problem import OperationProblem
from ..pulumi import Pulumi
from ..reporting import Reporter
from . import options


class Mode(StrEnum):
    IDLE = "idle"
    DRAIN_BEHIND = "drain-behind"


class Lateness(StrEnum):
    REPORT = "report"
    WAIT = "wait"
    SWAP_BACK = "swap-back"


def release(
    stack: options.Stack,
    mode: Annotated[
        Mode,
        typer.Option(
            help="idle: swap when nothing runs in production. drain-behind: swap at once; the old version finishes in the other slot."
        ),
    ] = Mode.IDLE,
    timeout: Annotated[str, typer.Option(metavar="TIME", help="How long a task hub is waited for, each time.")] = "2h",
    settle: options.Settle = "30s",
    dry_run: options.DryRun = False,
    abandon_entities: options.AbandonEntities = False,
    abandon_staging: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Give up the N instances, exactly, that still run where the new version goes.")
    ] = None,
    accept_unsettled: options.AcceptUnsettled = None,
    late_starters: Annotated[
        Lateness,
        typer.Option(help="What was started in the old version between the gate and the swap: list it, wait for its end, or swap back."),
    ] = Lateness.REPORT,
    exclude: options.Exclude = None,
    before_swap: Annotated[
        str | None, typer.Option(metavar="CMD-or-URL", help="Called when the new version is staged; if it fails, nothing is swapped.")
    ] = None,
    after_swap: Annotated[
        str | None,
        typer.Option(metavar="CMD-or-URL", help="Called when the new version is in production; if it fails, it is swapped back."),
    ] = None,
    hook_timeout: Annotated[str, typer.Option(metavar="TIME", help="For each hook.")] = "5m",
    ramp: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT,…",
            help="Orchestration versioning: start these shares of new instances with the new version, one after the other.",
        ),
    ] = None,
    ramp_step: Annotated[str, typer.Option(metavar="TIME", help="How long each share is watched.")] = "15m",
    ramp_failures: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="More failed instances of the new version than this in one step take the ramp back to 0."),
    ] = 0,
    force_unlock: options.ForceUnlock = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Bring the version that the stack's configuration names into production, without breaking an orchestration that runs.

    With a versioning strategy nothing is waited for: the new code continues what runs, and after the swap one more `pulumi up` tells clients the
    new version.

    The plan is shown first. With status check with slot, new code is staged (`pulumi up`) in a slot whose task hub is drained, tried, and swapped when nothing runs
    in production any more. Killed or interrupted anywhere, the same command goes on from what is live then.

    \b
        pulumi config set --stack prod --path durable-deploy:package.version 2.1.0
        python -m operations release --stack prod

    On Flex Consumption there are no slots: settings come first, then the code by OneDeploy, each waited for until every answer of the app has
    come from a process younger than it for twice the settle time.

    A hook gets JSON (event, release, stack, site, version_from, version_to, slot, urls), a command on standard input, an address as a POST.

    Exit codes: 0 done; 2 refused, the message says how it can be done; 3 something still runs, or somebody else is at work; 4 not known;
    5 production has the old version again; 1 anything else.
    """
    from ..release import AzureHands, Manner, Options, carry_out
    from ..release.showing import show_plan, show_result
    from ..rollout import Manner as Rollout

    asked = Options(
        mode=mode.value,
        abandon_entities=abandon_entities,
        abandon_staging=abandon_staging,
        accept_unsettled=options.unsettled(accept_unsettled),
        late_starters=late_starters.value,
        before_swap=before_swap,
        after_swap=after_swap,
        timeout=timedelta(seconds=seconds("--timeout", timeout)),
        settle=timedelta(seconds=seconds("--settle", settle)),
        exclude=tuple(exclude or ()),
        ramp=shares(ramp),
        ramp_step=timedelta(seconds=seconds("--ramp-step", ramp_step)),
        ramp_failures=ramp_failures,
    )
    for name, hook in (("--before-swap", before_swap), ("--after-swap", after_swap)):
        if hook is not None and not hook.strip():
            raise OperationProblem(f"{name}: is empty. Give a command or an address, or leave it out.")
    quiet = 2 * asked.settle
    rollout = Rollout(quiet, every=min(2.0, quiet.total_seconds() / 5))
    manner = Manner(hook_timeout=seconds("--hook-timeout", hook_timeout), rollout=rollout)
    with (
        Reporter(as_json=as_json) as reporter,
        AzureHands(Pulumi(cwd, stack), reporter, leased=not dry_run, force_unlock=force_unlock, manner=manner) as hands,
    ):
        result = carry_out(hands, asked, reporter, dry_run=dry_run, show=lambda world, plan: show_plan(reporter, world, plan))
        show_result(reporter, result, dry_run=dry_run)


def shares(text: str | None) -> tuple[float, ...]:
    """`10,50` as numbers. Raises OperationProblem unless they rise, between 0 and 100."""
    if text is None:
        return ()
    try:
        found = tuple(float(part.strip().removesuffix("%")) for part in text.split(","))
    except ValueError:
        raise OperationProblem(f"--ramp {text}: is no list of shares. Write it like 10,50.") from None
    if any(not 0 < percent <= 100 for percent in found) or list(found) != sorted(set(found)):
        raise OperationProblem(f"--ramp {text}: shares are between 0 and 100, each above the one before it, like 10,50.")
    return found


__all__ = ["release", "shares"]
