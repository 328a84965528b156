"""The blob of a ramp in the storage emulator: of two who write at once one is told, and whatever is there breaks nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.storage.blob import LinearRetry

from operations.problem import UNEXPECTED, UNKNOWN, USAGE, OperationProblem, Unknown
from operations.ramp import Ramp, RampStore
from operations.ramp.store import ROLE
from sandbox.arm.faults import Fault
from sandbox.world import Sandbox
from tests.operations.slots.site import Site

pytestmark = pytest.mark.azurite

ACCOUNT = "ordersblue"
WRITES = f"put /data/{ACCOUNT}/blob/ramp/*"
TEN = Ramp("2.0", 10, datetime(2026, 3, 1, 12, tzinfo=UTC), "ann")
FIFTY = Ramp("2.0", 50, datetime(2026, 3, 1, 13, tzinfo=UTC), "bob", (TEN.step(),))


class Host:
    """An account with the record's container, and whoever opens a store on it."""

    def __init__(self, site: Site) -> None:
        self.site, self.storage = site, site.sandbox.storage

    def open(self, **options: Any) -> RampStore:
        url = f"{self.site.endpoint(ACCOUNT, 'blob')}ramp/orders.json"
        options = {"patience": 0, "connection_verify": str(self.site.sandbox.ca_bundle), "retry_total": 0, **options}
        return RampStore(url, self.site.sandbox.credential(), **options)

    def read(self) -> Ramp | None:
        with closing(self.open()) as store:
            return store.read()

    def write(self, content: bytes) -> None:
        self.storage.put_blob(ACCOUNT, "ramp", "orders.json", content)

    @property
    def content(self) -> Any:
        blob = self.storage.get_blob(ACCOUNT, "ramp", "orders.json")
        return None if blob is None else json.loads(blob)

    def fails(self, method: str, status: int, code: str, times: int = 100) -> None:
        self.site.plane.faults.add(Fault(matching=f"{method} /data/{ACCOUNT}/blob/ramp/*", status=status, code=code, times=times))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Site]:
    with Sandbox(storage="azurite") as sandbox:
        yield Site(sandbox)


@pytest.fixture
def host(sandbox: Site) -> Iterator[Host]:
    host = Host(sandbox)
    host.storage.create_container(ACCOUNT, "ramp")
    yield host
    host.site.plane.faults.clear()
    host.storage.delete_container(ACCOUNT, "ramp")


def test_what_was_written_is_read_and_one_store_writes_on_from_what_it_wrote(host: Host) -> None:
    with closing(host.open()) as store:
        assert store.read() is None
        store.write(TEN)
        assert (host.read(), host.content["percent"]) == (TEN, 10)
        store.write(FIFTY)
    assert host.read() == FIFTY


@pytest.mark.parametrize("before", [None, TEN], ids=["the first record", "a later one"])
def test_of_two_who_write_at_once_one_is_told_and_the_other_s_record_stands(host: Host, before: Ramp | None) -> None:
    if before is not None:
        host.write(json.dumps(before.as_json()).encode())
    with closing(host.open()) as ann, closing(host.open()) as bob:
        assert (ann.read(), bob.read()) == (before, before)
        bob.write(FIFTY)
        with pytest.raises(OperationProblem, match="Somebody else changed the ramp meanwhile; nothing was written") as caught:
            ann.write(TEN)
        assert (caught.value.code, host.read()) == (USAGE, FIFTY)
        assert ann.read() == FIFTY
        ann.write(TEN)
    assert host.read() == TEN


def test_a_record_that_was_deleted_meanwhile_is_not_made_again(host: Host) -> None:
    host.write(json.dumps(TEN.as_json()).encode())
    with closing(host.open()) as store:
        assert store.read() == TEN
        host.storage.delete_blob(ACCOUNT, "ramp", "orders.json")
        with pytest.raises(OperationProblem, match="Somebody else changed the ramp meanwhile"):
            store.write(FIFTY)
    assert host.content is None


def test_without_its_container_there_is_no_ramp_and_none_can_be_written(host: Host) -> None:
    host.storage.delete_container(ACCOUNT, "ramp")
    with closing(host.open()) as store:
        assert store.read() is None
        with pytest.raises(OperationProblem, match=r"There is no container 'ramp' in the host storage\. `pulumi up` makes it\."):
            store.write(TEN)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[1]", b'"2.0"', b'{"to": "2.0"}', b'{"to": "2.0", "percent": 900, "since": "x"}']
)
def test_broken_content_is_no_ramp_and_the_next_record_takes_its_place(host: Host, content: bytes) -> None:
    host.write(content)
    with closing(host.open()) as store:
        assert store.read() is None
        store.write(TEN)
    assert host.read() == TEN


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AuthorizationFailure"), (500, "InternalError")], ids=["a firewall refuses", "the service fails"]
)
def test_what_can_t_be_read_is_not_known_and_what_can_t_be_written_is_said(host: Host, status: int, code: str) -> None:
    host.fails("get", status, code)
    with (
        closing(host.open()) as store,
        pytest.raises(Unknown, match=r"The ramp can't be read \(.+\)\. It takes Storage Blob Data") as caught,
    ):
        store.read()
    assert caught.value.code == UNKNOWN
    host.fails("put", status, code)
    with (
        closing(host.open()) as store,
        pytest.raises(OperationProblem, match=r"The ramp can't be written \(.+\)\. It takes Storage") as failed,
    ):
        store.write(TEN)
    assert (failed.value.code, host.content) == (UNEXPECTED, None)


def test_a_write_without_any_answer_may_have_been_done(host: Host) -> None:
    host.site.plane.faults.add(Fault(matching=WRITES, drop=True, after=True))
    with closing(host.open()) as store, pytest.raises(Unknown, match=r"Whether the ramp was written isn't known \(.+\)\."):
        store.write(TEN)
    assert host.read() == TEN


def test_a_write_that_the_client_sends_again_because_its_answer_was_lost_is_nobody_else_s(host: Host) -> None:
    host.site.plane.faults.add(Fault(matching=WRITES, drop=True, after=True))
    with closing(host.open(retry_policy=LinearRetry(backoff=0, retry_total=1, random_jitter_range=0))) as store:
        store.write(TEN)
        store.write(FIFTY)
    assert host.read() == FIFTY


def test_a_role_that_was_granted_just_now_is_waited_for(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.azure.roles.PAUSE", 0.01)
    host.write(json.dumps(TEN.as_json()).encode())
    host.fails("get", 403, "AuthorizationPermissionMismatch", times=3)
    waits: list[str] = []
    with closing(host.open(patience=10, waiting=lambda what, _since: waits.append(what))) as store:
        assert store.read() == TEN
    assert waits == [ROLE] * 3
