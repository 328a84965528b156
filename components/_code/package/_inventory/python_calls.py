"""Calls of activities and sub-orchestrations, and starts, in Python source (azure-functions-durable: DurableOrchestrationContext and -Client)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .._python_constants import Constants
from .python_modules import Module, Modules

Kind = Literal["activity", "sub-orchestration", "start"]

_METHODS: dict[str, tuple[Kind, str, int]] = {
    "call_activity": ("activity", "name", -1),
    "call_activity_with_retry": ("activity", "name", -1),
    "call_sub_orchestrator": ("sub-orchestration", "name", 3),
    "call_sub_orchestrator_with_retry": ("sub-orchestration", "name", 4),
    "start_new": ("start", "orchestration_function_name", 3),
}
"""Method -> kind, keyword of the name, position of `version` (1.5.0 and newer; older ones have none)."""


@dataclass(frozen=True)
class CallSite:
    kind: Kind
    path: str
    line: int
    name: str | None
    """None: the text does not give it."""
    text: str
    """What the source says instead of a name."""
    has_version: bool


Declared = Mapping[tuple[str, str], str]
"""File and name in it -> name of the function that is declared so."""


def call_sites(module: Module, modules: Modules, constants: Constants, declared: Declared) -> Iterator[CallSite]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _METHODS:
            continue
        kind, keyword, position = _METHODS[node.func.attr]
        target = next((one.value for one in node.keywords if one.arg == keyword), node.args[0] if node.args else None)
        if target is None:
            continue
        name = constants.text(target, module.tree, module.path) or _function(target, module, modules, declared)
        yield CallSite(kind, module.path, node.func.end_lineno or node.lineno, name, ast.unparse(target), _has_version(node, position))


def _has_version(node: ast.Call, position: int) -> bool:
    """What is unpacked may hold a version. None is none."""
    if any(one.arg is None for one in node.keywords) or any(isinstance(one, ast.Starred) for one in node.args):
        return True
    given = [one.value for one in node.keywords if one.arg == "version"] or node.args[position : position + 1] if position >= 0 else []
    return bool(given) and not (isinstance(given[0], ast.Constant) and given[0].value is None)


def _function(target: ast.expr, module: Module, modules: Modules, declared: Declared) -> str | None:
    """The name of the decorated function that an expression stands for, here or imported."""
    if not isinstance(target, ast.Name | ast.Attribute):
        return None
    written = ast.unparse(target)
    if isinstance(target, ast.Name) and (own := declared.get((module.path, written))) is not None:
        return own
    head, _, rest = written.partition(".")
    found = modules.resolve(f"{module.imports[head]}.{rest}" if rest else module.imports[head]) if head in module.imports else None
    return declared.get((found[0].path, found[1][0])) if found is not None and len(found[1]) == 1 else None


__all__ = ["CallSite", "call_sites"]
