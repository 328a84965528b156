"""Expressions: from the syntax tree to a function, with the type that C# gives it. Whatever is not named here is refused."""

from __future__ import annotations

from typing import Any

from tree_sitter import Node

from . import syntax
from .calling import call
from .members import ENUMS, GENERIC_METHODS, INDEXERS, METHODS, PROPERTIES, STATICS, static_name
from .operators import binary
from .problem import PolicyFailed
from .scopes import Scope
from .texts import Char, units
from .types import BOOL, CHAR, CHARS, INT, NULL, OBJECT, STRING, STRINGS, VALUE_TYPES, Compiled, Evaluate, converts, is_a

_ARRAYS = {STRING: STRINGS, CHAR: CHARS}


def compile_expression(node: Node, scope: Scope) -> Compiled:
    """Raises PolicyRefused."""
    kind = node.type
    if kind == "parenthesized_expression":
        return compile_expression(syntax.children(node)[0], scope)
    if kind in _LITERALS:
        return _literal(node)
    if kind == "identifier":
        return _name(node, scope)
    if kind == "member_access_expression":
        return _member(node, scope)
    if kind == "invocation_expression":
        return _invocation(node, scope)
    if kind == "element_access_expression":
        return _element(node, scope)
    if kind == "binary_expression":
        sign = syntax.text(syntax.field(node, "operator"))
        left, right = (compile_expression(syntax.field(node, side), scope) for side in ("left", "right"))
        return binary(node, sign, left, right)
    if kind == "prefix_unary_expression":
        return _negation(node, scope)
    if kind == "conditional_expression":
        return _conditional(node, scope)
    if kind == "cast_expression":
        return _cast(node, scope)
    if kind in ("array_creation_expression", "implicit_array_creation_expression"):
        return _array(node, scope)
    raise syntax.refused(node)


def _negation(node: Node, scope: Scope) -> Compiled:
    sign, negated = node.children[0].type, compile_expression(syntax.children(node)[0], scope)
    if (sign, negated.type) == ("!", BOOL):
        return Compiled(BOOL, lambda known: not negated.evaluate(known))
    if (sign, negated.type) == ("-", INT):
        return Compiled(INT, lambda known: -negated.evaluate(known))
    raise syntax.refused(node, f"negates a {negated.type}")


_LITERALS = frozenset(
    {"string_literal", "verbatim_string_literal", "character_literal", "integer_literal", "boolean_literal", "null_literal"}
)


def _literal(node: Node) -> Compiled:
    text = syntax.text(node)
    if node.type == "integer_literal":
        if not text.isdigit() or int(text) > 2**31 - 1:
            raise syntax.refused(node)
        return _constant(INT, int(text))
    if node.type == "boolean_literal":
        return _constant(BOOL, text == "true")
    if node.type == "null_literal":
        return _constant(NULL, None)
    value = units(syntax.string_value(node))
    if node.type == "character_literal":
        if len(value) != 1:
            raise syntax.refused(node, "is no single character")
        return _constant(CHAR, Char(value))
    return _constant(STRING, value)


def _constant(type_: str, value: Any) -> Compiled:
    return Compiled(type_, lambda known: value, value)


def _name(node: Node, scope: Scope) -> Compiled:
    name = syntax.text(node)
    type_ = scope.type_of(name)
    if type_ is None:
        raise syntax.refused(node, "is not known")
    return Compiled(type_, lambda known: known[name])


def _member(node: Node, scope: Scope) -> Compiled:
    owner, name = syntax.field(node, "expression"), syntax.text(syntax.field(node, "name"))
    static = _static(owner, scope)
    if static is not None:
        if name not in ENUMS.get(static, ()):
            raise syntax.refused(node)
        return _constant(static, name)
    target = compile_expression(owner, scope)
    found = PROPERTIES.get((target.type, name))
    if found is None:
        raise syntax.refused(node, f"uses the member {name!r} of {target.type}, which is not supported")
    type_, read = found
    return Compiled(type_, _present(node, target.evaluate, read))


