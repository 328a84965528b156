"""Dotted names of modules and of what is in them."""

from __future__ import annotations

import libcst as cst


def dotted(node: cst.CSTNode | None) -> str:
    """`a.b.c`; empty for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return ""


def last(node: cst.CSTNode | None) -> str:
    """The name at the end: of `context.call_activity` it is `call_activity`."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def module_name(path: str) -> str:
    """`ordering/process.py` -> `ordering.process`; `ordering/__init__.py` -> `ordering`."""
    parts = path.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package(path: str) -> list[str]:
    """Of the package that a module's relative imports start from."""
    return path.split("/")[:-1]


def absolute(path: str, node: cst.ImportFrom) -> str | None:
    """The module that `from x import …` names, without its dots. None: above the app's folder."""
    name = dotted(node.module)
    if not node.relative:
        return name
    base = package(path)
    above = len(node.relative) - 1
    if above > len(base):
        return None
    return ".".join([*base[: len(base) - above], *([name] if name else [])])


__all__ = ["absolute", "dotted", "last", "module_name", "package"]
