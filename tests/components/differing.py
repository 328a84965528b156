"""What differs between two deployments: children that are gone or new, and inputs that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .deploying import Deployment

ABSENT = "(absent)"


@dataclass(frozen=True)
class Differences:
    gone: set[str]
    new: set[str]
    changed: dict[str, dict[str, Any]]
    """Child -> dotted name of an input -> its value now."""


def differences(base: Deployment, made: Deployment) -> Differences:
    before, after = ({child.name: flat(child.inputs) for child in one.children.values()} for one in (base, made))
    changed = {name: changes(before[name], after[name]) for name in before.keys() & after.keys() if before[name] != after[name]}
    return Differences(before.keys() - after.keys(), after.keys() - before.keys(), changed)


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: after.get(name, ABSENT) for name in before.keys() | after.keys() if before.get(name, ABSENT) != after.get(name, ABSENT)}


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Dotted name -> leaf. A package's files are told by its blob's name."""
    if isinstance(value, dict) and (value or not path):
        return {
            key: leaf for name, one in value.items() if name != "source" for key, leaf in flat(one, f"{path}/{name}".strip("/")).items()
        }
    return {path: value}
