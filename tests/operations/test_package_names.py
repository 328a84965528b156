"""A package is called by its content, as the component calls what it uploads itself."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from components._code.package import content_hash, read_package
from components._live.uploads import plan_upload
from operations.packaging import make_package
from operations.packaging.naming import MANAGED, blob_name, content_digest, digest_of, mark


@pytest.fixture
def package(tmp_path: Path) -> Path:
    app = tmp_path / "orders"
    app.mkdir()
    (app / "host.json").write_text('{"version": "2.0"}')
    (app / "function_app.py").write_text(
        "import azure.functions as func\napp = func.FunctionApp()\n\n@app.route(route='x')\ndef Start(req): ...\n"
    )
    (app / "requirements.txt").write_text("--no-index\n")
    return make_package(app, tmp_path / "orders.zip", with_dependencies=False).path


def test_the_digest_is_the_one_that_the_component_computes(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        host_json = archive.read("host.json").decode()
    read = read_package(str(package))
    assert content_digest(package) == content_hash(read, host_json)[:16] == read.content_hash[:16]


def test_the_digest_does_not_depend_on_how_the_files_were_packed(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_STORED) as new:
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
        new.mkdir("folder")
    assert content_digest(other) == content_digest(package)


def test_the_note_of_an_upload_is_the_one_that_the_component_reads() -> None:
    digest = "0123456789abcdef"
    planned = plan_upload({}, digest)
    assert planned.metadata == {mark(digest): "uploaded", MANAGED: digest}
    assert plan_upload({mark(digest): "uploaded"}, digest).declare is False


def test_a_name_tells_its_digest_and_a_strangers_name_tells_none() -> None:
    assert digest_of(blob_name("orders", "0123456789abcdef"), "orders") == "0123456789abcdef"
    strange = ["orders-1.2.0.zip", "orders-0123456789abcdef.zip.bak", "ordersx-0123456789abcdef.zip", "orders-0123456789ABCDEF.zip"]
    assert [digest_of(name, "orders") for name in strange] == [None] * 4
