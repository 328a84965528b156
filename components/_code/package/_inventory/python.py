"""What a package in Python contains: by its syntax trees, in the v2 model (decorators) and the v1 model (function.json)."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from .._functions import FunctionInfo, Read, UnnamedFunction
from .._python_constants import Constants
from .._python_model import declarations
from .model import Call, Inventory
from .python_calls import CallSite, call_sites
from .python_modules import Module, Modules
from .python_reach import Function, Reach, digest

_ORCHESTRATION, _ACTIVITY, _ENTITY = "orchestrationtrigger", "activitytrigger", "entitytrigger"


@dataclass(frozen=True)
class _Declared:
    name: str
    trigger: str
    module: Module
    node: Function | None
    symbol: str = ""
    """Of the v1 model: what the module calls it."""


def take(functions: tuple[FunctionInfo, ...], unnamed: tuple[UnnamedFunction, ...], files: tuple[str, ...], read: Read) -> Inventory:
    """`functions` and `unnamed` are what the package's reader found."""
    modules, constants = Modules(files, read), Constants(set(files), read)
    declared = [*_decorated(modules, constants), *_described(functions, modules, read)]
    nodes = frozenset(id(one.node) for one in declared if one.node is not None)
    orchestrators, sources = _orchestrators(declared, modules, nodes)
    activities = {one.name: _signature(one) for one in declared if one.trigger == _ACTIVITY}
    names = {trigger: [one.name for one in functions if one.trigger.lower() == trigger] for trigger in (_ORCHESTRATION, _ACTIVITY, _ENTITY)}
    symbols = {(one.module.path, one.node.name): one.name for one in declared if one.node is not None}
    own = [module for path in sorted(modules.paths) if (module := modules.at(path)) is not None]
    sites = [site for module in own for site in call_sites(module, modules, constants, symbols)]
    all_activities = {name.lower() for name in names[_ACTIVITY]}
    some_unnamed = any(one.trigger.lower() == _ACTIVITY for one in unnamed)
    return Inventory(
        orchestrators={name: orchestrators.get(name, "") for name in sorted(names[_ORCHESTRATION])},
        activities={name: activities.get(name, "") for name in sorted(names[_ACTIVITY])},
        entities=tuple(sorted(names[_ENTITY])),
        files=sources,
        calls_without_version=_calls(site for site in sites if site.kind == "sub-orchestration" and not site.has_version),
        starts_without_version=_calls(site for site in sites if site.kind == "start" and not site.has_version),
        undeclared=_calls(
            site for site in sites if site.kind == "activity" and not some_unnamed and site.name and site.name.lower() not in all_activities
        ),
    )


def _decorated(modules: Modules, constants: Constants) -> Iterator[_Declared]:
    for path in sorted(modules.paths):
        if (module := modules.at(path)) is None:
            continue
        for one in declarations(module.tree, path, constants):
            yield _Declared(one.name or f"{path}:{one.node.lineno}", one.trigger.lower(), module, one.node)


def _described(functions: tuple[FunctionInfo, ...], modules: Modules, read: Read) -> Iterator[_Declared]:
    """`<name>/function.json` with `scriptFile` (left out: `__init__.py`) and `entryPoint` (left out: `main`)."""
    for function in functions:
        if not function.source.endswith("/function.json"):
            continue
        described = json.loads(read(function.source).decode("utf-8-sig"))
        folder = function.source.removesuffix("/function.json")
        module = modules.at(_joined(folder, str(described.get("scriptFile") or "__init__.py")))
        if module is None:
            continue
        symbol = str(described.get("entryPoint") or "main")
        found = [one for one in module.bindings.get(symbol, ()) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
        node = found[-1] if found and function.trigger.lower() != _ORCHESTRATION else None
        yield _Declared(function.name, function.trigger.lower(), module, node, symbol)


def _joined(folder: str, file: str) -> str:
    """`..` leads out of the folder, and never out of the package."""
    parts = [folder]
    for part in file.replace("\\", "/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _orchestrators(declared: list[_Declared], modules: Modules, nodes: frozenset[int]) -> tuple[dict[str, str], dict[str, str]]:
    """Hash by orchestrator, and hash by file over all of them."""
    hashes: dict[str, str] = {}
    every = Reach(modules, nodes)
    for one in declared:
        if one.trigger != _ORCHESTRATION:
            continue
        own = Reach(modules, nodes)
        if one.node is not None:
            own.add(one.module, one.node)
        else:
            own.add_name(one.module, one.symbol)
        every.join(own)
        hashes[one.name] = digest(own.texts())
    return hashes, {path: digest({path: text}) for path, text in every.texts().items()}


def _signature(one: _Declared) -> str:
    """Names, annotations and kinds of the parameters, which of them have a default, and what is returned."""
    if one.node is None:
        return ""
    given = one.node.args
    parts: list[str] = []
    for kind in ("posonlyargs", "args", "kwonlyargs"):
        parameters: list[ast.arg] = getattr(given, kind)
        defaults = given.kw_defaults if kind == "kwonlyargs" else given.defaults
        with_default = {id(parameter) for parameter, default in zip(reversed(parameters), reversed(defaults), strict=False) if default}
        parts += [f"{kind} {_parameter(parameter)}{' =' if id(parameter) in with_default else ''}" for parameter in parameters]
    parts += [f"{kind} {_parameter(parameter)}" for kind, parameter in (("*", given.vararg), ("**", given.kwarg)) if parameter is not None]
    parts.append(f"-> {ast.unparse(one.node.returns) if one.node.returns is not None else ''}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _parameter(parameter: ast.arg) -> str:
    return f"{parameter.arg}: {ast.unparse(parameter.annotation)}" if parameter.annotation is not None else parameter.arg


def _calls(sites: Iterator[CallSite]) -> tuple[Call, ...]:
    return tuple(sorted({Call(site.path, site.line, site.name or site.text) for site in sites}))


__all__ = ["take"]
