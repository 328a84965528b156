"""Reads a module: one walk over its syntax tree, that also finds where everything stands.

libcst gives no positions with its tree, and its providers of positions take as long as parsing does. Its code generator passes every node
in the order of the text, so one run of it (libcst `_nodes/internal.py`, CodegenState) gives the positions and serves as the walk too. The
text that it generates is compared with the text that was read, so a position can't be wrong unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from .names import absolute, dotted, last
from .scopes import Definition, Imported, Other, Scope, Value, bound
from .source import CALLS, Call, Import, Source, Text

CONTAINERS = frozenset({"DFApp", "Blueprint", "FunctionApp", "AsgiFunctionApp", "WsgiFunctionApp"})
REGISTRATIONS = frozenset({"register_functions", "register_blueprint"})
HTTP_START = "/orchestrators/"
_NOTED = CALLS | CONTAINERS | REGISTRATIONS | {"EntityId", "import_module", "__import__"}
_PLACED = (cst.BaseExpression, cst.BaseSmallStatement, cst.BaseStatement, cst.Decorator, cst.FormattedStringExpression, cst.ImportAlias)
_KEPT = 4096
"""Modules in memory, so that freezing after indexing, or indexing what was frozen, does not parse the same text again."""


class Unreadable(ValueError):
    """`LINE: why`, of a text that is not Python."""


@lru_cache(maxsize=_KEPT)
def read(path: str, content: bytes) -> Source:
    """Raises Unreadable."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("1: not written in UTF-8") from None
    if text.startswith("\ufeff"):
        raise Unreadable("1: starts with a byte order mark; save it as UTF-8 without one")
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise Unreadable(f"{error.raw_line}: is not Python ({error.message})") from None
    source = Source(path, text, tree, Scope("module"))
    walk = _Walk(source)
    tree._codegen(walk)
    if "".join(walk.tokens) != text:
        raise Unreadable("1: can't be read without a difference; save it with one kind of line ends")
    if not text.endswith("\n"):
        # The code generator ends the last line, and then takes that back.
        source.spans |= {node: (start, len(text)) for node, (start, end) in source.spans.items() if end > len(text)}
    source.lines.extend([0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")])
    return source


class _Walk(CodegenState):
    def __init__(self, source: Source) -> None:
        super().__init__(source.tree.default_indent, source.tree.default_newline)
        self._source = source
        self._at = 0
        self._counted = 0
        self._scopes = [source.scope]
        self._opening: dict[int, Scope] = {}
        self._closing: set[int] = set()
        self._top = {id(statement) for _, statement in source.statements()}
        self._in_import = False
        self._urls: set[int] = set()
        self._documentation: set[int] = set()

    def _position(self) -> int:
        self._at += sum(map(len, self.tokens[self._counted :]))
        self._counted = len(self.tokens)
        return self._at

    def before_codegen(self, node: cst.CSTNode) -> None:
        kind = type(node)
        if id(node) in self._opening:
            self._scopes.append(self._opening.pop(id(node)))
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, node)
        if _placed(kind):
            self._source.spans[id(node)] = (self._position(), 0)

    def after_codegen(self, node: cst.CSTNode) -> None:
        kind = type(node)
        if _placed(kind):
            span = (self._source.spans[id(node)][0], self._position())
            self._source.spans[id(node)] = span
            if isinstance(node, cst.Name):
                self._source.names.setdefault(node.value, []).append(span)
        if id(node) in self._closing:
            self._scopes.pop()
        if kind is cst.Import or kind is cst.ImportFrom:
            self._in_import = False

    def _define(self, node: cst.FunctionDef) -> None:
        parameters = tuple(one.name.value for one in (*node.params.posonly_params, *node.params.params))
        inner = Scope("function", self._scopes[-1], parameters=parameters)
        definition = Definition(node, self._scopes[-1], inner)
        self._source.definitions.append(definition)
        self._scopes[-1].bind(node.name.value, definition)
        self._open(node.params, node, inner)

    def _open(self, first: cst.CSTNode, until: cst.CSTNode, scope: Scope) -> None:
        self._opening[id(first)] = scope
        self._closing.add(id(until))

    def _lambda(self, node: cst.Lambda) -> None:
        self._open(node.params, node, Scope("function", self._scopes[-1]))

    def _class(self, node: cst.ClassDef) -> None:
        inner = Scope("class", self._scopes[-1])
        self._scopes[-1].bind(node.name.value, inner)
        self._open(node.body, node, inner)

    def _assign(self, node: cst.Assign) -> None:
        if len(node.targets) > 1:
            self._source.shared.add(id(node.value))
        for target in node.targets:
            self._bind(target.target, node.value)

    def _bind(self, target: cst.CSTNode, value: cst.BaseExpression) -> None:
        """`A, B = "a", "b"` binds one by one."""
        if isinstance(target, cst.Name):
            self._scopes[-1].bind(target.value, Value(value))
        elif isinstance(target, cst.Tuple) and isinstance(value, cst.Tuple) and _alike(target, value):
            for one, its in zip(target.elements, value.elements, strict=True):
                self._bind(one.value, its.value)
        else:
            self._other(target)

    def _annotated(self, node: cst.AnnAssign) -> None:
        if node.value is not None and isinstance(node.target, cst.Name):
            self._scopes[-1].bind(node.target.value, Value(node.value))

    def _named(self, node: cst.NamedExpr) -> None:
        self._other(node.target)

    def _other(self, target: cst.CSTNode) -> None:
        for name in bound(target):
            self._scopes[-1].bind(name, Other())

    def _target(self, node: cst.AugAssign | cst.For | cst.CompFor) -> None:
        self._other(node.target)

    def _as(self, node: cst.AsName) -> None:
        if not self._in_import:
            self._other(node)

    def _match(self, node: cst.MatchAs | cst.MatchStar) -> None:
        if node.name is not None:
            self._other(node.name)

    def _parameter(self, node: cst.Param) -> None:
        self._other(node.name)

    def _elsewhere(self, node: cst.Global | cst.Nonlocal) -> None:
        """A name that a function sets for the scopes around it has no fixed value in any of them."""
        for item in node.names:
            scope: Scope | None = self._scopes[-1]
            while scope is not None:
                scope.bind(item.name.value, Other())
                scope = scope.parent

    def _import(self, node: cst.Import) -> None:
        self._in_import = True
        self._source.imports.append(Import(node, id(node) in self._top))
        for alias in node.names:
            name = dotted(alias.name)
            if alias.asname is not None:
                for one in bound(alias.asname):
                    self._scopes[-1].bind(one, Imported(name))
            else:
                self._scopes[-1].bind(name.partition(".")[0], Imported(name.partition(".")[0]))

    def _import_from(self, node: cst.ImportFrom) -> None:
        self._in_import = True
        self._source.imports.append(Import(node, id(node) in self._top))
        module = absolute(self._source.path, node)
        for alias in node.names if not isinstance(node.names, cst.ImportStar) else ():
            name = dotted(alias.name)
            asked = bound(alias.asname) if alias.asname is not None else [name]
            self._source.aliases.setdefault(name, set()).update(asked)
            for one in asked:
                self._scopes[-1].bind(one, Other() if module is None else Imported(module, name))

    def _call(self, node: cst.Call) -> None:
        name = last(node.func)
        call = Call(node, name, self._scopes[-1])
        if name == "call_http":
            self._urls |= {id(one.value) for one in node.args}
        if name in _NOTED:
            self._source.calls.append(call)
        elif name:
            self._source.called.setdefault(name, []).append(call)

    def _attribute(self, node: cst.Attribute) -> None:
        if node.attr.value in CALLS:
            self._source.passed.append((node, self._scopes[-1]))

    def _expression(self, node: cst.Expr) -> None:
        self._documentation.add(id(node.value))

    def _simple(self, node: cst.SimpleString) -> None:
        if id(node) not in self._documentation and _starts(node.value, id(node) in self._urls):
            self._source.texts.append(Text(node, self._scopes[-1]))

    def _formatted(self, node: cst.FormattedString) -> None:
        parts = "".join(part.value if isinstance(part, cst.FormattedStringText) else "{}" for part in node.parts)
        if _starts(parts, id(node) in self._urls):
            self._source.texts.append(Text(node, self._scopes[-1]))


def _alike(one: cst.Tuple, other: cst.Tuple) -> bool:
    starred = any(isinstance(element, cst.StarredElement) for element in (*one.elements, *other.elements))
    return len(one.elements) == len(other.elements) and not starred


def _starts(text: str, is_url: bool) -> bool:
    """A URL of the HTTP API by what it says, or because it is given to `call_http`."""
    return HTTP_START in text and (is_url or f"durabletask{HTTP_START}" in text)


_HANDLERS: dict[type[cst.CSTNode], Callable[[_Walk, Any], None]] = {
    cst.FunctionDef: _Walk._define,
    cst.Lambda: _Walk._lambda,
    cst.ClassDef: _Walk._class,
    cst.Assign: _Walk._assign,
    cst.AnnAssign: _Walk._annotated,
    cst.AugAssign: _Walk._target,
    cst.For: _Walk._target,
    cst.CompFor: _Walk._target,
    cst.NamedExpr: _Walk._named,
    cst.AsName: _Walk._as,
    cst.MatchAs: _Walk._match,
    cst.MatchStar: _Walk._match,
    cst.Param: _Walk._parameter,
    cst.Global: _Walk._elsewhere,
    cst.Nonlocal: _Walk._elsewhere,
    cst.Import: _Walk._import,
    cst.ImportFrom: _Walk._import_from,
    cst.Call: _Walk._call,
    cst.Attribute: _Walk._attribute,
    cst.Expr: _Walk._expression,
    cst.SimpleString: _Walk._simple,
    cst.FormattedString: _Walk._formatted,
}


@cache
def _placed(kind: type[cst.CSTNode]) -> bool:
    return issubclass(kind, _PLACED)


__all__ = ["CONTAINERS", "HTTP_START", "REGISTRATIONS", "Unreadable", "read"]
