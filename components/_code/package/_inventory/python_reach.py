"""What a Python function is made of, as far as the package's own modules go: the statements it uses, by name, transitively.

So a change to an activity in the same file is no change of an orchestrator. Where a name can't be followed, the whole module counts: the
result errs on the side of too much. Other packages don't count, nor do values that are looked up by text at run time.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping, Set

from .python_modules import Module, Modules

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Reach:
    """Collects from one or more starting points."""

    def __init__(self, modules: Modules, elsewhere: Set[int]) -> None:
        """`elsewhere`: ids of the nodes of functions that have triggers of their own, and so are not part of any other."""
        self._modules = modules
        self._elsewhere = elsewhere
        self._texts: dict[str, dict[tuple[int, int], str]] = {}
        self._symbols: set[tuple[str, str]] = set()
        self._statements: set[int] = set()
        self._waiting: list[tuple[Module, ast.AST]] = []

    def add(self, module: Module, function: Function) -> None:
        """The function without its binding decorators, `@app.something(…)`: they tell the host where it is, not what it does."""
        around = next((one for one in module.tree.body if one.lineno <= function.lineno <= (one.end_lineno or 0)), function)
        if around is not function:  # made within another: it may use whatever is around it
            self._statement(module, around)
        self._note(module, function, "\n".join(line.rstrip() for line in module.lines[function.lineno - 1 : function.end_lineno]))
        plain = [one for one in function.decorator_list if not _is_binding(one)]
        self._waiting += [(module, node) for node in (function.args, *function.body, *plain)]
        self._work()

    def add_name(self, module: Module, name: str) -> None:
        self._symbol(module, name)
        self._work()

    def join(self, other: Reach) -> None:
        """What another one has collected."""
        for path, found in other._texts.items():
            self._texts.setdefault(path, {}).update(found)

    def texts(self) -> dict[str, str]:
        """File -> the statements of it that are used, in their order."""
        return {path: "\n".join(text for _, text in sorted(found.items())) for path, found in sorted(self._texts.items())}

    def _work(self) -> None:
        while self._waiting:
            module, node = self._waiting.pop()
            for dotted in module.names(node):
                self._name(module, dotted)

    def _name(self, module: Module, dotted: tuple[str, ...]) -> None:
        head = dotted[0]
        for statement in module.bindings.get(head, ()):
            self._statement(module, statement)
        if head in module.imports:
            self._imported(".".join([module.imports[head], *dotted[1:]]))
        elif head not in module.bindings:
            for star in module.stars:
                if (found := self._modules.resolve(star)) is not None and head in (*found[0].bindings, *found[0].imports):
                    self._symbol(found[0], head)

    def _imported(self, dotted: str) -> None:
        if (found := self._modules.resolve(dotted)) is None:
            return
        module, rest = found
        if rest:
            self._symbol(module, *rest)
        else:
            self._whole(module)

    def _symbol(self, module: Module, name: str, *rest: str) -> None:
        known = name in module.bindings or name in module.imports
        if not known and not module.stars:
            self._whole(module)
        elif (symbol := (module.path, ".".join((name, *rest)))) not in self._symbols:
            self._symbols.add(symbol)
            self._name(module, (name, *rest))

    def _whole(self, module: Module) -> None:
        for statement in module.tree.body:
            self._statement(module, statement)

    def _statement(self, module: Module, statement: ast.stmt) -> None:
        if id(statement) in self._elsewhere or id(statement) in self._statements:
            return
        self._statements.add(id(statement))
        self._note(module, statement, module.text(statement))
        self._waiting.append((module, statement))

    def _note(self, module: Module, statement: ast.stmt, text: str) -> None:
        self._texts.setdefault(module.path, {})[statement.lineno, statement.col_offset] = text


def digest(texts: Mapping[str, str]) -> str:
    """8 hexadecimal digits over names and texts."""
    whole = hashlib.sha256()
    for path, text in sorted(texts.items()):
        whole.update(path.encode() + b"\0" + text.encode("utf-8", "surrogatepass") + b"\0")
    return whole.hexdigest()[:8]


def _is_binding(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name)


__all__ = ["Reach", "digest"]