def _invocation(node: Node, scope: Scope) -> Compiled:
    function, arguments = syntax.field(node, "function"), syntax.field(node, "arguments")
    if function.type != "member_access_expression":
        raise syntax.refused(node)
    owner, name = syntax.field(function, "expression"), syntax.field(function, "name")
    static = _static(owner, scope)
    if static is not None:
        overloads = STATICS.get((static, syntax.text(name)))
        if overloads is None:
            raise syntax.refused(node, f"uses the member {syntax.text(name)!r} of {static}, which is not supported")
        return call(node, None, overloads, arguments, scope, compile_expression)
    target = compile_expression(owner, scope)
    if name.type == "generic_name":
        method, types = syntax.text(name).partition("<")[0], syntax.text(name).partition("<")[2].removesuffix(">").strip()
        overloads = GENERIC_METHODS.get((target.type, method), {}).get(types)
    else:
        overloads = METHODS.get((target.type, syntax.text(name)))
    if overloads is None:
        raise syntax.refused(node, f"uses the member {syntax.text(name)!r} of {target.type}, which is not supported")
    return call(node, target.evaluate, overloads, arguments, scope, compile_expression)


def _element(node: Node, scope: Scope) -> Compiled:
    target = compile_expression(syntax.field(node, "expression"), scope)
    within = syntax.children(syntax.field(node, "subscript"))
    index = compile_expression(syntax.children(within[0])[0], scope)
    found = INDEXERS.get((target.type, index.type))
    if found is None or len(within) != 1:
        raise syntax.refused(node, f"uses an indexer of {target.type} which is not supported")
    type_, read = found
    return Compiled(type_, _present(node, target.evaluate, lambda value, key: read(value, key), index.evaluate))


def _conditional(node: Node, scope: Scope) -> Compiled:
    condition = compile_expression(syntax.field(node, "condition"), scope)
    yes = compile_expression(syntax.field(node, "consequence"), scope)
    no = compile_expression(syntax.field(node, "alternative"), scope)
    fits = [type_ for type_ in (yes.type, no.type) if converts(yes.type, type_) and converts(no.type, type_) and type_ != NULL]
    if condition.type != BOOL or not fits:
        raise syntax.refused(node, f"has no type: {condition.type} ? {yes.type} : {no.type}")
    return Compiled(fits[0], lambda known: (yes if condition.evaluate(known) else no).evaluate(known))


def _cast(node: Node, scope: Scope) -> Compiled:
    wanted, value = syntax.text(syntax.field(node, "type")), compile_expression(syntax.field(node, "value"), scope)
    if value.type in (wanted, NULL) and wanted in (STRING, BOOL, INT):
        if value.type == NULL and wanted in VALUE_TYPES:
            raise syntax.refused(node, f"casts null to {wanted}")
        return Compiled(wanted, value.evaluate)
    if value.type != OBJECT or wanted not in (STRING, BOOL, INT):
        raise syntax.refused(node, f"casts {value.type} to {wanted}")

    def cast(known: dict[str, Any]) -> Any:
        found = value.evaluate(known)
        if found is None and wanted == STRING:
            return None
        if found is None:
            raise PolicyFailed("NullReferenceException", f"in {syntax.text(node)!r}")
        if not is_a(found, wanted):
            raise PolicyFailed("InvalidCastException", f"in {syntax.text(node)!r}")
        return found

    return Compiled(wanted, cast)


def _array(node: Node, scope: Scope) -> Compiled:
    initializer = next((child for child in syntax.children(node) if child.type == "initializer_expression"), None)
    if initializer is None:
        raise syntax.refused(node, "has no initializer")
    items = [compile_expression(child, scope) for child in syntax.children(initializer)]
    named = node.child_by_field_name("type")
    wanted = syntax.text(named).replace(" ", "").removesuffix("[]") if named is not None else items[0].type if items else NULL
    if wanted not in _ARRAYS or not all(converts(item.type, wanted) for item in items):
        raise syntax.refused(node, "is no array of string or char")
    return Compiled(_ARRAYS[wanted], lambda known: [item.evaluate(known) for item in items])


def _static(node: Node, scope: Scope) -> str | None:
    """The name of a type, if `node` is one and not a variable."""
    text = "".join(syntax.text(node).split())
    if node.type not in ("identifier", "member_access_expression", "predefined_type", "qualified_name"):
        return None
    return None if scope.type_of(text.partition(".")[0]) is not None else static_name(text)


def _present(node: Node, target: Evaluate, read: Any, *arguments: Evaluate) -> Evaluate:
    spelling = syntax.text(node)

    def reading(known: dict[str, Any]) -> Any:
        value = target(known)
        if value is None:
            raise PolicyFailed("NullReferenceException", f"in {spelling!r}")
        return read(value, *(one(known) for one in arguments))

    return reading


__all__ = ["compile_expression"]
