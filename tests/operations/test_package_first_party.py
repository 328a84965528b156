"""What an app gets from this project when it imports it: `taskhub` and the StatusCheck blueprint, with what they need."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from operations.packaging import first_party, make_package
from operations.packaging.first_party import first_party_files, first_party_requirements, wants_first_party
from operations.problem import OperationProblem

SITE_PACKAGES = ".python_packages/lib/site-packages/"


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This project with two modules in it, and nothing to fetch."""
    root = tmp_path / "checkout"
    write(root / "taskhub" / "__init__.py", "WORD = 'hub'\n")
    write(root / "taskhub" / "py.typed")
    write(root / "taskhub" / "reading" / "__init__.py", "")
    write(root / "taskhub" / "__pycache__" / "x.cpython-311.pyc", "compiled")
    write(root / "functions" / "status_check" / "__init__.py", "blueprint = None\n")
    write(root / "functions" / "status_check" / "README.md", "not code")
    monkeypatch.setattr(first_party, "SOURCES", {"status_check": root / "functions" / "status_check", "taskhub": root / "taskhub"})
    monkeypatch.setattr(first_party, "REQUIREMENTS", ())
    return root


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "orders"
    write(folder / "host.json", '{"version": "2.0"}')
    write(folder / "function_app.py", "app = None\n")
    write(folder / "requirements.txt", "--no-index\n")
    return folder


def names(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    "line",
    [
        "from status_check import blueprint",
        "import status_check",
        "def later():\n    from status_check import blueprint",
        "import os, taskhub",
        "from taskhub.reading import read",
    ],
)
def test_an_app_that_imports_it_gets_both_as_top_level_packages_and_only_their_code(
    app: Path, checkout: Path, tmp_path: Path, line: str
) -> None:
    write(app / "ordering" / "checks.py", f"{line}\n")
    made = make_package(app, tmp_path / "out.zip")
    assert [name for name in names(made.path) if name.startswith(SITE_PACKAGES)] == [
        f"{SITE_PACKAGES}status_check/__init__.py",
        f"{SITE_PACKAGES}taskhub/__init__.py",
        f"{SITE_PACKAGES}taskhub/py.typed",
        f"{SITE_PACKAGES}taskhub/reading/__init__.py",
    ]
    assert made.vendored == 4


@pytest.mark.parametrize(
    "line", ["app = None", "# import status_check", "from .status_check import blueprint", "import status_check_of_mine", "import ("]
)
def test_an_app_that_does_not_import_it_gets_nothing(app: Path, checkout: Path, tmp_path: Path, line: str) -> None:
    write(app / "more.py", f"{line}\n")
    assert make_package(app, tmp_path / "out.zip").vendored == 0


def test_an_apps_own_module_of_that_name_is_its_own(app: Path, checkout: Path) -> None:
    own = {"function_app.py": write(app / "function_app.py", "import status_check\n"), "status_check.py": write(app / "status_check.py")}
    assert wants_first_party(own) is False


def test_without_vendoring_nothing_is_added(app: Path, checkout: Path, tmp_path: Path) -> None:
    write(app / "function_app.py", "import status_check\n")
    assert make_package(app, tmp_path / "out.zip", with_dependencies=False).vendored == 0


def test_the_same_input_gives_the_same_bytes(app: Path, checkout: Path, tmp_path: Path) -> None:
    write(app / "function_app.py", "import status_check\n")
    first = make_package(app, tmp_path / "first.zip")
    write(checkout / "taskhub" / "__pycache__" / "y.cpython-311.pyc", "compiled anew")
    (checkout / "taskhub" / "__init__.py").touch()
    assert make_package(app, tmp_path / "second.zip").path.read_bytes() == first.path.read_bytes()


def test_what_it_needs_is_pinned_as_here_unless_the_app_names_it_itself(tmp_path: Path) -> None:
    own = write(tmp_path / "requirements.txt", "# ours\nazure-functions\nAzure_Core>=1.30  # of our own\n--pre\n")
    pins = dict(line.split("==") for line in (Path(__file__).parents[2] / "requirements.txt").read_text().splitlines() if "==" in line)
    wanted = ("aiohttp", "azure-data-tables", "azure-identity", "azure-storage-queue")
    assert first_party_requirements(own) == [f"{name}=={pins[name]}" for name in wanted]


def test_an_incomplete_checkout_is_said(checkout: Path) -> None:
    (checkout / "taskhub" / "__init__.py").unlink()
    with pytest.raises(OperationProblem, match=r"taskhub: not found, though the app imports it\. Use a complete checkout"):
        first_party_files()


def test_this_checkout_has_what_an_app_may_import() -> None:
    assert {"status_check/__init__.py", "taskhub/__init__.py"} <= set(first_party_files())
