"""The router as an app: indexed by the real azure-functions library, and run by Microsoft's own worker library where there is a Python for that."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.routing.team import router_folder

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
WORKER = "azure-functions-runtime==1.3.0"
FUNCTIONS = {
    "route": ["httpTrigger", "http"],
    "versions": ["httpTrigger", "http"],
    "deploy": ["httpTrigger", "http"],
    "retire": ["httpTrigger", "http"],
    "retry": ["httpTrigger", "http"],
    "default": ["httpTrigger", "http"],
    "monitor": ["timerTrigger"],
    "work": ["queueTrigger"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return router_folder(tmp_path_factory.mktemp("router") / "app")


def indexed(folder: Path, **settings: str) -> dict[str, Any]:
    """What the library finds, in a process of its own: function -> its bindings."""
    code = (
        "import json, function_app;"
        "print(json.dumps({f.get_function_name(): f.get_bindings_dict()['bindings'] for f in function_app.app.get_functions()}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_library_finds_all_functions_and_operators_always_need_a_key(folder: Path) -> None:
    found = indexed(folder)
    assert {name: [one["type"] for one in bindings] for name, bindings in found.items()} == FUNCTIONS
    routes = {
        name: (bindings[0]["route"], bindings[0]["authLevel"]) for name, bindings in found.items() if bindings[0]["type"] == "httpTrigger"
    }
    levels = {name: level.rpartition(".")[2].upper() for name, (_, level) in routes.items()}
    assert levels == {**dict.fromkeys(routes, "ADMIN"), "route": "FUNCTION", "versions": "FUNCTION"}
    open_ = indexed(folder, ROUTER_AUTH_LEVEL="anonymous")
    found_open = {name: one[0]["authLevel"].rpartition(".")[2].upper() for name, one in open_.items() if one[0]["type"] == "httpTrigger"}
    assert found_open == {**levels, "route": "ANONYMOUS"}


@pytest.fixture(scope="module")
def worker(folder: Path, python: str) -> str:
    """An interpreter with the worker library and what the router requires. Made once, and kept beside the engine's cache."""
    wanted = [
        line for line in (folder / "requirements.txt").read_text().splitlines() if line and not line.startswith(("#", "azure-functions=="))
    ]
    digest = hashlib.sha256(" ".join([WORKER, *wanted]).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "durable-deploy" / f"worker-{digest}"
    if not (cache / "made").exists():
        shutil.rmtree(cache, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(cache)], check=True)
        pip = [str(cache / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, WORKER, *wanted], check=True)
        (cache / "made").touch()
    return str(cache / "bin" / "python")


@pytest.mark.matrix
def test_the_real_worker_indexes_the_router_and_streams_through_it(folder: Path, worker: str) -> None:
    """Without a blueprint it says that it can't begin, which is an answer of its own, through the library's web server."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [worker, str(HERE / "real_worker.py"), str(folder), "/api/orders/a%2Fb?x=1"],
        env={**environment, "PYTHON_ENABLE_INIT_INDEXING": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["functions"], found["status"], json.loads(found["body"])["error"]["code"]) == (FUNCTIONS, 503, "RouterNotReady")
