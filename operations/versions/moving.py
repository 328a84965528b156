"""Whether a code may be brought to production's task hub, where that stays with the slot: by a swap, a rollback, or a release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from taskhub import Finding, Reason

from ..deployment import Deployment
from ..live import Live, LiveSlot
from ..live.settings import VERSIONS, listed
from ..problem import Unknown
from .containing import Contents, contents_of, has_version, orphan_sentences, orphans
from .ordering import compare


def orphaned_by(live: Live, slot: str, deployment: Deployment, look: Callable[[LiveSlot], Finding]) -> list[str]:
    """What speaks against the code of `slot` in production, in sentences. `look` reads production's hub, once.

    Raises Unknown if what runs there can't be told.
    """
    versioning = deployment.versioning
    assert versioning is not None
    here = live.production
    coming = contents_of(_with_what_it_waits_for(here) if slot == here.slot else live.slots[slot], by_name=versioning.by_name)
    production = contents_of(here, by_name=versioning.by_name)
    refused = [sentence] if (sentence := refused_start(coming, live.production.starts, versioning.start_setting)) else []
    if live.production.hub is None:
        return [*refused, *_without_a_look(coming, production, versioning.backend)]
    finding = look(live.production)
    if finding.reason in (Reason.UNREADABLE, Reason.DEADLINE):
        raise Unknown(f"What runs on production's task hub isn't known. {finding.sentence}")
    return [*refused, *orphan_sentences(coming, orphans(coming, finding.by_orchestrator), "production")]


def _with_what_it_waits_for(production: LiveSlot) -> LiveSlot:
    """On Flex Consumption there is no slot to come from: the settings already speak of the code that is coming."""
    return replace(production, version=production.ahead or production.version, contains=listed(production.settings, VERSIONS))


def refused_start(coming: Contents, starts: str | None, setting: str) -> str | None:
    """Clients are told a version that the code does not have: every start of it would wait for code that is not there."""
    if starts is None or has_version(coming, starts) is not False:
        return None
    return (
        f"Clients in production start version {starts} ({setting}), which {coming.label} does not have. Lower that first, in the "
        "configuration (`versioning`), and run `pulumi up`; when the instances of the newer version have ended, go back."
    )


def _without_a_look(coming: Contents, production: Contents, backend: str) -> list[str]:
    """Another backend than Azure Storage can't be read from here. A code that has production's version has all that was started by it."""
    if (
        coming.newest is not None
        and production.newest is not None
        and coming.match != "Strict"
        and compare(production.newest, coming.newest) <= 0
    ):
        return []
    raise Unknown(
        f"What runs on production's task hub can't be read (backend {backend}), and {coming.label} ({coming.newest or 'no version'}) is older than "
        f"{production.label} ({production.newest or 'no version'}): whether instances of the newer version are left isn't known."
    )


__all__ = ["orphaned_by", "refused_start"]
