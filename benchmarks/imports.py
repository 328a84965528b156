"""How long `import components` takes, against importing what of azure-native it uses. Each in a fresh process.

azure-native loads a module when something in it is first used, so what is compared with uses one class of each module. `components`
alone loads some of them only when it deploys; how much it adds once they are all loaded is shown too.
"""

from __future__ import annotations

import ast
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .comparison import ROOT
from .figures import Timing, by_turns
from .projects import with_bytecode

ALONE = "components, alone"
OURS = "components, all modules loaded"
THEIRS = "azure-native, the same modules"


def imports(repetitions: int, tell: Callable[[str], None]) -> dict[str, Timing]:
    """The first round is thrown away: it may write bytecode."""
    theirs = "import pulumi_azure_native as azure_native; " + "; ".join(f"azure_native.{name}" for name in classes_used())
    statements = {THEIRS: f"import pulumi; {theirs}", OURS: f"import components; {theirs}", ALONE: "import components"}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in statements}
    for number, name in enumerate(by_turns(list(statements), repetitions + 1)):
        tell(f"import: {name}")
        one = _take(statements[name])
        if number >= len(statements):
            taken[name].append(one)
    return {name: Timing(tuple(wall for wall, _ in times), tuple(cpu for _, cpu in times)) for name, times in taken.items()}


ONLY_IF_CHOSEN = ("apimanagement", "durabletask")
"""Modules that azure-native loads only if a stack chooses that gateway or backend: to count them would flatter the components."""


def classes_used(room: Path = ROOT / "components") -> list[str]:
    """One class, such as `web.WebApp`, of each module of azure-native that the room's files use."""
    found = {name for file in room.rglob("*.py") for name in _used(ast.parse(file.read_text()))}
    found = {name for name in found if name.partition(".")[0] not in ONLY_IF_CHOSEN}
    return [min(one for one in found if one.startswith(f"{module}.")) for module in sorted({name.partition(".")[0] for name in found})]


def _used(tree: ast.Module) -> Iterator[str]:
    nodes = list(ast.walk(tree))
    imported = {
        alias.name for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "pulumi_azure_native" for alias in node.names
    }
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported and node.attr[0].isupper():
            yield f"{node.value.id}.{node.attr}"


def _take(statement: str) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], cwd=ROOT, env=with_bytecode(os.environ), check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
