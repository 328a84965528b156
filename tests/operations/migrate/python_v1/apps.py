"""The fixture app, the golden copy of it, and small apps in text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from operations.migrate.languages.python_v1 import LANGUAGE
from operations.migrate.model import Changes, Kind

HERE = Path(__file__).parent
Files = dict[str, bytes]

_ASK = """
import importlib, json, pathlib, posixpath, sys, types
root = pathlib.Path.cwd()
sys.path.insert(0, str(root))
app = sys.modules["__app__"] = types.ModuleType("__app__")
app.__path__ = [str(root)]
found = {}
for path in sorted(root.glob("*/function.json")):
    manifest = json.loads(path.read_text())
    script = posixpath.normpath(path.parent.name + "/" + manifest.get("scriptFile", "__init__.py"))
    parts = script.removesuffix(".py").split("/")
    module = importlib.import_module(".".join(["__app__", *(parts[:-1] if parts[-1] == "__init__" else parts)]))
    found[path.parent.name] = getattr(module, manifest.get("entryPoint", "main")) and module.__name__
json.dump(found, sys.stdout)
"""
"""As azure-functions-python-worker's `loader.py` does it: the app's folder is the package `__app__`, and is on the path too."""


def app() -> Files:
    return _folder(HERE / "fixtures" / "shop")


def golden() -> Files:
    return _folder(HERE / "fixtures" / "shop_frozen")


def small(script: str = "def main(context): ...\n", manifest: str = "", **modules: str) -> Files:
    """An orchestrator Order; `shared="…"` is shared.py."""
    files = {f"{name}.py": text for name, text in modules.items()}
    binding = '{"bindings": [{"name": "context", "type": "orchestrationTrigger"}]}'
    files |= {"Order/__init__.py": script, "Order/function.json": manifest or binding}
    return {path: text.encode() for path, text in sorted(files.items())}


def freeze(files: Files, version: str = "v1", *names: str, entities: bool = False) -> Changes:
    """All that is not frozen yet, unless named."""
    index = LANGUAGE.index(files)
    wanted = {one.name for one in index.functions if one.version is None and (entities or one.kind is not Kind.ENTITY)}
    return LANGUAGE.freeze(files, index, version, frozenset(names or wanted))


def frozen(files: Files, version: str = "v1", *names: str, entities: bool = False) -> Files:
    changes = freeze(files, version, *names, entities=entities)
    assert changes.deletes == ()
    return dict(sorted({**files, **{path: text.encode() for path, text in changes.writes.items()}}.items()))


def pruned(files: Files, version: str = "v1") -> Files:
    changes = LANGUAGE.prune(files, LANGUAGE.index(files), version)
    assert changes.writes == {}
    return {path: text for path, text in files.items() if path not in changes.deletes}


def loaded(files: Files, root: Path) -> dict[str, str]:
    """Function -> the module that its entry point came from."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", _ASK], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def _folder(root: Path) -> Files:
    paths = (path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
