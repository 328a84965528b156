"""Is it ours? Asked of the live resource, right before each write to it and each deletion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arm import WEB, ArmClient, NotOurs
from ..blueprint import Blueprint
from ..describing import names


def tag(body: Mapping[str, Any], name: str) -> str | None:
    """Names of tags are compared without regard to case (Microsoft docs, "Use tags to organize your Azure resources")."""
    tags = body.get("tags")
    found = tags if isinstance(tags, Mapping) else {}
    return next((str(value) for key, value in found.items() if str(key).lower() == name.lower()), None)


def is_owned(body: Mapping[str, Any], blueprint: Blueprint) -> bool:
    """Resource ids are compared without regard to case."""
    return bool(blueprint.app.owner) and (tag(body, names.OWNER) or "").lower() == blueprint.app.owner.lower()


async def own(arm: ArmClient, id: str, blueprint: Blueprint, *, version: str = WEB) -> dict[str, Any] | None:
    """The resource; None if it does not exist. Raises NotOurs."""
    body = await arm.find(id, version=version)
    if body is None:
        return None
    if not isinstance(body, dict) or not is_owned(body, blueprint):
        kind, _, name = id.rpartition("/")
        raise NotOurs(f"{kind.rpartition('/')[2]} '{name}'")
    return body


__all__ = ["is_owned", "own", "tag"]
