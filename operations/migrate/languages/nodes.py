"""What is asked of a tree-sitter node, in any language."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

Nodes = dict[str, list[Node]]
"""Kind -> nodes, in the order of the file."""


def text(node: Node) -> str:
    return (node.text or b"").decode()


def line(node: Node) -> int:
    """1-based."""
    return node.start_point.row + 1


def child(node: Node, field: str) -> Node | None:
    return node.child_by_field_name(field)


def above(node: Node) -> Iterator[Node]:
    """From its parent up to the root."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def nearest(node: Node, *kinds: str) -> Node | None:
    return next((one for one in above(node) if one.type in kinds), None)


def errors(root: Node) -> list[int]:
    """Lines at which the text is not of the language, or of none that the grammar knows."""
    if not root.has_error:
        return []
    found, todo = [], [root]
    while todo:
        node = todo.pop()
        if node.is_error or node.is_missing:
            found.append(line(node))
        elif node.has_error:
            todo += node.children
    return sorted(set(found))


__all__ = ["Nodes", "above", "child", "errors", "line", "nearest", "text"]
