"""`ramp`: start a share of new instances with a newer version, and go up or back without a deployment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ..holder import this_process
from ..live import read_live
from ..problem import OperationProblem
from ..ramp import Ramp, RampStore, next_ramp, ramp_url
from ..reporting import Reporter
from ..session import open_session
from . import options


def ramp(
    stack: options.Stack,
    to: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The version that the share gets. Left out: that of the ramp there is.")
    ] = None,
    percent: Annotated[float | None, typer.Option(metavar="0..100", help="The share of new instances. Left out: show the ramp.")] = None,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Start a share of new instances with another version than START_VERSION says. Nothing restarts, nothing is deployed.

    One small record is written; clients that use the starter helper read it within 30 seconds. `pulumi up` does not touch it. Running
    instances keep their version. Going back is `--percent 0`.

    The code of the newer version has to be in production, while the configuration still tells clients to start the old one:

    \b
        pulumi config set --stack prod --path durable-deploy:versioning.start_version 1.0
        python -m operations release --stack prod            # 2.0 is in production, and nobody starts it
        python -m operations ramp --stack prod --to 2.0 --percent 10
        python -m operations ramp --stack prod --percent 50
        python -m operations ramp --stack prod --percent 0   # back: no deployment

    When all is well, remove the pin and run `pulumi up`: every client starts 2.0, and the ramp means nothing any more.
    """
    with Reporter(as_json=as_json) as reporter:
        session = open_session(cwd, stack, reporter)
        deployment = session.deployment
        if deployment.versioning is None or deployment.versioning.by_name:
            raise OperationProblem(
                f"'{deployment.site}' is not of the strategy orchestration versioning: only there a start can name a version."
            )
        setting = deployment.versioning.start_setting
        production = read_live(deployment, session.arm).production
        store = RampStore(ramp_url(production, deployment.site), session.credential, waiting=reporter.waiting)
        before = store.read()
        if percent is None:
            if to is not None:
                raise OperationProblem("--to without --percent: say which share of new instances is to get it.")
            _show(reporter, before, setting, as_json)
            return
        now = datetime.now(UTC)
        wanted = next_ramp(before, to, percent, production, now=now, by=this_process("ramp", now).owner)
        if wanted is None:
            reporter.note("the ramp says that already")
        elif dry_run:
            reporter.note(f"would be written: {_sentence(wanted, setting)}")
        else:
            store.write(wanted)
            reporter.standing("The ramp was written.")
        _show(reporter, before if dry_run or wanted is None else wanted, setting, as_json)


def _show(reporter: Reporter, ramp: Ramp | None, setting: str, as_json: bool) -> None:
    if as_json:
        reporter.result({"ramp": None if ramp is None else ramp.as_json()})
    else:
        reporter.print(_sentence(ramp, setting))


def _sentence(ramp: Ramp | None, setting: str) -> str:
    return f"There is no ramp: every client starts what {setting} says." if ramp is None else ramp.told(setting, datetime.now(UTC))


__all__ = ["ramp"]
