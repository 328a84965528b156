"""The public surface of the package."""

from __future__ import annotations

import ast
from pathlib import Path

import components


def test_all_names_what_is_public_sorted() -> None:
    public = [
        name
        for name, value in vars(components).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("components")
    ]
    assert components.__all__ == sorted(public)
    assert components.__all__ == [
        "ApplicationRouting",
        "ApplicationRoutingArgs",
        "ArgumentErrors",
        "NameBasedVersioning",
        "NameBasedVersioningArgs",
        "OrchestrationVersioning",
        "OrchestrationVersioningArgs",
        "Problem",
        "StatusCheckWithSlot",
        "StatusCheckWithSlotArgs",
    ]


def test_the_folder_works_under_any_name_because_its_imports_are_relative() -> None:
    for file in Path(components.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            assert not [name for name in names if name.partition(".")[0] == "components"], file
