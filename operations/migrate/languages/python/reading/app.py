"""The app's own modules, and what a name in one of them stands for."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field

import libcst as cst

from ....model import Files
from ....names import is_label
from .names import absolute, dotted, last, module_name
from .scopes import Definition, Imported, Scope, Value
from .source import Source
from .walking import CONTAINERS, Unreadable, read

FOLDER = "versions"
ENTRY = "function_app.py"
_DEEP = 12
"""So many steps from name to name are followed; more are a circle."""


@dataclass(frozen=True)
class Module:
    name: str


@dataclass(frozen=True)
class Constant:
    """A name that is bound only by assignments of expressions."""

    source: Source
    scope: Scope
    name: str
    nodes: tuple[cst.BaseExpression, ...]

    @property
    def key(self) -> tuple[str, int, str]:
        return self.source.path, id(self.scope), self.name


@dataclass(frozen=True)
class Defined:
    source: Source
    definition: Definition


@dataclass(frozen=True)
class Class:
    source: Source
    scope: Scope


Meaning = Module | Constant | Defined | Class


def version_of(path: str) -> str | None:
    """The label of the frozen version whose folder a file lies in: `versions/v1_2/…` -> `v1.2`."""
    parts = path.split("/")
    label = parts[1].replace("_", ".") if len(parts) > 2 and parts[0] == FOLDER else ""
    return label if is_label(label) else None


@dataclass(eq=False)
class App:
    """What is reachable by imports from the entries; what nothing imports is no part of the app."""

    files: Files
    entries: tuple[str, ...]
    version: Callable[[str], str | None] = version_of
    """Of a file: the frozen version that it belongs to."""
    sources: dict[str, Source] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._paths = {module_name(path): path for path in self.files if path.endswith(".py")}
        self._folders = {".".join(path.split("/")[:end]) for path in self._paths.values() for end in range(1, path.count("/") + 1)}
        waiting = list(reversed(self.entries))
        while waiting:
            path = waiting.pop()
            if path in self.sources or path in self._unread:
                continue
            try:
                self.sources[path] = read(path, self.files[path])
            except Unreadable as error:
                self.problems.append(f"{path}:{error}.")
                self._unread.add(path)
                continue
            waiting += sorted(self.imported(self.sources[path]), reverse=True)
        self.sources = dict(sorted(self.sources.items()))

    _unread: set[str] = field(default_factory=set)

    def path(self, module: str) -> str | None:
        return self._paths.get(bare(module))

    def owns(self, module: str) -> bool:
        """Packages without an `__init__.py` included."""
        return bare(module) in self._paths or bare(module) in self._folders

    def is_own(self, source: Source, node: cst.ImportFrom) -> bool:
        module = absolute(source.path, node)
        return module is not None and self.owns(module)

    def imported(self, source: Source, left_out: Set[int] = frozenset()) -> set[str]:
        """Paths of the own modules that its imports load, the packages around them included. `left_out`: ids of statements and names."""
        modules: set[str] = set()
        for node in (one.node for one in source.imports if id(one.node) not in left_out):
            if isinstance(node, cst.Import):
                modules |= {dotted(alias.name) for alias in node.names if id(alias) not in left_out}
            elif (module := absolute(source.path, node)) is not None:
                aliases = () if isinstance(node.names, cst.ImportStar) else node.names
                modules |= {module, *(f"{module}.{dotted(alias.name)}".lstrip(".") for alias in aliases if id(alias) not in left_out)}
        whole = {".".join(parts[:end]) for parts in (bare(name).split(".") for name in modules) for end in range(1, len(parts) + 1)}
        return {self._paths[name] for name in whole if name in self._paths}

    def find(self, source: Source, scope: Scope, node: cst.CSTNode, deep: int = 0) -> Meaning | None:
        """None: something outside of the app, or something that can't be told."""
        if deep > _DEEP:
            return None
        if isinstance(node, cst.Name):
            holder = scope.holder(node.value)
            return None if holder is None else self._in(source, holder, node.value, deep)
        if isinstance(node, cst.Attribute):
            base = self.find(source, scope, node.value, deep + 1)
            if isinstance(base, Module):
                return self._member(base.name, node.attr.value, deep)
            if isinstance(base, Class):
                return self._in(base.source, base.scope, node.attr.value, deep) if node.attr.value in base.scope.names else None
            # An enumeration's member as a text.
            if isinstance(base, Constant) and base.scope.kind == "class" and node.attr.value == "value":
                return base
        return None

    def _in(self, source: Source, scope: Scope, name: str, deep: int) -> Meaning | None:
        bindings = scope.names[name]
        first = bindings[0]
        values = tuple(one.node for one in bindings if isinstance(one, Value))
        if len(values) == len(bindings):
            meaning = self.find(source, scope, values[0], deep + 1) if len(values) == 1 else None
            return meaning if isinstance(meaning, (Module, Defined, Class)) else Constant(source, scope, name, values)
        if isinstance(first, Imported) and len(set(bindings)) == 1:
            return self._member(first.module, first.member, deep) if first.member is not None else self._module(first.module)
        if len(bindings) > 1:
            return None
        if isinstance(first, Definition):
            return Defined(source, first)
        return Class(source, first) if isinstance(first, Scope) else None

    def _module(self, name: str) -> Module | None:
        return Module(bare(name)) if self.owns(name) else None

    def _member(self, module: str, name: str, deep: int) -> Meaning | None:
        path = self.path(module)
        source = self.sources.get(path) if path is not None else None
        if source is not None and name in source.scope.names and deep < _DEEP:
            own = source.scope.names[name]
            # `from . import process` in a package's own `__init__.py` names the module, not itself.
            if not any(isinstance(one, Imported) and bare(f"{one.module}.{one.member}") == bare(f"{module}.{name}") for one in own):
                return self._in(source, source.scope, name, deep + 1)
        return self._module(f"{module}.{name}".lstrip("."))

    def is_container(self, source: Source, scope: Scope, node: cst.CSTNode) -> bool:
        """Whether functions can be declared on it: a function app or a blueprint."""
        found = self.find(source, scope, node)
        return isinstance(found, Constant) and any(self.makes(found.source, found.scope, one) for one in found.nodes)

    def is_blueprint(self, source: Source, scope: Scope, node: cst.CSTNode) -> bool:
        found = self.find(source, scope, node)
        return isinstance(found, Constant) and any(isinstance(one, cst.Call) and last(one.func) == "Blueprint" for one in found.nodes)

    def makes(self, source: Source, scope: Scope, node: cst.BaseExpression) -> bool:
        """`df.DFApp(…)` and its like; not what other libraries call a Blueprint."""
        if not isinstance(node, cst.Call) or last(node.func) not in CONTAINERS:
            return False
        root = dotted(node.func).partition(".")[0]
        holder = scope.holder(root)
        bindings = holder.names[root] if holder is not None else []
        modules = [one.module for one in bindings if isinstance(one, Imported)]
        return all(one.partition(".")[0] == "azure" or self.owns(one) for one in modules)


def bare(module: str) -> str:
    """The app's folder is called `__app__` by the worker (azure-functions-python-worker `loader.py`)."""
    return "" if module == "__app__" else module.removeprefix("__app__.")


__all__ = ["ENTRY", "FOLDER", "App", "Class", "Constant", "Defined", "Meaning", "Module", "bare", "version_of"]
