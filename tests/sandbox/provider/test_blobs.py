"""storage.Blob. Source: pulumi-azure-native, custom_storage_azidentity.go; pulumi, sdk/go/common/resource/archive."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sandbox.arm import ControlPlane
from sandbox.storage.memory import MemoryStorage

from .conftest import ACCOUNT, Engine

SIGNATURE = "4dabf18193072939515e22adb298388d"
CONTAINER = f"{ACCOUNT}/blobServices/default/containers/code"


def text(content: str) -> dict[str, Any]:
    return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": content, "hash": hashlib.sha256(content.encode()).hexdigest()}


def file(path: Path) -> dict[str, Any]:
    return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": str(path), "hash": "h"}


def archive(what: Path | dict[str, Any]) -> dict[str, Any]:
    content = {"path": str(what)} if isinstance(what, Path) else {"assets": what}
    return {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "hash": "h", **content}


@pytest.fixture
def uploaded(engine_client: Engine, storage: MemoryStorage, container: dict[str, Any]) -> Any:
    """Uploads a source as `app.zip` and returns the stored bytes."""

    def upload(source: dict[str, Any]) -> bytes:
        engine_client.create("storage:Blob", {**container, "blobName": "app.zip", "type": "Block", "source": source})
        content = storage.get_blob("packages1", "code", "app.zip")
        assert content is not None
        return content

    return upload


def entries(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert {info.date_time for info in opened.infolist()} <= {(1990, 1, 1, 0, 0, 0)}
        return [(info.filename, opened.read(info)) for info in opened.infolist()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {"host.json": "{}", "a/z.py": "z", "a.py": "a", ".pulumi/x": "no", "a/b/c.py": "c"}.items():
        (tmp_path / "app" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "app" / name).write_text(content)
    (tmp_path / "app" / "empty").mkdir()
    return tmp_path / "app"


def test_a_string_asset_is_stored_as_it_is(uploaded: Any) -> None:
    assert uploaded(text("hällo")) == "hällo".encode()


def test_a_file_asset_is_stored_as_it_is(uploaded: Any, folder: Path) -> None:
    assert uploaded(file(folder / "a.py")) == b"a"


def test_a_directory_is_zipped_level_by_level(uploaded: Any, folder: Path) -> None:
    assert entries(uploaded(archive(folder))) == [("a/b/c.py", b"c"), ("a/z.py", b"z"), ("a.py", b"a"), ("host.json", b"{}")]


def test_a_zip_given_by_path_is_stored_byte_for_byte(uploaded: Any, tmp_path: Path) -> None:
    path = tmp_path / "app.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("x", "1")

    assert uploaded(archive(path)) == path.read_bytes()


def test_of_two_entries_with_one_path_the_first_in_key_order_wins(uploaded: Any, folder: Path) -> None:
    overlay = {".": archive(folder), "": archive({"host.json": text("mine")})}

    assert dict(entries(uploaded(archive(overlay))))["host.json"] == b"mine"


def test_an_overlay_that_sorts_after_the_directory_is_ignored(uploaded: Any, folder: Path) -> None:
    assert dict(entries(uploaded(archive({".": archive(folder), "host.json": text("mine")}))))["host.json"] == b"{}"


def test_archives_nest_under_their_names(uploaded: Any, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "lib.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("m.py", "m")
    found = entries(uploaded(archive({"src": archive(folder), "lib": archive(path), "b": archive({"t": text("t")})})))

    assert [name for name, _ in found] == ["b/t", "lib/m.py", "src/a/b/c.py", "src/a/z.py", "src/a.py", "src/host.json"]


def test_equal_content_makes_equal_bytes(uploaded: Any, engine_client: Engine, storage: MemoryStorage, container: dict[str, Any]) -> None:
    first = uploaded(archive({"x": text("1")}))
    engine_client.create("storage:Blob", {**container, "blobName": "again.zip", "source": archive({"x": text("1")})})

    assert storage.get_blob("packages1", "code", "again.zip") == first


def test_a_file_that_is_missing_is_an_error(uploaded: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"^reading asset bytes: .*No such file"):
        uploaded(file(tmp_path / "no"))


def test_a_relative_path_that_leads_nowhere_says_why(uploaded: Any) -> None:
    with pytest.raises(RuntimeError, match=r"the path 'no/such/folder' is relative .* give assets absolute paths"):
        uploaded(archive(Path("no/such/folder")))


def test_the_outputs_name_the_blob_by_the_accounts_endpoint(
    engine_client: Engine, storage: MemoryStorage, container: dict[str, Any]
) -> None:
    inputs = {
        **container,
        "blobName": "v1/app.txt",
        "type": "Block",
        "contentType": "text/plain",
        "metadata": {"a": "b"},
        "source": text("hi"),
    }
    id, outputs = engine_client.create("storage:Blob", inputs)

    assert id == f"{CONTAINER}/blobs/v1%2Fapp.txt"
    assert outputs == {
        **container,
        "blobName": "v1/app.txt",
        "name": "v1/app.txt",
        "url": f"{storage.endpoints('packages1')['blob']}code/v1/app.txt",
        "type": "Block",
        "contentType": "text/plain",
        "contentMd5": base64.b64encode(hashlib.md5(b"hi", usedforsecurity=False).digest()).decode(),
        "metadata": {"a": "b"},
    }


def test_a_refresh_leaves_the_source_untouched(engine_client: Engine, container: dict[str, Any]) -> None:
    """The engine elides what assets hold when it asks for a Read."""
    inputs = {**container, "blobName": "a", "type": "Block", "source": text("hi")}
    id, outputs = engine_client.create("storage:Blob", inputs)
    elided = {**inputs, "source": {key: value for key, value in inputs["source"].items() if key != "text"}}

    assert engine_client.read("storage:Blob", id, elided, outputs) == (id, outputs, elided)


def test_a_blob_that_exists_is_not_created_again(engine_client: Engine, container: dict[str, Any]) -> None:
    inputs = {**container, "blobName": "a", "source": text("hi")}
    engine_client.create("storage:Blob", inputs)

    with pytest.raises(RuntimeError, match=f'^cannot create already existing resource "{CONTAINER}/blobs/a"$'):
        engine_client.create("storage:Blob", inputs)


def test_a_blob_is_refused_on_an_account_without_keys(
    engine_client: Engine, plane: ControlPlane, storage: MemoryStorage, container: dict[str, Any]
) -> None:
    plane.request("PATCH", ACCOUNT, {"properties": {"allowSharedKeyAccess": False}})

    with pytest.raises(RuntimeError) as error:
        engine_client.create("storage:Blob", {**container, "blobName": "a", "source": text("hi")})
    assert str(error.value).startswith('retrieving blob properties "a" (container "code" / account "packages1"): Status=403 Code="KeyBased')
    assert storage.get_blob("packages1", "code", "a") is None


def test_metadata_changes_in_place(engine_client: Engine, storage: MemoryStorage, container: dict[str, Any]) -> None:
    inputs = {**container, "blobName": "a", "source": text("hi")}
    _, outputs = engine_client.create("storage:Blob", inputs)

    assert engine_client.update("storage:Blob", outputs, {**inputs, "metadata": {"a": "b"}})["metadata"] == {"a": "b"}
    assert storage.get_blob("packages1", "code", "a") == b"hi"


def test_deleting_takes_the_blob_away(engine_client: Engine, storage: MemoryStorage, container: dict[str, Any]) -> None:
    id, outputs = engine_client.create("storage:Blob", {**container, "blobName": "a", "source": text("hi")})
    engine_client.delete("storage:Blob", id)

    assert storage.get_blob("packages1", "code", "a") is None
    assert engine_client.read("storage:Blob", id, container, outputs) == ("", {}, {})


def test_an_append_blob_takes_no_source(engine_client: Engine, container: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match=r"^a source cannot be specified for an Append blob$"):
        engine_client.create("storage:Blob", {**container, "blobName": "a", "type": "Append", "source": text("hi")})
