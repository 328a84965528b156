"""The real command line: one update sees `package.replace`, encrypted values stay readable, and the user's file stays as it is."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from operations.pulumi import Pulumi
from operations.release.staging import update, wanted_package

PROGRAM = """\
import pulumi
config = pulumi.Config()
pulumi.export("package", config.require_object("package"))
pulumi.export("pin", config.require_secret("pin").apply(len))
"""


@pytest.fixture
def pulumi(engine: Path, tmp_path: Path) -> Pulumi:
    folder = tmp_path / "project"
    (folder / "stacks").mkdir(parents=True)
    (tmp_path / "state").mkdir()
    virtual = Path(sys.prefix).resolve()
    (folder / "Pulumi.yaml").write_text(
        f"name: orders\nruntime:\n  name: python\n  options:\n    virtualenv: {virtual}\nstackConfigDir: stacks\n"
    )
    (folder / "__main__.py").write_text(PROGRAM)
    environment = {
        **os.environ,
        "PATH": f"{engine}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    made = Pulumi(folder, "prod", environment)
    made.run("stack", "init", "prod", with_stack=False)
    made.run("config", "set", "--secret", "pin", "hunter2")
    made.run("config", "set", "--path", "package.path", "dist/orders.zip")
    made.run("config", "set", "--path", "package.version", "2.0.0")
    return made


def test_one_update_sees_which_version_may_go(pulumi: Pulumi) -> None:
    before = pulumi.config_file().read_text()
    lines: list[str] = []
    update(pulumi, "2", lines.append)
    package = {"path": "dist/orders.zip", "version": "2.0.0"}
    outputs = json.loads(pulumi.run("stack", "output", "--json", "--show-secrets"))
    assert outputs == {"package": {**package, "replace": "2"}, "pin": 7}
    assert pulumi.config_file().read_text() == before
    assert any("Updating (" in line for line in lines)
    update(pulumi, None, lines.append)
    assert pulumi.outputs()["package"] == package == wanted_package(pulumi)
