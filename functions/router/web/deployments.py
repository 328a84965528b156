"""What a deployed version may be, and what it makes of its line's row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..blueprint import Blueprint
from ..lines import LineRow, State, VersionRow
from ..planning import full
from ..versions import Version
from .lines_begun import begun
from .orders import Refused
from .packages import Package


def row_after(version: Version, before: LineRow | None, rows: tuple[LineRow, ...], blueprint: Blueprint, now: datetime) -> LineRow | None:
    """The line's row as the deployment wants it; None: it is made by its first request."""
    line, policy = version.line, blueprint.policy
    if before is None and policy.create == "on_first_request":
        return None
    if before is None or before.state in (State.RETIRED, State.FAILED):
        if before is not None and before.removing:
            raise Refused(503, "LineCloses", f"{line} is being removed at the moment; deploy again when it is retired.", line)
        cap = full(rows, policy, beside=line)
        if cap is not None:
            raise Refused(503, "AtCapacity", f"No app can be made for {line}. {cap}", line)
        return begun(blueprint, line, version, before, now, f"{version} was deployed")
    return replace(before, wanted=version) if before.wanted != version else before


def refuse_unfit(package: Package, asked: Mapping[str, Any], blueprint: Blueprint) -> None:
    if package.problems:
        raise Refused(422, "BadPackage", "The package would not work on its line's task hub. " + ". ".join(package.problems) + ".")
    if package.has_entities and blueprint.durable.tracking == "shared" and asked.get("entities") != "acknowledged":
        raise Refused(
            422,
            "SharedEntities",
            "The package has entities, and all lines share one tracking store: an entity of two lines would be one row. Use tracking: "
            'per_line, or say "entities": "acknowledged" if no two lines use the same entity.',
        )


def refuse_unwanted(version: Version, known: VersionRow | None, package: Package, before: LineRow | None, *, rollback: bool) -> None:
    if known is not None and known.digest != package.digest:
        raise Refused(
            409, "VersionTaken", f"{version} was deployed with another package. Give the new one a number of its own.", version.line
        )
    if before is not None and before.wanted is not None and version < before.wanted and not rollback:
        raise Refused(
            409,
            "Downgrade",
            f"{version.line} runs {before.wanted}, which is newer than {version}. To go back on purpose, say rollback.",
            version.line,
        )


__all__ = ["refuse_unfit", "refuse_unwanted", "row_after"]
