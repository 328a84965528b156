"""Fixture apps, the golden copies of them, and small apps in text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from operations.migrate.languages.python import LANGUAGE
from operations.migrate.model import Changes, Kind

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[3] / "examples" / "orders"

Files = dict[str, bytes]

_ASK = """
import json, sys
import function_app
found = {one.get_function_name(): one.get_bindings_dict()["bindings"] for one in function_app.app.get_functions()}
json.dump(found, sys.stdout, default=str)
"""


def app(name: str) -> Files:
    return folder(HERE / "fixtures" / name)


def golden(name: str) -> Files:
    return folder(HERE / "fixtures" / f"{name}_frozen")


def folder(root: Path) -> Files:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.py")) if "__pycache__" not in path.parts}


def small(body: str = "", **modules: str) -> Files:
    """An app with orchestrator Order and activities Ship and Pay; `small("…")` is what Order does, `names="…"` is names.py."""
    lines = "".join(f"    {line}\n" for line in (body or "yield context.call_activity('Ship')").strip().splitlines())
    files = {"function_app.py": STARTS + "".join(f"import {name}\n" for name in modules) + DECLARES + lines + ACTIVITIES}
    files |= {f"{name}.py": text for name, text in modules.items()}
    return {path: text.encode() for path, text in sorted(files.items())}


STARTS = "import azure.durable_functions as df\n"
DECLARES = """
app = df.DFApp()


@app.orchestration_trigger(context_name="context")
def Order(context):
"""
ACTIVITIES = """

@app.activity_trigger(input_name="order")
def Ship(order):
    return "Ship"


@app.function_name("Pay")
@app.activity_trigger(input_name="order")
def pay(order):
    return "Pay"
"""


def freeze(files: Files, version: str = "v1", *names: str, entities: bool = False) -> Changes:
    """All that is not frozen yet, unless named."""
    index = LANGUAGE.index(files)
    wanted = {one.name for one in index.functions if one.version is None and (entities or one.kind is not Kind.ENTITY)}
    return LANGUAGE.freeze(files, index, version, frozenset(names or wanted))


def frozen(files: Files, version: str = "v1", *names: str, entities: bool = False) -> Files:
    """The app with what freezing it writes."""
    changes = freeze(files, version, *names, entities=entities)
    assert changes.deletes == ()
    return dict(sorted({**files, **{path: text.encode() for path, text in changes.writes.items()}}.items()))


def pruned(files: Files, version: str = "v1") -> Files:
    changes = LANGUAGE.prune(files, LANGUAGE.index(files), version)
    left = {path: text for path, text in files.items() if path not in changes.deletes}
    return dict(sorted({**left, **{path: text.encode() for path, text in changes.writes.items()}}.items()))


def copied(files: Files, version: str = "v1", path: str = "function_app.py", names: tuple[str, ...] = ()) -> str:
    """The text of a module's copy."""
    return frozen(files, version, *names)[f"versions/{version.replace('.', '_')}/{path}"].decode()


def write(files: Files, root: Path) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def found_by_the_worker(files: Files, root: Path) -> dict[str, list[dict[str, Any]]]:
    """Name -> bindings, by the real library in a process of its own."""
    done = subprocess.run([sys.executable, "-c", _ASK], cwd=write(files, root), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
