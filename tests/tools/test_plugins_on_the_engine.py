"""Policy packs and component packages written in Python, run by our language host under the real engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from .project import Project

PROGRAM = """
import pulumi
class Box(pulumi.ComponentResource):
    def __init__(self, name, size):
        super().__init__("demo:index:Box", name, {"size": size})
        self.register_outputs({})
Box("crate", pulumi.Config().require_int("size"))
"""

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def check(args, report):
    if args.resource_type == "demo:index:Box" and args.props["size"] > 10:
        report(f"a box of {args.props['size']:.0f} is too large")

PolicyPack("sizes", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("small-boxes", "Boxes are small.", check),
])
"""

COMPONENT = """
from typing import TypedDict
import pulumi

class CrateArgs(TypedDict):
    size: float

class Crate(pulumi.ComponentResource):
    \"\"\"A crate.\"\"\"
    def __init__(self, name: str, args: CrateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("crates:index:Crate", name, args, opts)
        self.register_outputs({})
"""

HOST = """
from pulumi.provider.experimental import component_provider_host
from crates_of_the_test import Crate
if __name__ == "__main__":
    component_provider_host(name="crates", components=[Crate])
"""


def policy_pack(tmp_path: Path, source: str = PACK) -> str:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: {name: python, options: {virtualenv: venv}}\n")
    (folder / "__main__.py").write_text(source)
    (folder / "venv").symlink_to(sys.prefix)
    return str(folder)


def preview(tmp_path: Path, engine: Path, size: int, pack: str) -> tuple[int, str]:
    project = Project.create(tmp_path, engine, PROGRAM)
    project.run("config", "set", "size", str(size))
    done = project.run("preview", "--policy-pack", pack)
    return done.code, done.output


def test_a_mandatory_policy_blocks_what_violates_it(tmp_path: Path, engine: Path) -> None:
    code, output = preview(tmp_path, engine, 11, policy_pack(tmp_path))

    assert code != 0
    assert "a box of 11 is too large" in output
    assert "mandatory" in output


def test_a_mandatory_policy_lets_pass_what_complies(tmp_path: Path, engine: Path) -> None:
    code, output = preview(tmp_path, engine, 10, policy_pack(tmp_path))

    assert (code, "too large" in output) == (0, False)
    assert "sizes" in output  # the pack did run


def test_a_policy_pack_that_cannot_start_says_why(tmp_path: Path, engine: Path) -> None:
    code, output = preview(tmp_path, engine, 10, policy_pack(tmp_path, "raise ValueError('no rules today')\n"))

    assert code != 0
    assert "no rules today" in output


def component_package(tmp_path: Path, files: dict[str, str]) -> str:
    folder = tmp_path / "package"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (folder / "PulumiPlugin.yaml").write_text("runtime: {name: python, options: {virtualenv: venv}}\n")
    (folder / "venv").symlink_to(sys.prefix)
    return str(folder)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"__main__.py": HOST, "crates_of_the_test.py": COMPONENT}, id="with a __main__.py"),
        pytest.param(
            {
                "pyproject.toml": "[project]\nname = 'crates'\nversion = '1.0.0'\n[build-system]\nrequires = []\n",
                "crates/__init__.py": COMPONENT,
            },
            id="with a pyproject.toml alone",
        ),
    ],
)
def test_a_component_package_tells_its_schema(tmp_path: Path, engine: Path, files: dict[str, str]) -> None:
    project = Project.create(tmp_path, engine, PROGRAM)

    done = project.run("package", "get-schema", component_package(tmp_path, files))

    assert done.code == 0, done.output
    crate = json.loads(done.output[done.output.index("{") :])["resources"]["crates:index:Crate"]
    assert (crate["isComponent"], crate["inputProperties"]["size"]["type"]) == (True, "number")


def test_a_component_package_with_nothing_to_run_says_so(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, PROGRAM)

    done = project.run("package", "get-schema", component_package(tmp_path, {"readme.txt": ""}))

    assert done.code != 0
    assert "neither a __main__.py nor a pyproject.toml" in done.output
