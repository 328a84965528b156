"""The whole path in the embedded Azure: caller, front door, the router's worker process, front door, the app's worker process; and back.

Its host is a plain server in Python that stands for Azure's, opens a connection for each request and serves the callers' from one process with
everything else. So the figures say what a change to the router does in there, and nothing of Azure: no goal is held against them.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from demo.project import Project
from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.world import Sandbox

from ..comparison import ROOT
from ..projects import PROGRAMS, BenchmarkError
from .callers import Unexpected, ask
from .measuring import CONCURRENT, WARM_UP, Load

SITE, STACK, VERSION = "orders", "test-bench", "1.0.1"
PATIENCE = 120.0
"""Seconds for the app to be made."""
CONFIG = {
    "azure-native:location": "westeurope",
    "lean": "true",
    "strategy": "application-routing",
    "site.name": SITE,
    "storage.protect_state": "false",
    "access.operators[0]": OPERATOR_OBJECT_ID,
    "apps.location": "westeurope",
    "apps.plan.kind": "elastic_premium",
    "http.anonymous": "true",
}


def hosted(
    folder: Path, seconds: float, rounds: int, tell: Callable[[str], None], concurrent: Sequence[int] = CONCURRENT
) -> dict[int, Load]:
    """Concurrency -> what it took; processor time is not among it, since several processes share it. Raises BenchmarkError."""
    tell("forwarding through the embedded host: deploying")
    try:
        with Sandbox(folder / "azure", functions=True) as sandbox:
            _deploy(folder, sandbox)
            trust = ssl.create_default_context(cafile=str(sandbox.ca_bundle))
            port = urlsplit(sandbox.functions.url(SITE)).port
            assert port is not None
            found: dict[int, Load] = {}
            for number in concurrent:
                for one in range(rounds):
                    tell(f"forwarding through the embedded host, {number} at once: round {one + 1}")
                    _measure(port, trust, number, seconds, found.setdefault(number, Load()))
            return found
    except (Unexpected, OSError, RuntimeError, subprocess.CalledProcessError) as problem:
        raise BenchmarkError(f"forwarding through the embedded host can't be measured: {problem!r}") from problem


def _measure(port: int, trust: ssl.SSLContext, concurrent: int, seconds: float, load: Load) -> None:
    asyncio.run(ask(port, concurrent, min(WARM_UP, seconds), tls=trust))
    asked = asyncio.run(ask(port, concurrent, seconds, tls=trust))
    load.rate.append(asked.rate)
    load.p50.append(1000 * asked.percentile(0.50))
    load.p99.append(1000 * asked.percentile(0.99))


def _deploy(folder: Path, sandbox: Sandbox) -> None:
    """The router as it is deployed, with the libraries of this interpreter, and one line with an app behind it."""
    engine = shutil.which("pulumi")
    assert engine is not None
    project = Project(folder / "project", sandbox.environment(), Path(engine).parent, stack=STACK)
    project.configure({**CONFIG, "package.path": str(_router(folder / "router")), "settings.ROUTER_ARM_ENDPOINT": sandbox.arm_endpoint})
    project.pulumi("up", "--yes", "--stack", STACK)
    project.configure({"http.public_url": sandbox.functions.url(SITE)})
    project.pulumi("up", "--yes", "--stack", STACK)
    rendered, package = folder / "host.json", folder / "app.zip"
    rendered.write_text(project.pulumi("stack", "output", "host_json", "--stack", STACK))
    made = ["package", str(PROGRAMS / "hosted"), "--host-json", str(rendered), "--output", str(package), "--no-vendor"]
    _run([sys.executable, "-m", "operations", *made], project, ROOT)
    _run(project.operations("versions", "deploy", VERSION, str(package)), project, project.folder)
    _wait_for_app(sandbox)


def _router(into: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "functions" / "router_app", into, ignore=ignored)
    shutil.copytree(ROOT / "functions" / "router", into / "durable_deploy_router", ignore=ignored)
    shutil.copytree(ROOT / "taskhub", into / "taskhub", ignore=ignored)
    return into


def _run(command: list[str], project: Project, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env=project.environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def _wait_for_app(sandbox: Sandbox) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = sandbox.functions.request("production", "GET", "/api/orders", site=SITE, headers={"x-app-version": VERSION})
        if answer.status == 200 and "lines" in json.loads(answer.body):
            return
        if time.monotonic() > deadline:
            raise BenchmarkError(f"the app did not answer through the router within {PATIENCE:.0f} s: {answer}")
        time.sleep(0.5)


__all__ = ["hosted"]
