"""No process of an app outlives the sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from sandbox.functions.lane import Lane
from sandbox.functions.packages import Packages
from sandbox.functions.wanted import Wanted
from sandbox.world import Sandbox
from tests.sandbox.functions.apps import HTTP_APP, Azure, Wait, is_alive

ROOT = Path(__file__).resolve().parents[3]
CHILD_APP = (
    HTTP_APP
    + """
    import subprocess
    child = subprocess.Popen(["sleep", "600"])

    @app.route(route="child")
    def of_app(req: func.HttpRequest) -> str:
        return str(child.pid)
"""
)


@pytest.mark.azurite
def test_stopping_the_sandbox_ends_every_process_and_what_it_started(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "sandbox", functions=True) as sandbox:
        azure = Azure(sandbox)
        site = azure.site("staging")
        site.run("production", CHILD_APP)
        site.run("staging", HTTP_APP)
        pids = [
            int(site.get(path, slot).text)
            for path, slot in (("/api/pid", "production"), ("/api/child", "production"), ("/api/pid", "staging"))
        ]
        assert [is_alive(pid) for pid in pids] == [True] * 3
    assert [is_alive(pid) for pid in pids] == [False] * 3
    with Sandbox(tmp_path / "sandbox", functions=True) as again:
        status = again.functions.wait_ready(site.name)
        assert (status.state, status.pid in pids) == ("Running", False)


@pytest.mark.azurite
def test_a_killed_sandbox_takes_its_processes_with_it(tmp_path: Path, eventually: Wait) -> None:
    script = textwrap.dedent("""
        import sys
        from tests.sandbox.functions.apps import HTTP_APP, Azure
        from sandbox.world import Sandbox
        with Sandbox(functions=True) as sandbox:
            site = Azure(sandbox).site()
            site.run("production", HTTP_APP)
            print(site.get("/api/pid").text, flush=True)
            sys.stdin.read()
    """)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not is_alive(pid))


@pytest.mark.azurite
def test_the_command_line_runs_apps_and_ends_them_with_the_command(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import json, os, ssl, urllib.request
        trust = ssl.create_default_context(cafile=os.environ["DURABLE_DEPLOY_CA_BUNDLE"])
        try:
            urllib.request.urlopen(os.environ["DURABLE_DEPLOY_FRONT_DOOR"], context=trust)
        except urllib.error.HTTPError as answer:
            hosts = json.load(answer)["hosts"]
        with urllib.request.urlopen(hosts["site.azurewebsites.net"] + "/api/pid", context=trust) as answer:
            print(answer.read().decode())
    """)
    with Sandbox(tmp_path / "sandbox", functions=True) as sandbox:
        azure = Azure(sandbox)
        site = azure.site()
        site.name, site.id = "site", site.id.rsplit("/", 1)[0] + "/site"
        site.create("production")
        site.run("production", HTTP_APP)
    command = [sys.executable, "-m", "sandbox", "--directory", str(tmp_path / "sandbox"), "--functions", "--", sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert is_alive(int(ran.stdout)) is False


@pytest.mark.azurite
def test_a_site_that_is_deleted_while_its_process_is_about_to_start_starts_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetching, deleted = threading.Event(), threading.Event()
    real = Packages.fetch

    def fetch(packages: Packages, wanted: Wanted) -> Path:
        found = real(packages, wanted)
        fetching.set()
        assert deleted.wait(60)
        return found

    monkeypatch.setattr(Packages, "fetch", fetch)
    with Sandbox(tmp_path / "sandbox", functions=True) as sandbox:
        site = Azure(sandbox).site()
        site.run("production", HTTP_APP, ready=False)
        assert fetching.wait(60)
        lane = sandbox.functions.lane_of((site.name, "production"))
        assert isinstance(lane, Lane)
        sandbox.plane.request("DELETE", site.id)
        sandbox.functions.reconcile()
        assert sandbox.functions.lane_of((site.name, "production")) is None
        deleted.set()
        lane.close()
    assert lane.starts == 0
    assert lane.status.errors == (f"{site.name}/production is gone.",)


def test_the_sandbox_stops_its_own_before_it_ends_what_the_command_has_left() -> None:
    """Asks for children by their parent: by name a child is found only a moment after Popen has returned."""
    script = textwrap.dedent("""
        import os, sys
        from sandbox.command import run
        from sandbox.descendants import adopt_orphans
        left = [sys.executable, "-c", "import subprocess; subprocess.Popen(['sleep', '600'])"]
        run(left, os.environ, ended=lambda: print("ended", len(adopt_orphans())))
        print("after", len(adopt_orphans()))
    """)
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split() == ["ended", "1", "after", "0"]


def test_without_an_emulator_no_code_can_run() -> None:
    with pytest.raises(ValueError, match="needs storage that answers"):
        Sandbox(functions=True, storage="memory")
