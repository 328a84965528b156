"""What the router runs now. Production keeps its code until a swap: new code goes into a slot first, and the router is stateless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi

from .._azure import setting_names as names
from .._hosting import FLEX, LIVE, package_key
from .._live.parity import PRODUCTION
from .._live.reading import LiveState, Missing, Unreadable
from .._live.uploads import Upload, plan_upload
from .blueprint import apps_in
from .router_settings import BLUEPRINT
from .wanted import RoutingArguments


@dataclass(frozen=True)
class RouterNow:
    package: str | None
    """URL of the package that production runs. None: nothing yet, or what the program wants."""
    version: str | None
    blueprint_url: str | None
    upload: Upload
    deployed: bool = True
    """Flex Consumption: whether the wanted code was brought there, which no update does."""


class RouterUnreadable(Exception):
    """What production runs can't be read, so that nothing may be written over it."""


def read_router(live: LiveState, arguments: RoutingArguments, blob: str, digest: str) -> RouterNow:
    """Raises RouterUnreadable. `blob`: of the package that the program wants."""
    found = live.slot(PRODUCTION)
    uploaded = live.uploaded(arguments.packages_account, "packages")
    for one in (found, uploaded):
        if isinstance(one, Unreadable):
            raise RouterUnreadable(str(one))
    assert not isinstance(uploaded, Unreadable) and not isinstance(found, Unreadable)
    upload = plan_upload(uploaded, digest)
    metadata = {} if isinstance(uploaded, Missing) else uploaded
    deployed = arguments.hosting.kind != FLEX or metadata.get(LIVE, "").partition(";")[0] == package_key(blob)
    if isinstance(found, Missing):
        return RouterNow(None, None, None, upload, deployed)
    return replace(now_of(found, blob, with_slot=len(arguments.slots) > 1, upload=upload), deployed=deployed)


def now_of(settings: Mapping[str, str], blob: str, *, with_slot: bool, upload: Upload) -> RouterNow:
    """Without a slot the wanted code goes right into production, with a restart."""
    package = settings.get(names.RUN_FROM_PACKAGE)
    same = package is None or package.partition("?")[0].rpartition("/")[2] == blob
    kept = None if same or not with_slot else package
    return RouterNow(kept, settings.get(names.VERSION) if kept else None, settings.get(BLUEPRINT), upload)


def told(before: str | None, after: str, rollout: str) -> str | None:
    """What a changed blueprint (its address before and after) means for the apps that exist, in a sentence; None: nothing."""
    if before is None or apps_in(before) == apps_in(after):
        return None
    if rollout == "all_apps":
        return "the blueprint changes, and policy.rollout is all_apps: every version app gets the new settings, one after the other, with a restart each."
    return "the blueprint changes, and policy.rollout is new_apps: apps that exist keep what they have; only lines that begin from now on get it."


def told_of_code(label: str) -> str:
    """On Flex Consumption, where no update brings code."""
    return (
        f"an update brings no code to Flex Consumption: the router runs what it ran, or nothing yet, until {label} is deployed by "
        f"`python -m operations versions deploy-router --stack {pulumi.get_stack()}`."
    )


__all__ = ["RouterNow", "RouterUnreadable", "now_of", "read_router", "told", "told_of_code"]
