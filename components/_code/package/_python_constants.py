"""Names that stand for a text in Python source: `NAME`, imported or not, and `module.NAME`, as far as the package's own modules go."""

from __future__ import annotations

import ast
from collections.abc import Set as AbstractSet

from ._functions import Read


class Constants:
    """Looks into other modules when asked, each at most once. Only assignments at a module's top level count, and only if there is one."""

    def __init__(self, files: AbstractSet[str], read: Read) -> None:
        self._files = files
        self._read = read
        self._trees: dict[str, ast.Module | None] = {}
        self._imports: dict[str, dict[str, str]] = {}

    def text(self, node: ast.expr, tree: ast.Module, source: str) -> str | None:
        """What an expression of the module `tree`, which lies at `source`, stands for; None if that is not a literal text."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if not isinstance(node, ast.Name | ast.Attribute):
            return None
        written = ast.unparse(node)
        if isinstance(node, ast.Name) and (own := _assigned(tree, written)) is not None:
            return own
        head, _, rest = written.partition(".")
        if source not in self._imports:
            self._imports[source] = imports(tree, source)
        imported = self._imports[source].get(head)
        if imported is None:
            return None
        module, _, name = (f"{imported}.{rest}" if rest else imported).rpartition(".")
        other = self._tree(module)
        return _assigned(other, name) if other is not None else None

    def _tree(self, module: str) -> ast.Module | None:
        if module not in self._trees:
            path = module.replace(".", "/")
            file = next((one for one in (f"{path}.py", f"{path}/__init__.py") if one in self._files), None)
            try:
                self._trees[module] = ast.parse(self._read(file)) if file else None
            except (SyntaxError, ValueError):
                self._trees[module] = None
        return self._trees[module]


def _assigned(tree: ast.Module, name: str) -> str | None:
    values: list[ast.expr | None] = []
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            values.append(node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None)
    if len(values) == 1 and isinstance(values[0], ast.Constant) and isinstance(values[0].value, str):
        return values[0].value
    return None


def imports(tree: ast.Module, source: str) -> dict[str, str]:
    """Name in this module -> dotted name of what was imported, from the package's root."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = ".".join([*imported_from(node, source), alias.name])
    return names


def imported_from(node: ast.ImportFrom, source: str) -> list[str]:
    """The parts of the module's dotted name, from the package's root."""
    package = source.split("/")[: -node.level] if node.level else []
    return [*package, *([node.module] if node.module else [])]


__all__ = ["Constants", "imported_from", "imports"]
