"""`package`: the .zip that an app runs from, and on request its way into the packages container."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..problem import OperationProblem
from ..reporting import Reporter


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
    upload: Annotated[
        bool, typer.Option("--upload", help="Bring it to the stack's packages container, by Entra ID; needs --stack.")
    ] = False,
    stack: Annotated[str | None, typer.Option(metavar="NAME", help="For --upload: the stack, which was deployed before.")] = None,
    cwd: Annotated[Path, typer.Option(metavar="DIR", help="For --upload: the folder with Pulumi.yaml.")] = Path(),
) -> None:
    """Make the .zip that an app runs from. Nothing is built on Azure: dependencies go into it, for Linux on x86-64.

    `.funcignore` is honoured. The same input gives the same bytes, as long as the package index gives the same versions: pin them.
    An app that imports `status_check` or `taskhub` gets them from here.

    The stack renders the host.json that fits its task hubs, and the component lays it over whatever package it uploads. A package that
    gets to Azure by other means (package.url, a pipeline) needs it inside; --upload takes the stack's unless --host-json gives another:

    \b
        pulumi stack output host_json --stack dev |
            python -m operations package examples/orders --host-json -
        python -m operations package examples/orders --upload --stack prod

    The last line of the output is the file, or with --upload the URL to set as package.url.
    """
    from ..packaging import make_package

    if not python_version.startswith("3.") or not python_version[2:].isdigit():
        raise OperationProblem(f"--python-version {python_version}: is no version of the worker. Write it like 3.11.")
    if upload and stack is None:
        raise OperationProblem("--upload: needs --stack, whose container the package goes to.")
    if stack is not None and not upload:
        raise OperationProblem(f"--stack {stack}: is for --upload only. Leave it out, or add --upload.")
    text = None if host_json is None else _text_of(host_json)
    with Reporter() as reporter:
        if upload and text is None:
            text = _rendered(cwd, stack or "")
        made = make_package(
            folder,
            output or Path("dist") / f"{folder.resolve().name}.zip",
            host_json=text,
            python_version=python_version,
            with_dependencies=vendor,
            say=reporter.say,
        )
        reporter.note(f"{made.files} files, {made.vendored} of them dependencies; {made.size / 1024:,.0f} KiB; sha256 {made.sha256}")
        reporter.print(_uploaded(made.path, made.digest, cwd, stack or "", reporter) if upload else str(made.path))


def _text_of(host_json: str) -> str:
    if host_json == "-":
        return sys.stdin.read()
    try:
        return Path(host_json).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise OperationProblem(f"--host-json {host_json}: can't be read ({error}).") from None


def _rendered(cwd: Path, stack: str) -> str:
    from ..pulumi import Pulumi

    text = Pulumi(cwd, stack).outputs().get("host_json")
    if not isinstance(text, str):
        raise OperationProblem(f"Stack '{stack}' has no output host_json. Deploy it first, or give --host-json.")
    return text


def _uploaded(file: Path, digest: str, cwd: Path, stack: str, reporter: Reporter) -> str:
    from ..packaging import PackageContainer, upload_package
    from ..session import open_session

    session = open_session(cwd, stack, reporter)
    deployment = session.deployment
    container = PackageContainer(
        deployment.packages_url, deployment.group_id, session.arm, credential=session.credential, say=reporter.note
    )
    try:
        return upload_package(file, digest, deployment.site, container, say=reporter.note).url
    finally:
        container.close()


__all__ = ["package"]
