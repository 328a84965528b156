"""The walls between rooms that import-linter can't express: what a room may import at all, and how.

import-linter (pyproject.toml) holds who may not know whom, also through others; this holds the short lists.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}

# Third-party modules and rooms that may be imported, by room.
ALLOWED = {
    "components": {"pulumi", "pulumi_azure_native", "pydantic", "pydantic_core", "typing_extensions"},
    "tools": {"tools"},
    "taskhub": {"taskhub", "azure.core", "azure.data.tables", "azure.storage.queue", "azure.storage.blob"},
    "functions": {
        *("functions", "taskhub", "aiohttp", "azure.core", "azure.data.tables", "azure.functions", "azure.identity", "azure.storage.blob"),
        *("azure.storage.queue", "azurefunctions.extensions.http.fastapi", "multidict", "pydantic", "yarl", "durable_deploy_router"),
    },
}
# Runs inside the user's program, in their environment.
IN_THE_USERS_ENVIRONMENT = {Path("tools/engine/cmd/pulumi-language-python/run_program.py")}


def imports(path: Path) -> Iterator[str]:
    """Every absolute import in a file, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def strangers(room: str) -> dict[str, list[str]]:
    """What a room imports beyond the standard library and its list, by file."""
    found = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        relative = path.relative_to(ROOT)
        strange = sorted({name for name in imports(path) if not _may(room, name)})
        if strange and relative not in IN_THE_USERS_ENVIRONMENT:
            found[str(relative)] = strange
    return found


def _may(room: str, name: str) -> bool:
    return name.split(".")[0] in sys.stdlib_module_names or any(f"{name}.".startswith(f"{known}.") for known in ALLOWED[room])


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_the_standard_library_and_its_short_list_alone(room: str) -> None:
    assert (ROOT / room).is_dir()
    assert strangers(room) == {}


def test_components_import_each_other_relatively_so_that_the_folder_works_under_any_name() -> None:
    absolute = {name for path in (ROOT / "components").rglob("*.py") for name in imports(path) if name.split(".")[0] in ROOMS}

    assert absolute == set()
