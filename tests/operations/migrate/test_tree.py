"""Which files of an app's folder the migration looks at."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.migrate.tree import read_tree
from operations.problem import OperationProblem


def write(folder: Path, *paths: str) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)


def test_sources_are_read_and_links_generated_and_vendored_folders_are_left_alone(tmp_path: Path) -> None:
    app, elsewhere = tmp_path / "app", tmp_path / "elsewhere"
    write(app, "function_app.py", "src/b.ts", "src/a.cs", "host.json", "readme.md", "versions.lock.json")
    write(app, "node_modules/x/index.js", "bin/x.cs", "obj/x.cs", ".venv/x.py", ".python_packages/x.py", "__pycache__/x.py", "dist/x.js")
    write(app, "drafts/x.py", "own/pyvenv.cfg", "own/lib/x.py", "env/config.py")
    write(elsewhere, "other.py")
    (app / ".funcignore").write_text("drafts/\n*.ts\n")
    (app / "linked").symlink_to(elsewhere)
    (app / "link.py").symlink_to(elsewhere / "other.py")
    assert list(read_tree(app)) == ["env/config.py", "function_app.py", "host.json", "src/a.cs", "src/b.ts"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "does not exist. Give the folder that holds the app's host.json."),
        ("file.py", "is a file. Give the folder that holds the app's host.json."),
        ("empty", "holds no source files. Give the folder that holds the app's host.json."),
    ],
)
def test_what_is_no_app_s_folder_is_told(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file.py").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperationProblem) as caught:
        read_tree(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: {said}"
