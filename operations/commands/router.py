"""`versions deploy-router`: the router's own code, where `pulumi up` does not bring it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from ..durations import seconds
from ..pulumi import Pulumi
from ..reporting import Reporter
from ..rollout import Manner
from ..routing.bringing import bring
from ..routing.opening import open_router
from ..routing.own_code import own_code
from . import options

_SENTENCES = {
    "there": "The router runs {key} already. Nothing was changed.",
    "would deploy": "{key} would be deployed to the router. Nothing was changed.",
    "deployed": "The router runs {key}.",
}


def deploy_router(
    stack: options.Stack,
    settle: Annotated[str, typer.Option("--settle", metavar="TIME", help="How long every answer has to come from the new code.")] = "60s",
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Bring the router's own code to its app on Flex Consumption, after `make package` and `pulumi up`.

    There an update writes settings and uploads the package; what deploys it is OneDeploy, which no Pulumi resource does. Requests that come while
    instances are replaced may fail: give it a quiet moment, or use a plan with slots. Run again, it goes on where it was, or changes nothing.

    \b
        make package
        pulumi up --stack prod
        python -m operations versions deploy-router --stack prod

    Exit code 4: whether every instance has the code isn't known. Run it again.
    """
    quiet = timedelta(seconds=seconds("--settle", settle))
    with Reporter(as_json=as_json) as reporter:
        code = own_code(stack, Pulumi(cwd, stack).outputs())
        manner = Manner(quiet, every=min(2.0, max(quiet.total_seconds() / 5, 0.1)))
        found = bring(open_router(cwd, stack, reporter), code, manner, dry_run=dry_run)
        if as_json:
            reporter.result(found)
        else:
            reporter.print(_SENTENCES[found["done"]].format(**found))


__all__ = ["deploy_router"]
