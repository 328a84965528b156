"""The Python modules that a package brings itself, without what it has installed: parsed when asked, each at most once."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from .._functions import Read
from .._python_constants import imported_from, imports

_INSTALLED = (".python_packages/", "site-packages/", "node_modules/")


@dataclass(frozen=True)
class Module:
    path: str
    tree: ast.Module
    lines: tuple[str, ...]
    imports: dict[str, str]
    """Name here -> dotted name of what was imported."""
    stars: tuple[str, ...]
    """Dotted names of modules that everything is imported from."""
    bindings: dict[str, list[ast.stmt]] = field(default_factory=dict)
    """Name -> top-level statements that give it a value. Imports are not among them."""
    _names: dict[int, tuple[tuple[str, ...], ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def names(self, node: ast.AST) -> tuple[tuple[str, ...], ...]:
        """Names that one of its nodes reads, each with the attributes that follow: `a.b.c` is one, and `b` of `f().b` none."""
        if id(node) not in self._names:
            self._names[id(node)] = tuple(dict.fromkeys(_names(node)))
        return self._names[id(node)]

    def text(self, node: ast.stmt) -> str:
        """The statement as it is written, without trailing blanks, decorators included."""
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
        first = min([node.lineno, *(one.lineno for one in decorators)])
        return "\n".join(line.rstrip() for line in self.lines[first - 1 : node.end_lineno])


class Modules:
    def __init__(self, files: Iterable[str], read: Read) -> None:
        self.paths = frozenset(own(files))
        self._read = read
        self._modules: dict[str, Module | None] = {}

    def at(self, path: str) -> Module | None:
        """None: no own module lies there, or it is not valid Python."""
        if path not in self._modules:
            self._modules[path] = self._parse(path) if path in self.paths else None
        return self._modules[path]

    def resolve(self, dotted: str) -> tuple[Module, list[str]] | None:
        """The own module that a dotted name begins with, the longest one, and what is left of the name."""
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            base = "/".join(parts[:length])
            for path in (f"{base}.py", f"{base}/__init__.py"):
                if (module := self.at(path)) is not None:
                    return module, parts[length:]
        return None

    def _parse(self, path: str) -> Module | None:
        source = self._read(path)
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            return None
        # As the parser counts lines: a form feed, for one, does not end a line.
        lines = source.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        stars = tuple(".".join(imported_from(node, path)) for node in nodes if any(alias.name == "*" for alias in node.names))
        module = Module(path, tree, tuple(lines), imports(tree, path), stars)
        for statement in tree.body:
            for name in _bound(statement):
                module.bindings.setdefault(name, []).append(statement)
        return module


def own(files: Iterable[str]) -> Iterator[str]:
    return (name for name in files if name.endswith(".py") and not any(folder in name for folder in _INSTALLED))


def _bound(statement: ast.stmt) -> Collection[str]:
    """Names that a top-level statement gives a value, also within `if`, `try` and the like."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return set()
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del)}
    return names | {node.name for node in ast.walk(statement) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def _names(node: ast.AST) -> Iterator[tuple[str, ...]]:
    inner: set[int] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute):
            inner.add(id(one.value))
        if not isinstance(one, ast.Attribute | ast.Name) or id(one) in inner:
            continue
        parts: list[str] = []
        at: ast.expr = one
        while isinstance(at, ast.Attribute):
            parts.append(at.attr)
            at = at.value
        if isinstance(at, ast.Name):
            yield (at.id, *reversed(parts))


__all__ = ["Module", "Modules", "own"]
