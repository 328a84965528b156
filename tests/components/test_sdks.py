"""Which Durable SDKs a package may run with, and whether they know orchestration versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from components._code.package import Sdk, read_package, sdks
from components._versioned import floors

from .apps import folder

HERE = {"host.json": '{"version": "2.0"}', "Order/function.json": '{"bindings": [{"type": "orchestrationTrigger", "name": "c"}]}'}
PY, JS = "azure-functions-durable", "durable-functions"
ISOLATED, IN_PROCESS = "Microsoft.Azure.Functions.Worker.Extensions.DurableTask", "Microsoft.Azure.WebJobs.Extensions.DurableTask"


def found(root: Path, **files: str) -> tuple[Sdk, ...]:
    return of(root, {name.replace("__", "."): text for name, text in files.items()})


def of(root: Path, files: dict[str, str]) -> tuple[Sdk, ...]:
    return sdks(read_package(folder(root / "app", {**HERE, **files})))


PYTHON = [
    ("azure-functions-durable==1.5.0", "==1.5.0", "1.5.0"),
    ("azure_functions.durable>=1.5,<2", ">=1.5,<2", "1.5"),
    ("azure-functions-durable", "", ""),
    ("azure-functions-durable<2", "<2", ""),
    ("azure-functions-durable!=1.4", "!=1.4", ""),
    ("azure-functions-durable~=1.5", "~=1.5", "1.5"),
    ("azure-functions-durable>=1.2,>=1.10", ">=1.2,>=1.10", "1.10"),
    ("azure-functions-durable == 1.5.0b1", "== 1.5.0b1", "1.5.0-pre"),
    ("azure-functions-durable==1.5.*", "==1.5.*", "1.5"),
    ("azure-functions-durable==1.5.0 ; python_version > '3.8'", "==1.5.0", "1.5.0"),
    ("azure-functions-durable==1.5.0 --hash=sha256:00", "==1.5.0", "1.5.0"),
    ("azure-functions-durable==1.5.0 \\\n    --hash=sha256:00", "==1.5.0", "1.5.0"),
    ("Azure-Functions-Durable>=1.5.0  # for versions", ">=1.5.0", "1.5.0"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "written", "lowest"), PYTHON, ids=[line for line, _, _ in PYTHON])
def test_of_a_python_requirement_the_lowest_version_that_it_admits_counts(tmp_path: Path, line: str, written: str, lowest: str) -> None:
    assert found(tmp_path, requirements__txt=f"azure-functions\n{line}\n") == (Sdk("requirements.txt:2", PY, written, lowest),)


@pytest.mark.parametrize(
    "line",
    ["azure-functions", "azure-functions-durable-more==1.0", "# azure-functions-durable", "azure-functions-durable @ https://x/a.whl"],
)
def test_other_python_requirements_tell_nothing(tmp_path: Path, line: str) -> None:
    assert found(tmp_path, requirements__txt=line) == ()


def test_requirements_that_are_included_count_once(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r deps/base.txt\n",
        "deps/base.txt": "-r ../requirements.txt\nazure-functions-durable>=1.2\n--requirement gone.txt\n",
    }
    assert of(tmp_path, files) == (Sdk("deps/base.txt:2", PY, ">=1.2", "1.2"),)


def test_what_was_vendored_counts_more_than_what_was_asked_for(tmp_path: Path) -> None:
    info = ".python_packages/lib/site-packages/azure_functions_durable-1.7.0.dist-info"
    files = {"requirements.txt": "azure-functions-durable==1.2.0\n", f"{info}/METADATA": "Name: azure-functions-durable\n"}
    assert of(tmp_path, files) == (Sdk(info, PY, "1.7.0", "1.7.0"),)


NODE = [
    ("3.3.0", "3.3.0"), ("^3.3.0", "3.3.0"), ("~3.3", "3.3"), ("3.x", "3"), ("*", ""), ("", ""), ("latest", ""), (">=3.3.0 <4", "3.3.0"), (">=3.1 >=3.10", "3.10"),
    ("<4", ""), ("3.1.0 - 3.5", "3.1.0"), ("^3.3.0 || ^2.0.0", "2.0.0"), ("3.3.0-beta.1", "3.3.0-pre"), ("npm:other@3.3.0", ""), ("file:../sdk-3.3.0", ""),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "lowest"), NODE, ids=[asked for asked, _ in NODE])
def test_of_a_node_range_the_lowest_version_that_it_admits_counts(tmp_path: Path, asked: str, lowest: str) -> None:
    assert found(tmp_path, package__json=f'{{"dependencies": {{"{JS}": "{asked}"}}}}') == (Sdk("package.json", JS, asked, lowest),)


def test_of_node_what_is_installed_counts_most_then_the_lock_file(tmp_path: Path) -> None:
    asked = {"package.json": f'{{"dependencies": {{"{JS}": "*"}}}}'}
    locked = {**asked, "package-lock.json": f'{{"packages": {{"node_modules/{JS}": {{"version": "3.2.0"}}}}}}'}
    installed = {**locked, f"node_modules/{JS}/package.json": '{"version": "3.3.1"}'}
    assert of(tmp_path / "1", locked) == (Sdk("package-lock.json", JS, "3.2.0", "3.2.0"),)
    assert of(tmp_path / "2", installed) == (Sdk(f"node_modules/{JS}/package.json", JS, "3.3.1", "3.3.1"),)


def project(name: str, version: str, kind: str = "PackageReference") -> str:
    return f'<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><ItemGroup><{kind} Include="{name}" {version}</{kind}></ItemGroup></Project>'


DOTNET = [
    ('Version="1.14.0">', "1.14.0", "1.14.0"),
    ("><Version>1.14.0</Version>", "1.14.0", "1.14.0"),
    ('Version="[1.2.0,2.0.0)">', "[1.2.0,2.0.0)", "1.2.0"),
    ('Version="1.*">', "1.*", "1.0.0"),
    ('Version="*">', "*", ""),
    ('Version="1.14.0-preview.1">', "1.14.0-preview.1", "1.14.0-pre"),
]


@pytest.mark.parametrize(("version", "written", "lowest"), DOTNET, ids=[version for version, _, _ in DOTNET])
def test_of_a_net_project_the_lowest_version_that_it_admits_counts(tmp_path: Path, version: str, written: str, lowest: str) -> None:
    assert of(tmp_path, {"App.csproj": project(ISOLATED, version)}) == (Sdk("App.csproj", ISOLATED, written, lowest),)


def test_central_versions_count_and_properties_tell_nothing(tmp_path: Path) -> None:
    files = {
        "App.csproj": project(IN_PROCESS, ">"),
        "Directory.Packages.props": project(IN_PROCESS, 'Version="3.0.0">', "PackageVersion"),
        "Other.csproj": project(ISOLATED, 'Version="$(Durable)">'),
        "Broken.csproj": "<Project>",
        "Entity.csproj": "<!DOCTYPE x [<!ENTITY y 'z'>]>" + project(ISOLATED, 'Version="1.0.0">'),
    }
    assert of(tmp_path, files) == (Sdk("Directory.Packages.props", IN_PROCESS, "3.0.0", "3.0.0"),)


def test_what_was_built_counts_more_than_the_project(tmp_path: Path) -> None:
    files = {
        "App.csproj": project(ISOLATED, 'Version="1.0.0">'),
        "App.deps.json": f'{{"libraries": {{"{ISOLATED}/1.15.0": {{}}, "Other/1.0.0": {{}}}}}}',
        ".azurefunctions/function.deps.json": f'{{"libraries": {{"{IN_PROCESS}/3.4.0": {{}}}}}}',
        "broken.deps.json": "[",
    }
    assert of(tmp_path, files) == (
        Sdk(".azurefunctions/function.deps.json", IN_PROCESS, "3.4.0", "3.4.0"),
        Sdk("App.deps.json", ISOLATED, "1.15.0", "1.15.0"),
    )


def test_powershell_modules_count_more_than_what_is_asked_for(tmp_path: Path) -> None:
    name = "AzureFunctions.PowerShell.Durable.SDK"
    asked = {"requirements.psd1": f"@{{\n  'Az' = '12.*'\n  # '{name}' = '1.*'\n  '{name}' = '2.*'\n}}\n"}
    assert of(tmp_path / "1", asked) == (Sdk("requirements.psd1", name, "2.*", "2"),)
    module = f"Modules/{name}/2.2.0/{name}.psd1"
    assert of(tmp_path / "2", {**asked, module: ""}) == (Sdk(module, name, "2.2.0", "2.2.0"),)


def test_a_java_package_brings_its_jars(tmp_path: Path) -> None:
    jars = {
        "lib/durabletask-azure-functions-1.6.3.jar": "",
        "lib/durabletask-azure-functions-1.6.3-SNAPSHOT.jar": "",
        "lib/durabletask-client-1.6.3.jar": "",
    }
    name = "durabletask-azure-functions"
    assert of(tmp_path, jars) == (
        Sdk("lib/durabletask-azure-functions-1.6.3-SNAPSHOT.jar", name, "1.6.3-SNAPSHOT", "1.6.3-pre"),
        Sdk("lib/durabletask-azure-functions-1.6.3.jar", name, "1.6.3", "1.6.3"),
    )


@pytest.mark.parametrize("name", floors.FLOORS)
def test_the_floor_itself_is_enough_and_its_prerelease_is_not(name: str) -> None:
    floor = floors.FLOORS[name]
    assert list(floors.problems([Sdk("x", name, floor, floor)])) == []
    assert len(list(floors.problems([Sdk("x", name, f"{floor}-pre", f"{floor}-pre")]))) == 1


@pytest.mark.parametrize(
    ("sdk", "problem"),
    [
        (
            Sdk("requirements.txt:2", PY, "", ""),
            "package.path = 'requirements.txt:2': asks for azure-functions-durable in any version: orchestration versions need 1.5.0 or newer. "
            "Write azure-functions-durable>=1.5.0, and install it anew.",
        ),
        (
            Sdk("package.json", JS, "^3.0.0", "3.0.0"),
            "package.path = 'package.json': asks for durable-functions ^3.0.0, which admits 3.0.0: orchestration versions need 3.3.0 or newer. "
            'Write "durable-functions": "^3.3.0", and install it anew.',
        ),
        (
            Sdk("App.deps.json", ISOLATED, "1.13.1", "1.13.1"),
            f"package.path = 'App.deps.json': has {ISOLATED} 1.13.1, and orchestration versions need 1.14.0 or newer. Write Version 1.14.0, and install it anew.",
        ),
        (
            Sdk("App.csproj", IN_PROCESS, "3.1.0-preview.1", "3.1.0-pre"),
            f"package.path = 'App.csproj': asks for {IN_PROCESS} 3.1.0-preview.1, which admits 3.1.0 (a prerelease): orchestration versions need 3.1.0 or newer. "
            "Write Version 3.1.0, and install it anew.",
        ),
    ],
)
def test_an_sdk_below_its_floor_is_refused(sdk: Sdk, problem: str) -> None:
    (refused,) = floors.problems([sdk])
    assert str(refused) == problem
