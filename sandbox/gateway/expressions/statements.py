"""Blocks: `var` and typed variables, assignments to them, `if`, `return`. Every way through has to end with a `return`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tree_sitter import Node

from . import syntax
from .compiling import compile_expression
from .problem import PolicyRefused
from .scopes import Scope
from .types import BOOL, INT, NULL, OBJECT, STRING, STRINGS, Compiled, converts

_DECLARABLE = frozenset({STRING, BOOL, INT, OBJECT, STRINGS})
_GOES_ON = object()
Step = Callable[[dict[str, Any]], Any]
"""Returns what the block returns, or _GOES_ON."""


def compile_block(node: Node, scope: Scope, code: str) -> Compiled:
    """Raises PolicyRefused."""
    returned: list[Compiled] = []
    run, always = _block(node, scope, returned)
    if not always:
        raise PolicyRefused(f"not all code paths of {code.strip()!r} end with a return statement")
    types = {one.type for one in returned} - {NULL} or {NULL}
    if len(types) != 1 or not all(converts(one.type, next(iter(types))) for one in returned):
        raise PolicyRefused(f"{code.strip()!r} returns values of different types: {', '.join(sorted(types))}")
    # A copy: what a block assigns is gone with it.
    return Compiled(types.pop(), lambda known: run(dict(known)))


def _block(node: Node, scope: Scope, returned: list[Compiled]) -> tuple[Step, bool]:
    inner = scope.inner()
    steps, always = [], False
    for child in syntax.children(node):
        step, ends = _statement(child, inner, returned)
        steps.append(step)
        always = always or ends
    return _sequence(steps), always


def _sequence(steps: Sequence[Step]) -> Step:
    def run(known: dict[str, Any]) -> Any:
        for step in steps:
            result = step(known)
            if result is not _GOES_ON:
                return result
        return _GOES_ON

    return run


def _statement(node: Node, scope: Scope, returned: list[Compiled]) -> tuple[Step, bool]:
    """What it does, and whether nothing after it is reached."""
    if node.type == "block":
        return _block(node, scope, returned)
    if node.type == "return_statement":
        values = syntax.children(node)
        if len(values) != 1:
            raise syntax.refused(node, "returns nothing")
        value = compile_expression(values[0], scope)
        returned.append(value)
        return value.evaluate, True
    if node.type == "if_statement":
        return _if(node, scope, returned)
    if node.type == "local_declaration_statement":
        return _declaration(syntax.children(node)[0], scope), False
    if node.type == "expression_statement":
        return _assignment(syntax.children(node)[0], scope), False
    raise syntax.refused(node)


def _if(node: Node, scope: Scope, returned: list[Compiled]) -> tuple[Step, bool]:
    condition = compile_expression(syntax.field(node, "condition"), scope)
    if condition.type != BOOL:
        raise syntax.refused(node, f"asks for a {condition.type}")
    yes, yes_ends = _branch(syntax.field(node, "consequence"), scope, returned)
    alternative = node.child_by_field_name("alternative")
    no, no_ends = (lambda known: _GOES_ON, False) if alternative is None else _branch(alternative, scope, returned)
    return lambda known: (yes if condition.evaluate(known) else no)(known), yes_ends and no_ends


def _branch(node: Node, scope: Scope, returned: list[Compiled]) -> tuple[Step, bool]:
    if node.type == "local_declaration_statement":
        raise syntax.refused(node, "declares a variable where only a block may")
    return _statement(node, scope, returned)


def _declaration(node: Node, scope: Scope) -> Step:
    wanted = syntax.text(syntax.field(node, "type")).replace(" ", "")
    declared = [child for child in syntax.children(node) if child.type == "variable_declarator"]
    if len(declared) != 1 or len(syntax.children(declared[0])) != 2:
        raise syntax.refused(node, "has to declare one variable and give it a value")
    name, value = syntax.text(syntax.children(declared[0])[0]), compile_expression(syntax.children(declared[0])[1], scope)
    type_ = value.type if wanted == "var" else wanted
    if type_ == NULL or (wanted != "var" and wanted not in _DECLARABLE) or not converts(value.type, type_):
        raise syntax.refused(node, f"gives a {value.type} to a {wanted}")
    if not scope.declare(name, type_):
        raise syntax.refused(node, f"gives the name {name} another meaning")
    return _setting(name, value)


def _assignment(node: Node, scope: Scope) -> Step:
    if node.type != "assignment_expression" or syntax.text(syntax.field(node, "operator")) != "=":
        raise syntax.refused(node)
    left, value = syntax.field(node, "left"), compile_expression(syntax.field(node, "right"), scope)
    name = syntax.text(left)
    type_ = scope.type_of(name) if left.type == "identifier" and name != "context" else None
    if type_ is None or not converts(value.type, type_):
        raise syntax.refused(node, f"assigns a {value.type} to what takes none")
    return _setting(name, value)


def _setting(name: str, value: Compiled) -> Step:
    def run(known: dict[str, Any]) -> Any:
        known[name] = value.evaluate(known)
        return _GOES_ON

    return run


__all__ = ["compile_block"]
