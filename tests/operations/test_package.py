"""`operations package`: everything that the app needs inside, nothing else, and the same bytes from the same input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from operations.packaging import make_package
from operations.packaging.ignore import IgnoreRules
from operations.problem import OperationProblem

ROOT = Path(__file__).resolve().parents[2]
VENDORED = ".python_packages/lib/site-packages/"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A Python app whose one dependency is a wheel in a folder beside it: nothing is fetched."""
    folder = tmp_path / "orders"
    wheels = tmp_path / "wheels"
    write(folder / "host.json", '{"version": "2.0"}')
    write(folder / "function_app.py", "app = None\n")
    write(folder / "ordering" / "work.py", "DAYS = 3\n")
    write(folder / "requirements.txt", "--no-index\n--find-links ../wheels\ngreeting==1.0\n")
    write_wheel(wheels, "greeting", "py3-none-any")
    return folder


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def write_wheel(wheels: Path, name: str, tag: str) -> None:
    wheels.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": "WORD = 'hello'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    with zipfile.ZipFile(wheels / f"{name}-1.0-{tag}.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]))


def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


def read(package: Path, name: str) -> str:
    with zipfile.ZipFile(package) as archive:
        return archive.read(name).decode()


def test_a_package_holds_the_app_and_its_dependencies_and_nothing_of_the_installation(app: Path, tmp_path: Path) -> None:
    made = make_package(app, tmp_path / "out" / "orders.zip")
    assert names(made.path) == [
        f"{VENDORED}greeting-1.0.dist-info/METADATA",
        f"{VENDORED}greeting-1.0.dist-info/WHEEL",
        f"{VENDORED}greeting-1.0.dist-info/entry_points.txt",
        f"{VENDORED}greeting/__init__.py",
        "function_app.py",
        "host.json",
        "ordering/work.py",
        "requirements.txt",
    ]
    assert (made.files, made.vendored) == (8, 4)


def test_the_same_input_gives_the_same_bytes(app: Path, tmp_path: Path) -> None:
    first = make_package(app, tmp_path / "first.zip")
    for file in app.rglob("*"):
        os.utime(file, (1, 1))
    (app / "function_app.py").chmod(0o600)
    write(app / "__pycache__" / "function_app.cpython-311.pyc", "compiled")
    write(app / "ordering" / "stray.pyc", "compiled")
    second = make_package(app, tmp_path / "second.zip")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.sha256 == second.sha256


def test_dates_modes_and_compression_are_fixed(app: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(make_package(app, tmp_path / "orders.zip").path) as archive:
        facts = {(one.date_time, one.external_attr >> 16, one.create_system, one.compress_type) for one in archive.infolist()}
    assert facts == {((1980, 1, 1, 0, 0, 0), 0o100755, 3, zipfile.ZIP_DEFLATED)}


def test_funcignore_is_honoured_and_some_names_never_travel(app: Path, tmp_path: Path) -> None:
    write(app / ".funcignore", "tests/\n*.md\n")
    for name in ("tests/test_app.py", "README.md", "local.settings.json", ".git/config", ".venv/pyvenv.cfg"):
        write(app / name, "x")
    found = [name for name in names(make_package(app, tmp_path / "orders.zip").path) if not name.startswith(VENDORED)]
    assert found == ["function_app.py", "host.json", "ordering/work.py", "requirements.txt"]


@pytest.mark.parametrize(
    "text", ["", "tests/\n*.md", "/build\ndocs/*.txt", "*.py\n!function_app.py", "**/cache\na/**/b", "# note\n\n!\n/", "[ab]*.txt\nx?"]
)
def test_funcignore_means_here_what_it_means_to_the_component(text: str) -> None:
    from components._code.package._ignore import IgnoreRules as Components

    paths = [
        "a",
        "b",
        "x1",
        "tests",
        "a/tests",
        "build",
        "a/build",
        "docs/a.txt",
        "a.txt",
        "function_app.py",
        "a/b",
        "a/x/b",
        "cache",
        "q/cache",
    ]
    paths += ["README.md", "local.settings.json", ".git", "x/__pycache__"]
    for path in paths:
        for is_folder in (True, False):
            assert IgnoreRules(text).ignores(path, is_folder=is_folder) == Components(text).ignores(path, is_folder=is_folder), path


def test_dependencies_that_lie_in_the_folder_are_collected_anew(app: Path, tmp_path: Path) -> None:
    write(app / VENDORED / "stale.py", "")
    assert f"{VENDORED}stale.py" not in names(make_package(app, tmp_path / "orders.zip").path)
    kept = make_package(app, tmp_path / "orders.zip", with_dependencies=False)
    assert [name for name in names(kept.path) if name.startswith(VENDORED)] == [f"{VENDORED}stale.py"]


def test_a_host_json_that_is_given_takes_the_place_of_the_apps_own(app: Path, tmp_path: Path) -> None:
    rendered = json.dumps({"version": "2.0", "extensions": {}})
    assert read(make_package(app, tmp_path / "a.zip", host_json=rendered).path, "host.json") == rendered
    assert read(make_package(app, tmp_path / "b.zip").path, "host.json") == '{"version": "2.0"}'


def test_a_package_written_into_the_apps_folder_does_not_hold_itself(app: Path) -> None:
    first = make_package(app, app / "orders.zip").sha256
    assert make_package(app, app / "orders.zip").sha256 == first


def test_a_dependency_without_a_wheel_for_linux_is_named_with_the_ways_out(app: Path, tmp_path: Path) -> None:
    write_wheel(tmp_path / "wheels", "gadget", "cp311-cp311-win_amd64")
    write(app / "requirements.txt", "--no-index\n--find-links ../wheels\ngadget==1.0\n")
    with pytest.raises(OperationProblem) as caught:
        make_package(app, tmp_path / "orders.zip")
    text = str(caught.value)
    assert "'gadget==1.0' has no wheel for Linux on x86-64 with Python 3.11" in text
    assert [way for way in ("Download files", "--find-links", "--no-vendor") if way not in text] == []
    assert not (tmp_path / "orders.zip").exists()


def test_a_wheel_is_chosen_by_the_workers_python_not_by_this_one(app: Path, tmp_path: Path) -> None:
    write_wheel(tmp_path / "wheels", "gadget", "cp312-cp312-manylinux2014_x86_64")
    write(app / "requirements.txt", "--no-index\n--find-links ../wheels\ngadget==1.0\n")
    made = make_package(app, tmp_path / "orders.zip", python_version="3.12")
    assert f"{VENDORED}gadget/__init__.py" in names(made.path)


def test_a_failure_leaves_the_package_of_before(app: Path, tmp_path: Path) -> None:
    made = make_package(app, tmp_path / "orders.zip")
    before = made.path.read_bytes()
    write(app / "host.json", "{")
    with pytest.raises(OperationProblem, match="is no JSON"):
        make_package(app, made.path)
    assert made.path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if "partial" in one.name] == []


def test_what_can_not_be_a_package_is_refused_with_path_rule_and_way_out(tmp_path: Path) -> None:
    def refused(folder: Path) -> str:
        with pytest.raises(OperationProblem) as caught:
            make_package(folder, tmp_path / "orders.zip")
        return str(caught.value)

    empty = tmp_path / "empty"
    empty.mkdir()
    assert refused(empty) == f"{empty}: has no files, or .funcignore leaves none. Give the folder that holds the app's host.json."
    assert refused(tmp_path / "nowhere") == f"{tmp_path / 'nowhere'}: does not exist. Give the folder that holds the app's host.json."

    above = tmp_path / "above"
    write(above / "src" / "host.json", '{"version": "2.0"}')
    both = refused(above)
    assert f"{above}: no host.json at its top level. Give {above / 'src'}." in both
    assert f"{above}: no functions found." in both

    number = tmp_path / "number"
    write(number / "function_app.py", "")
    write(number / "host.json", '{"version": 2.0}')
    assert (
        refused(number)
        == f'{number / "host.json"}: "version" is the number 2.0, which the host refuses. Write it as text: "version": "2.0".'
    )

    write(number / "host.json", '{"version": "2.0"}')
    assert refused(number).startswith(f"{number}: no requirements.txt, so what the app imports isn't known.")

    node = tmp_path / "node"
    write(node / "host.json", '{"version": "2.0"}')
    write(node / "package.json", '{"dependencies": {"durable-functions": "3"}}')
    assert refused(node) == f"{node}: package.json names dependencies, but there is no node_modules. Run `npm ci --omit=dev` there first."


def test_links_that_lead_out_of_the_folder_are_refused(app: Path, tmp_path: Path) -> None:
    (app / "secret.txt").symlink_to(write(tmp_path / "secret.txt", "x"))
    (app / "more").symlink_to(tmp_path / "wheels")
    with pytest.raises(OperationProblem) as caught:
        make_package(app, tmp_path / "orders.zip")
    assert sorted(caught.value.problems) == [
        f"{app / 'more'}: is a link to a folder. Copy the folder here, or name it in .funcignore.",
        f"{app / 'secret.txt'}: is no file of this folder but a link out of it, or to nothing. Copy it here, or name it in .funcignore.",
    ]


def operations(*arguments: str, cwd: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    command = [sys.executable, "-m", "operations", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, input=text, capture_output=True, text=True)


def test_the_command_prints_where_the_package_is_and_what_it_does_elsewhere(app: Path, tmp_path: Path) -> None:
    done = operations("package", str(app), "--host-json", "-", cwd=tmp_path, text='{"version": "2.0", "given": true}')
    assert (done.returncode, done.stdout) == (0, f"{Path('dist') / 'orders.zip'}\n")
    assert done.stderr.startswith(f"operations: reading {app}\noperations: collecting the dependencies for Linux and Python 3.11\n")
    assert json.loads(read(tmp_path / "dist" / "orders.zip", "host.json"))["given"] is True


def test_the_exit_code_is_2_when_the_folder_or_an_option_can_not_be_used(app: Path, tmp_path: Path) -> None:
    for arguments in (
        ["package", str(tmp_path / "nowhere")],
        ["package", str(app), "--python-version", "latest"],
        ["package", str(app), "--bogus"],
    ):
        done = operations(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")


def test_help_teaches_the_two_commands_the_exit_codes_and_the_danger(tmp_path: Path) -> None:
    about = " ".join(operations("--help", cwd=tmp_path).stdout.split())
    for taught in ("python -m operations package examples/orders", "python -m operations repair --stack dev", "Exit codes: 0 done"):
        assert taught in about
    assert "NOBODY MAY BE DEPLOYING" in operations("repair", "--help", cwd=tmp_path).stdout
