"""Which packages somebody may still start from, in one stack, and the removal of all others under the site's lease."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..lease import Lease, read_record
from ..live import read_live
from ..session import Session
from ..updating import in_progress, refuse_while_updating
from .container import PackageContainer
from .pruning import Pruning, prune


def needed_packages(session: Session, record: Mapping[str, Any]) -> dict[str, str]:
    """Package URL -> who names it. Raises OperationProblem if a slot can't be read: what is unknown is needed."""
    live = read_live(session.deployment, session.arm)
    named: dict[str, str] = {}
    for url in _of_the_last_swap(record):
        named[url] = "it could be swapped back to"
    configured = session.pulumi.config().get(f"{session.pulumi.project()['name']}:package")
    if isinstance(configured, dict) and configured.get("url"):
        named[str(configured["url"])] = "the stack's configuration names it"
    wanted = session.pulumi.outputs().get("wanted_package_url")
    if isinstance(wanted, str):
        named[wanted] = "the stack's last update asked for it"
    return named | {one.package: f"slot '{name}' runs it" for name, one in live.slots.items() if one.package}


def prune_stack(session: Session, needed: Callable[[Mapping[str, Any]], Mapping[str, str]], keep: int, *, really: bool) -> Pruning:
    """`needed` gets the record beside the lease. Raises OperationProblem."""
    deployment, reporter = session.deployment, session.reporter
    container = PackageContainer(
        deployment.packages_url, deployment.group_id, session.arm, credential=session.credential, say=reporter.note
    )
    try:
        if not really:
            seen = read_record(deployment.packages_url, deployment.site, session.credential)
            return prune(container, deployment.site, lambda: needed(seen.content), keep, really=False)
        note = refuse_while_updating(in_progress(session.pulumi), deployment.stack)
        if note is not None:
            reporter.note(note)
        with Lease(deployment.packages_url, deployment.site, session.credential, "packages prune", waiting=reporter.waiting) as lease:
            return prune(container, deployment.site, lambda: needed(lease.content), keep, really=True, say=reporter.note)
    finally:
        container.close()


def _of_the_last_swap(record: Mapping[str, Any]) -> list[str]:
    swap = (record.get("release") or {}).get("swap") or {}
    return [str(url) for url in swap.get("packages") or []]


__all__ = ["needed_packages", "prune_stack"]
