"""What a file gives to those who import it, in both of the ways that Node knows."""

from __future__ import annotations

from dataclasses import dataclass, field

from tree_sitter import Node

from ...nodes import Nodes, child, text
from .grammar import plain


@dataclass(frozen=True)
class Export:
    """One of three: an expression, a name of the file, or another module's export."""

    value: Node | None = None
    local: str | None = None
    module: str | None = None
    member: str | None = None
    """Of `module`. None: all of it."""


@dataclass
class Exports:
    named: dict[str, Export] = field(default_factory=dict)
    whole: Node | None = None
    """`module.exports = …`, or TypeScript's `export = …`."""
    stars: list[str] = field(default_factory=list)
    """Modules of `export * from`."""


def exports_of(nodes: Nodes) -> Exports:
    found = Exports()
    for node in nodes["export_statement"]:
        _exported(node, found)
    for node in nodes["assignment_expression"]:
        left, right = child(node, "left"), child(node, "right")
        if left is None or right is None or left.type != "member_expression":
            continue
        owner, _, name = text(left).rpartition(".")
        if (owner, name) == ("module", "exports"):
            found.whole = right
        elif owner in ("exports", "module.exports"):
            # Set twice: only running it can tell.
            found.named[name] = Export() if name in found.named else Export(right)
    return found


def _exported(node: Node, found: Exports) -> None:
    literal = child(node, "source")
    module = plain(literal) if literal is not None else None
    words = {one.type for one in node.children}
    declaration, value = child(node, "declaration"), child(node, "value")
    if "default" in words:
        if (default := value or declaration) is not None:
            found.named["default"] = Export(default)
    elif declaration is not None:
        for declared in _names(declaration):
            found.named[declared] = Export(local=declared)
    elif "=" in words:
        found.whole = node.named_children[-1]
    elif "*" in words and module is not None:
        found.stars.append(module)
    for clause in node.named_children:
        if clause.type == "namespace_export" and module is not None:
            found.named[text(clause.named_children[-1])] = Export(module=module)
        for one in clause.named_children if clause.type == "export_clause" else []:
            name, alias = child(one, "name"), child(one, "alias")
            if name is not None:
                own = plain(name) or text(name)
                given = own if alias is None else plain(alias) or text(alias)
                found.named[given] = Export(local=own) if module is None else Export(module=module, member=own)


def _names(declaration: Node) -> list[str]:
    if declaration.type in ("lexical_declaration", "variable_declaration"):
        declared = [one for one in declaration.named_children if one.type == "variable_declarator"]
        return [text(name) for one in declared if (name := child(one, "name")) is not None and name.type == "identifier"]
    name = child(declaration, "name")
    return [text(name)] if name is not None else []


__all__ = ["Export", "Exports", "exports_of"]
