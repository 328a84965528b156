"""Which packages are read at all, and what is wrong with those that are."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
from types import SimpleNamespace
from typing import IO, Any

import pytest
from azure.core.exceptions import ResourceNotFoundError

from functions.router.web.packages import MAXIMUM_PACKAGE, BlobPackages, Package, PackageProblem, blob_of, check_host_json, package_of
from tests.functions.router.hosting.world import blueprint
from tests.functions.router.web.stage import HOST_JSON, zipped

BASE = "https://state.blob.core.windows.net/versions/"
DURABLE = blueprint().durable
PER_LINE = DURABLE.model_copy(update={"tracking": "per_line"})


def test_a_blob_of_the_routers_own_container_is_read() -> None:
    assert [blob_of(f"{BASE}{name}", BASE) for name in ("orders-1.zip", "a/b_c.zip")] == ["orders-1.zip", "a/b_c.zip"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        BASE,
        "http://state.blob.core.windows.net/versions/a.zip",
        "https://state.blob.core.windows.net/requests/a.zip",
        "https://state.blob.core.windows.net/versions",
        "https://state.blob.core.windows.net.evil.example/versions/a.zip",
        "https://evil.example/https://state.blob.core.windows.net/versions/a.zip",
        "https://169.254.169.254/metadata/identity",
        "file:///etc/passwd",
        f"{BASE}../requests/a",
        f"{BASE}a/../../requests/a",
        f"{BASE}%2e%2e/requests/a",
        f"{BASE}a%2fb",
        f"{BASE}a.zip?sig=x",
        f"{BASE}a.zip#x",
        f"{BASE}/a.zip",
        f"{BASE}a//b",
        f"{BASE}a b",
        f"{BASE}a\\b",
        f"{BASE}a\nb",
        f"{BASE}.hidden",
        f"{BASE}{'a' * 2000}",
        f"{BASE.upper()}a.zip",
        "https://user@state.blob.core.windows.net/versions/a.zip",
    ],
    ids=lambda url: repr(url[:60]),
)
def test_no_other_address_is_ever_asked(url: str) -> None:
    with pytest.raises(PackageProblem) as caught:
        blob_of(url, BASE)
    assert (caught.value.status, caught.value.code) == (400, "BadPackage")


class FakeBlob:
    def __init__(self, data: bytes | None, size: int | None) -> None:
        self._data, self._size = data, size

    async def get_blob_properties(self) -> Any:
        if self._data is None:
            raise ResourceNotFoundError("no")
        return SimpleNamespace(size=self._size if self._size is not None else len(self._data))

    async def download_blob(self, **_: Any) -> FakeBlob:
        assert self._size is None, "a package that is too long is not read"
        return self

    async def readinto(self, file: IO[bytes]) -> int:
        assert self._data is not None
        return file.write(self._data)


def read(name: str, data: bytes | None = None, size: int | None = None) -> Package:
    container = SimpleNamespace(get_blob_client=lambda asked: FakeBlob(data if asked == name else None, size))
    return asyncio.run(BlobPackages(container, BASE.rstrip("/"), DURABLE).read(f"{BASE}{name}"))  # type: ignore[arg-type]


def test_a_package_is_read_whole() -> None:
    data = zipped(host_json=json.dumps(HOST_JSON))
    assert read("a.zip", data) == Package(f"{BASE}a.zip", hashlib.sha256(data).hexdigest(), (), False)
    assert read("a.zip", data).size == len(data)


@pytest.mark.parametrize(
    ("data", "size", "expected"),
    [
        (None, None, (404, "PackageMissing")),
        (b"", MAXIMUM_PACKAGE + 1, (413, "PackageTooLarge")),
        (b"", None, (422, "BadPackage")),
        (b"PK no zip", None, (422, "BadPackage")),
        (zipped(), None, (422, "EmptyPackage")),
        (zipped(more="x"), None, (422, "BadPackage")),
        (zipped(host_json="[" * 20_000), None, (422, "BadPackage")),
    ],
    ids=["missing", "too large", "empty", "no zip", "an empty zip", "no host.json", "a host.json too deep"],
)
def test_what_is_no_package_is_refused(data: bytes | None, size: int | None, expected: tuple[int, str]) -> None:
    with pytest.raises(PackageProblem) as caught:
        read("a.zip", data, size)
    assert (caught.value.status, caught.value.code) == expected


def test_a_host_json_that_is_no_json_is_told_by_its_name() -> None:
    for text in ("[" * 20_000, "{", '{"a": 1}}'):
        with pytest.raises(PackageProblem, match=r"^host\.json: can't be read"):
            package_of("u", zipped(host_json=text), DURABLE)


def changed(**storage: Any) -> dict[str, Any]:
    found = copy.deepcopy(HOST_JSON)
    provider: dict[str, Any] = found["extensions"]["durableTask"]["storageProvider"]  # type: ignore[index]
    provider.update(storage)
    return found


AT = "host.json: extensions.durableTask"
CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "what lines need": (HOST_JSON, DURABLE, []),
    "no object": ([], DURABLE, ["host.json: is no JSON object"]),
    "nothing": (
        {},
        DURABLE,
        [
            f"{AT}.hubName: is missing, and has to be '%TaskHubName%'",
            f"{AT}.storageProvider.connectionStringName: is missing, and has to be 'DurableStorage'",
            f"{AT}.storageProvider.trackingStoreConnectionStringName: is missing, and has to be 'DurableTracking'",
            f"{AT}.storageProvider.trackingStoreNamePrefix: is missing, and has to be 'Durable'",
        ],
    ),
    "another prefix": (
        changed(trackingStoreNamePrefix="Mine"),
        DURABLE,
        [f"{AT}.storageProvider.trackingStoreNamePrefix: is 'Mine', and has to be 'Durable'"],
    ),
    "another backend": (changed(type="mssql"), DURABLE, [f"{AT}.storageProvider.type: is 'mssql'; lines work on Azure Storage"]),
    "the backend by name": (changed(type="AzureStorage"), DURABLE, []),
    "a tracking store where each line has its own": (
        HOST_JSON,
        PER_LINE,
        [
            f"{AT}.storageProvider.trackingStoreConnectionStringName: is 'DurableTracking'; each line has its own tracking tables, leave it out"
        ],
    ),
    "parts that are no objects": (
        {"extensions": {"durableTask": []}},
        PER_LINE,
        [
            f"{AT}.hubName: is missing, and has to be '%TaskHubName%'",
            f"{AT}.storageProvider.connectionStringName: is missing, and has to be 'DurableStorage'",
        ],
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_what_a_host_json_says_otherwise_than_lines_need(what: str) -> None:
    host, durable, expected = CASES[what]
    assert check_host_json(host, durable) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"function_app.py": "app.entity_trigger"}, False),
        ({"function_app.py": "@app.entity_trigger(context_name='c')"}, True),
        ({"Counter/function.json": '{"bindings": [{"type": "entityTrigger"}]}'}, True),
        ({"functions.metadata": '[{"bindings": [{"type": "EntityTrigger"}]}]'}, True),
        ({".python_packages/lib/x.py": "@app.entity_trigger()"}, False),
        ({"src/node_modules/x/index.js": "app.entity()"}, False),
        ({"src/index.js": "df.app.entity('Counter', c)"}, True),
    ],
    ids=str,
)
def test_entities_are_found(files: dict[str, str], expected: bool) -> None:
    assert package_of("u", zipped(host_json=json.dumps(HOST_JSON), **files), DURABLE).has_entities is expected
