"""Reading a package: what counts, what is left out, what is refused, and its hash."""

import hashlib
import json
import os
import random
import zipfile
from pathlib import Path

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components._code.package import (
    FileEntry,
    FunctionInfo,
    PackageProblem,
    UnnamedFunction,
    archive,
    content_hash,
    read_package,
)
from components._code.package._hash import hash_files
from components._code.package._ignore import IgnoreRules

HOST = '{"version": "2.0"}'
APP = """import azure.durable_functions as df
app = df.DFApp()
@app.route(route="orders")
async def start(req): ...
@app.queue_trigger(arg_name="m", queue_name="q", connection="C")
def TakeOrder(m): ...
@app.orchestration_trigger(context_name="context")
def order(context): ...
"""
FILES = {"host.json": HOST, "function_app.py": APP, "orders/rules.py": "LIMIT = 1\n", "requirements.txt": "azure-functions\n"}


def directory(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    return root


def zipped(file: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(file, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
    return file


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(PackageProblem) as caught:
        read_package(str(path))
    return caught.value.problems


def test_a_directory_is_read_with_its_functions_and_starters(tmp_path: Path) -> None:
    package = read_package(str(directory(tmp_path, FILES)))
    assert (package.path, package.kind) == (str(tmp_path), "directory")
    assert list(package.files) == ["function_app.py", "host.json", "orders/rules.py", "requirements.txt"]
    assert package.files["orders/rules.py"].size == 10
    assert package.host_json == {"version": "2.0"}
    assert package.functions == (
        FunctionInfo("order", "orchestrationTrigger", "function_app.py"),
        FunctionInfo("start", "httpTrigger", "function_app.py"),
        FunctionInfo("TakeOrder", "queueTrigger", "function_app.py"),
    )
    assert package.starters == ("TakeOrder",)
    assert (package.python, package.has_entities, package.has_vendored_dependencies, package.unnamed) == (True, False, False, ())


def test_a_zip_of_the_same_files_is_the_same_package(tmp_path: Path) -> None:
    from_directory = read_package(str(directory(tmp_path / "app", FILES)))
    from_zip = read_package(str(zipped(tmp_path / "app.zip", FILES)))
    assert from_zip.kind == "zip"
    assert (from_zip.files, from_zip.functions) == (from_directory.files, from_directory.functions)
    assert from_zip.content_hash == from_directory.content_hash
    assert content_hash(from_zip, "{}") == content_hash(from_directory, "{}")


def test_a_relative_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory(tmp_path / "app", FILES)
    monkeypatch.chdir(tmp_path)
    assert read_package("app").path == str(tmp_path / "app")


def test_entities_and_vendored_dependencies_are_seen(tmp_path: Path) -> None:
    entity = '@app.entity_trigger(context_name="c")\ndef stock(c): ...\n'
    files = {**FILES, "function_app.py": APP + entity, ".python_packages/lib/site-packages/six.py": ""}
    package = read_package(str(directory(tmp_path, files)))
    assert (package.has_entities, package.has_vendored_dependencies) == (True, True)


def test_an_entity_without_a_readable_name_is_still_an_entity(tmp_path: Path) -> None:
    entity = '@app.function_name(f"{x}")\n@app.entity_trigger(context_name="c")\ndef stock(c): ...\n'
    package = read_package(str(directory(tmp_path, {**FILES, "function_app.py": APP + entity})))
    assert (package.has_entities, package.unnamed) == (True, (UnnamedFunction("entityTrigger", "function_app.py", 10),))


def test_dotnet_needs_no_vendored_dependencies(tmp_path: Path) -> None:
    metadata = json.dumps([{"name": "Nightly", "bindings": [{"type": "timerTrigger"}]}])
    package = read_package(str(directory(tmp_path, {"host.json": HOST, "functions.metadata": metadata})))
    assert (package.python, package.has_vendored_dependencies, package.starters) == (False, True, ("Nightly",))


def test_node_needs_its_modules(tmp_path: Path) -> None:
    files = {"host.json": HOST, "i.js": "require('@azure/functions').app.timer('T', {});", "package.json": '{"dependencies": {}}'}
    assert not read_package(str(directory(tmp_path, files))).has_vendored_dependencies
    assert read_package(str(directory(tmp_path, {"node_modules/x/index.js": ""}))).has_vendored_dependencies


def test_python_of_the_first_model_is_python(tmp_path: Path) -> None:
    files = {"host.json": HOST, "Take/function.json": '{"bindings": [{"type": "queueTrigger"}]}', "Take/__init__.py": ""}
    assert read_package(str(directory(tmp_path, files))).python


def test_what_never_travels_is_left_out_of_a_directory(tmp_path: Path) -> None:
    extra = {".git/config": "", ".venv/bin/python": "", "orders/__pycache__/x.pyc": "", "local.settings.json": "{}", ".funcignore": ""}
    assert list(read_package(str(directory(tmp_path, {**FILES, **extra}))).files) == sorted(FILES)


@pytest.mark.parametrize("name", ["local.settings.json", ".git/config", ".venv/x"])
def test_what_never_travels_is_refused_in_a_zip(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {**FILES, name: ""})
    assert problems(path) == (f"package {str(path)!r}: {name} must not be deployed: make the zip again without it",)


@pytest.mark.parametrize(
    "rules, path, is_folder, ignored",
    [
        ("*.md", "README.md", False, True),
        ("*.md", "docs/README.md", False, True),
        ("/*.md", "docs/README.md", False, False),
        ("/*.md", "README.md", False, True),
        ("test", "a/test", True, True),
        ("test/", "a/test", True, True),
        ("test/", "a/test", False, False),
        ("docs/*.md", "docs/a.md", False, True),
        ("docs/*.md", "x/docs/a.md", False, False),
        ("docs/*.md", "docs/b/a.md", False, False),
        ("**/generated", "a/b/generated", True, True),
        ("docs/**", "docs/a/b.md", False, True),
        ("docs/**", "docs", True, False),
        ("a/**/z", "a/z", False, True),
        ("a/**/z", "a/b/c/z", False, True),
        ("file?.[ch]", "file1.c", False, True),
        ("file?.[ch]", "file10.c", False, False),
        ("*.md\n!README.md", "README.md", False, False),
        ("!README.md\n*.md", "README.md", False, True),
        ("# *.md\n\n   ", "README.md", False, False),
        ("  spaced.txt  ", "spaced.txt", False, True),
        ("/", "a", True, False),
        (".git*", ".gitignore", False, True),
        ("", "local.settings.json", False, True),
        ("!local.settings.json", "local.settings.json", False, True),
        ("*.MD", "a.md", False, False),
    ],
)
def test_funcignore_follows_gitignore(rules: str, path: str, is_folder: bool, ignored: bool) -> None:
    assert IgnoreRules(rules).ignores(path, is_folder=is_folder) is ignored


def test_funcignore_is_honoured_and_nothing_in_an_ignored_folder_is_taken_back(tmp_path: Path) -> None:
    extra = {".funcignore": "tests/\n*.md\n!tests/keep.py\n", "tests/keep.py": "", "README.md": "", "docs/a.md": ""}
    assert list(read_package(str(directory(tmp_path, {**FILES, **extra}))).files) == sorted(FILES)


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert problems(missing) == (
        f"package {str(missing)!r}: no such file or directory ({missing}): give the app's directory or a .zip file",
    )


def test_an_empty_directory_and_one_with_ignored_files_only_are_refused(tmp_path: Path) -> None:
    expected = (f"package {str(tmp_path)!r}: there are no files in it: give the folder that holds host.json",)
    assert problems(tmp_path) == expected
    directory(tmp_path, {"__pycache__/x.pyc": ""})
    assert problems(tmp_path) == expected


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_what_is_not_a_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    (problem,) = problems(tmp_path / "a.zip")
    assert problem.startswith(f"package {str(tmp_path / 'a.zip')!r}: not a readable zip file (")


def test_a_zip_with_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", FILES)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"LIMIT = 1", b"LIMIT = 2"))
    (problem,) = problems(path)
    assert "not a readable zip file (Bad CRC-32 for file 'orders/rules.py')" in problem


@pytest.mark.parametrize(
    "name, why",
    [("../evil.py", "unpacked outside"), ("/etc/x", "unpacked outside"), ("C:/x", "unpacked outside"), ("a\\b.py", "backslash")],
)
def test_zip_entries_that_lead_elsewhere_are_refused(tmp_path: Path, name: str, why: str) -> None:
    (problem,) = problems(zipped(tmp_path / "a.zip", {**FILES, name: ""}))
    assert why in problem


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_that_holds_a_name_twice_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", FILES)
    with zipfile.ZipFile(path, "a") as target:
        target.writestr("host.json", "{}")
    assert problems(path) == (f"package {str(path)!r}: host.json is in the zip twice: make the zip again",)


def test_a_package_without_host_json_and_without_functions_gets_both_problems(tmp_path: Path) -> None:
    text = "\n".join(problems(directory(tmp_path, {"readme.txt": "x"})))
    assert "no host.json at its top level: give the folder that holds host.json" in text
    assert "no functions found in 1 files; looked for function_app.py" in text


def test_a_zip_made_one_level_too_high_is_told_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"orders/{name}": text for name, text in FILES.items()})
    assert problems(path) == (
        f"package {str(path)!r}: no host.json at its top level: there is one in orders/: zip what is inside orders/, not the folder itself",
    )


def test_a_directory_one_level_too_high_is_told_so(tmp_path: Path) -> None:
    directory(tmp_path / "orders", FILES)
    assert problems(tmp_path) == (
        f"package {str(tmp_path)!r}: no host.json at its top level: there is one in orders/: give {tmp_path}/orders",
    )


def test_a_broken_host_json_is_refused_with_its_place(tmp_path: Path) -> None:
    assert problems(directory(tmp_path, {**FILES, "host.json": "{\n  // x\n}"})) == (
        f"{tmp_path}/host.json:2:3: not valid JSON: Expecting property name enclosed in double quotes "
        "(comments are not allowed in host.json: remove them)",
    )


def test_an_app_whose_functions_are_all_registered_dynamically_is_reported_but_not_refused(tmp_path: Path) -> None:
    dynamic = "import azure.functions as func\napp = func.FunctionApp()\nfor f in work:\n    app.schedule(schedule='x', arg_name='t')(f)\n"
    package = read_package(str(directory(tmp_path, {**FILES, "function_app.py": dynamic})))
    assert package.functions == ()
    assert package.unnamed == (UnnamedFunction("timerTrigger", "function_app.py", 4),)


def test_links_out_of_the_package_to_nowhere_and_to_folders_are_refused_all_at_once(tmp_path: Path) -> None:
    app = directory(tmp_path / "app", FILES)
    (tmp_path / "secret.txt").write_text("x")
    (app / "out.txt").symlink_to(tmp_path / "secret.txt")
    (app / "gone.txt").symlink_to(app / "nothing")
    (app / "folder").symlink_to(app / "orders")
    text = "\n".join(problems(app))
    assert "folder is a link to a folder" in text and "gone.txt is not a file" in text and "out.txt is a link out of the package" in text


def test_a_link_to_a_file_inside_counts_as_that_file_and_an_ignored_link_does_not_matter(tmp_path: Path) -> None:
    app = directory(tmp_path, {**FILES, ".funcignore": "away\n"})
    (app / "alias.py").symlink_to(app / "orders/rules.py")
    (app / "away").symlink_to("/")
    package = read_package(str(app))
    assert list(package.files) == sorted([*FILES, "alias.py"])
    assert package.files["alias.py"] == package.files["orders/rules.py"]


def test_the_hash_does_not_depend_on_times_modes_or_order(tmp_path: Path) -> None:
    names = list(FILES)
    random.Random(7).shuffle(names)
    one = read_package(str(directory(tmp_path / "one", FILES)))
    other_root = directory(tmp_path / "two", {name: FILES[name] for name in names})
    for name in names:
        os.utime(other_root / name, (0, 0))
        (other_root / name).chmod(0o700)
    assert read_package(str(other_root)).content_hash == one.content_hash


def test_the_hash_with_the_app_s_own_host_json_is_the_package_s_hash_and_another_changes_it(tmp_path: Path) -> None:
    package = read_package(str(directory(tmp_path, FILES)))
    assert content_hash(package, HOST) == package.content_hash
    assert content_hash(package, HOST + "\n") != package.content_hash


def test_the_hash_is_the_one_that_deployed_packages_were_named_by(tmp_path: Path) -> None:
    package = read_package(str(directory(tmp_path, {"host.json": HOST, "function_app.py": APP})))
    assert content_hash(package, "{}\n")[:16] == "8b532632397478e5"


TREES = st.dictionaries(st.text("ab/.", min_size=1, max_size=5), st.binary(max_size=4), min_size=1, max_size=5)


def entries(tree: dict[str, bytes]) -> dict[str, FileEntry]:
    return {name: FileEntry(len(data), hashlib.sha256(data).hexdigest()) for name, data in tree.items()}


@settings(max_examples=200)
@given(TREES, TREES)
def test_packages_have_one_hash_only_if_they_are_equal(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (hash_files(entries(one)) == hash_files(entries(other))) is (one == other)


@given(TREES, st.randoms())
def test_the_order_in_which_files_are_found_does_not_count(tree: dict[str, bytes], chance: random.Random) -> None:
    names = list(tree)
    chance.shuffle(names)
    assert hash_files(entries({name: tree[name] for name in names})) == hash_files(entries(tree))


def test_a_directory_becomes_an_explicit_archive_with_absolute_paths(tmp_path: Path) -> None:
    package = read_package(str(directory(tmp_path, FILES)))
    assets = archive(package, "rendered").assets
    host_json = assets.pop("host.json")
    assert isinstance(host_json, pulumi.StringAsset) and host_json.text == "rendered"
    assert {name: asset.path for name, asset in assets.items() if isinstance(asset, pulumi.FileAsset)} == {
        name: str(tmp_path / name) for name in FILES if name != "host.json"
    }


def test_a_zip_gets_its_host_json_laid_over_in_an_archive_that_comes_first(tmp_path: Path) -> None:
    package = read_package(str(zipped(tmp_path / "a.zip", FILES)))
    assets = archive(package, "rendered").assets
    assert sorted(assets) == ["", "."]
    over, below = assets[""], assets["."]
    assert isinstance(over, pulumi.AssetArchive) and isinstance(below, pulumi.FileArchive)
    host_json = over.assets["host.json"]
    assert isinstance(host_json, pulumi.StringAsset) and host_json.text == "rendered"
    assert below.path == str(tmp_path / "a.zip")
