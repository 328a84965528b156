"""`versions deploy`, `pin`, `unpin`, `retire`, `retry`: what an operator tells the router of application routing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..reporting import Reporter
from ..routing.forcing import forced, line_in
from ..routing.opening import RouterSession, open_router
from ..routing.refusing import refuse
from . import options

Line = Annotated[str, typer.Argument(metavar="LINE", help="Major and minor, such as 1.0.", show_default=False)]


def deploy(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="major.minor.patch, such as 1.0.1.", show_default=False)],
    package: Annotated[Path, typer.Argument(metavar="FILE", help="The .zip that `operations package` has made.", show_default=False)],
    stack: options.Stack,
    rollback: Annotated[bool, typer.Option("--rollback", help="Allow a lower patch than the one that the line runs.")] = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """Bring a version to the router: a patch of a line goes into its app, a new line gets an app on its first request.

    The package goes into the router's container first, by Entra ID, once for each content. The same version with the same package again
    changes nothing; with another package it is refused: give it a number of its own.

    \b
        pulumi stack output host_json --stack prod |
            python -m operations package examples/orders --host-json -
        python -m operations versions deploy 1.0.1 dist/orders.zip --stack prod
    """
    with Reporter(as_json=as_json) as reporter:
        refuse(version, package)
        session = open_router(cwd, stack, reporter)
        if dry_run:
            _show(session, _plan(session, version), f"{version} would go there. Nothing was changed.")
            return
        url, digest = _uploaded(session, package)
        reporter.say(f"telling the router of {version}")
        found = session.client.deploy(version, url, digest, rollback=rollback)
        _show(session, found, f"{version} is deployed to line {found.get('line')}, which is {found.get('state')}.")


def pin(line: Line, stack: options.Stack, as_json: options.Json = False, cwd: options.Folder = Path()) -> None:
    """Send requests without a version to this line, whatever is newer. It stays active as long as it is pinned.

    \b
        python -m operations versions pin 1.0 --stack prod
    """
    with Reporter(as_json=as_json) as reporter:
        session = open_router(cwd, stack, reporter)
        _show(session, session.client.pin(line), f"Requests without a version go to {line} now, in at most a minute at every router.")


def unpin(stack: options.Stack, as_json: options.Json = False, cwd: options.Folder = Path()) -> None:
    """Send requests without a version where the policy says again: to the newest active line, unless the stack names one."""
    with Reporter(as_json=as_json) as reporter:
        session = open_router(cwd, stack, reporter)
        found = session.client.unpin()
        _show(session, found, f"Nothing is pinned. Requests without a version go to {found.get('default') or 'no line: none is active'}.")


def retire(
    line: Line,
    stack: options.Stack,
    force: Annotated[
        str | None,
        typer.Option(
            "--force",
            metavar="N|unknown",
            help="End it though N instances run in it, which are lost; `unknown` where their number can't be read.",
            show_default=False,
        ),
    ] = None,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    cwd: options.Folder = Path(),
) -> None:
    """End a line now: it is not kept, and not waited for once nothing runs in it. Refuses while something does.

    Its app goes through the same states as others do; only the delays that the policy adds fall away. Its history can be queried afterwards.

    \b
        python -m operations versions retire 1.0 --stack prod

    Exit code 3: instances run in it. Wait for them, or type their number after --force.
    """
    with Reporter(as_json=as_json) as reporter:
        session = open_router(cwd, stack, reporter)
        row = line_in(session.client.versions(), line)
        count = forced(row, force, stack)
        if dry_run:
            _show(session, row, f"{line} is {row.get('state')}; its end would be asked for. Nothing was changed.")
            return
        _show(
            session,
            session.client.retire(line, count),
            f"{line} ends: it is removed as soon as nothing can be lost by it." if count is None else f"{line} ends, whatever runs in it.",
        )


def retry(line: Line, stack: options.Stack, as_json: options.Json = False, cwd: options.Folder = Path()) -> None:
    """Try again now what has failed for a line: making its app, or deploying its patch, without waiting for the next try.

    \b
        python -m operations versions retry 2.0 --stack prod
    """
    with Reporter(as_json=as_json) as reporter:
        session = open_router(cwd, stack, reporter)
        found = session.client.retry(line)
        _show(session, found, f"{line} is tried again; it is {found.get('state')}.")


def _plan(session: RouterSession, version: str) -> dict[str, Any]:
    """What is there of its line."""
    line = ".".join(version.split(".")[:2])
    rows = [one for one in session.client.versions().get("lines") or [] if one.get("line") == line]
    return dict(rows[0]) if rows else {"line": line, "state": None}


def _uploaded(session: RouterSession, package: Path) -> tuple[str, str]:
    """Its URL in the router's container, and its SHA-256."""
    from hashlib import sha256

    from ..packaging import PackageContainer, upload_package

    digest = sha256(package.read_bytes()).hexdigest()
    router = session.router
    container = PackageContainer(
        router.packages_url, router.group_id, session.arm, credential=session.credential, say=session.reporter.note
    )
    try:
        return upload_package(package, digest, router.site, container, say=session.reporter.note).url, digest
    finally:
        container.close()


def _show(session: RouterSession, found: Mapping[str, Any], sentence: str) -> None:
    if session.reporter.as_json:
        session.reporter.result(dict(found))
    else:
        session.reporter.print(sentence)


__all__ = ["deploy", "pin", "retire", "retry", "unpin"]
