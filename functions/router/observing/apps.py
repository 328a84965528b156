"""Which apps there are, whose they are, and what they run: one list of the version apps' group. Pure, but for the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..blueprint import Blueprint
from ..describing import names
from ..hosting.owning import is_owned, tag
from ..hosting.probing import deployed
from ..lines import LineRow
from ..planning import ObservedApp
from ..versions import BadVersion, Line


@dataclass(frozen=True)
class Seen:
    apps: Mapping[Line, ObservedApp]
    foreign: frozenset[str]
    """Names of sites that don't carry our mark."""


def seen_apps(sites: Iterable[Mapping[str, Any]], rows: Iterable[LineRow], blueprint: Blueprint) -> Seen:
    """An app belongs to the line whose row has its name; one of ours that no row names, to the line that its own mark tells."""
    by_name = {row.app.lower(): row.line for row in rows}
    apps: dict[Line, ObservedApp] = {}
    foreign = set()
    for site in sites:
        name = str(site.get("name") or "")
        if not is_owned(site, blueprint):
            foreign.add(name)
            continue
        line = by_name.get(name.lower()) or _marked(site)
        if line is not None and (line not in apps or name.lower() in by_name):
            apps[line] = _app(site, name)
    return Seen(apps, frozenset(foreign))


def _app(site: Mapping[str, Any], name: str) -> ObservedApp:
    properties = site.get("properties") or {}
    return ObservedApp(
        name=name,
        state=str(properties.get("state") or ""),
        host_name=str(properties.get("defaultHostName") or ""),
        owner=tag(site, names.OWNER) or "",
        blueprint=tag(site, names.BLUEPRINT) or "",
        deployed=deployed(dict(site)),
        busy_deploying=bool(tag(site, names.DEPLOYING)),
    )


def _marked(site: Mapping[str, Any]) -> Line | None:
    try:
        return Line.parse(tag(site, names.LINE) or "")
    except BadVersion:
        return None


__all__ = ["Seen", "seen_apps"]
