"""Takes a package's inventory without running it: from its manifest, if it brings one; else by its language; else by name only."""

from __future__ import annotations

from .._contents import reader
from .._reading import Package
from . import node, python
from .manifest import MANIFEST, parse
from .model import Inventory, by_name_only


def inventory(package: Package) -> Inventory:
    """Raises PackageProblem for a manifest that can't be understood."""
    read = reader(package.path, package.kind)
    if MANIFEST in package.files:
        return parse(read(MANIFEST), package.path)
    if package.python:
        return python.take(package.functions, package.unnamed, tuple(package.files), read)
    if any(one.source.endswith((".js", ".cjs", ".mjs", ".ts", ".cts", ".mts")) for one in package.functions):
        return node.take(package.functions, package.unnamed, package.files, read)
    named = {
        trigger: [one.name for one in package.functions if one.trigger.lower() == trigger]
        for trigger in ("orchestrationtrigger", "activitytrigger", "entitytrigger")
    }
    return by_name_only(*named.values())


__all__ = ["inventory"]
