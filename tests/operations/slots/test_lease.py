"""One release or swap at a time: the lease on a real blob, who has it, and what its blob remembers."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.storage.blob import BlobLeaseClient

from operations.holder import Holder, is_dead_here, this_process
from operations.lease import BETWEEN_LOOKS, Lease, LeaseHeld, LeaseLost, read_record
from operations.problem import BUSY, UNKNOWN, OperationProblem
from sandbox.world import Sandbox

from .site import Site

pytestmark = pytest.mark.azurite
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def real() -> Iterator[Site]:
    with Sandbox(storage="azurite") as sandbox:
        yield Site(sandbox)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A blob of each test's own."""
    return str(abs(hash(request.node.name)))


def lease(real: Site, name: str, what: str = "release of 2.0.0", **options: Any) -> Lease:
    options = {"connection_verify": str(real.sandbox.ca_bundle), **options}
    return Lease(real.deployment().packages_url, name, real.sandbox.credential(), what, **options)


def record(real: Site, name: str) -> Any:
    return read_record(real.deployment().packages_url, name, real.sandbox.credential(), connection_verify=str(real.sandbox.ca_bundle))


def somebody(**changes: Any) -> Holder:
    return replace(this_process("release of 2.0.0", NOON), **{"owner": "ann@elsewhere", "machine": "elsewhere", **changes})


def killed() -> Holder:
    """A process of this machine that is certainly gone."""
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True)
    return replace(this_process("release of 2.0.0", NOON), pid=int(done.stdout))


def abandon(taken: Lease) -> None:
    """As a SIGKILL leaves it: held, with its holder in the blob, renewed by nobody."""
    taken._over.set()
    taken._renewing.join()


def test_what_is_saved_is_read_by_the_next_and_a_lease_that_was_given_back_has_no_holder(real: Site, name: str) -> None:
    assert record(real, name).content == {}
    with lease(real, name) as first:
        assert (first.content["holder"]["what"], first.left_behind) == ("release of 2.0.0", None)
        first.save(release={"step": "gate"})
        seen = record(real, name)
        assert seen.held and seen.holder is not None and seen.holder.what == "release of 2.0.0"
    with lease(real, name, "swap") as second:
        assert second.content["release"] == {"step": "gate"}
        second.save(last={"what": "swap"})
    seen = record(real, name)
    assert (dict(seen.content), seen.held, seen.holder) == (
        {"holder": None, "release": {"step": "gate"}, "last": {"what": "swap"}},
        False,
        None,
    )


def test_the_second_is_told_the_name_and_the_age_of_the_first(real: Site, name: str) -> None:
    with lease(real, name, holder=somebody()):
        with pytest.raises(LeaseHeld) as caught:
            lease(real, name, now=lambda: NOON + timedelta(minutes=90)).acquire()
        held = caught.value
        assert (held.owner, held.since, held.age, held.code) == ("ann@elsewhere", NOON, timedelta(minutes=90), BUSY)
        assert "is in the hands of ann@elsewhere (release of 2.0.0, for 1 h 30 min" in str(held)
        assert "--force-unlock" in str(held)


def test_of_many_at_once_one_wins(real: Site, name: str) -> None:
    with lease(real, name):
        pass
    won: list[Lease] = []
    lost: list[Exception] = []
    ready = threading.Barrier(5)

    def run() -> None:
        mine = lease(real, name)
        ready.wait()
        try:
            mine.acquire()
            won.append(mine)
        except LeaseHeld as error:
            lost.append(error)

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 4)
    won[0].release()


def test_the_lease_of_a_dead_process_of_this_machine_is_taken_over_and_its_journal_stays(real: Site, name: str) -> None:
    first = lease(real, name, holder=killed())
    first.acquire()
    first.save(release={"step": "swap"})
    abandon(first)
    with lease(real, name) as second:
        assert second.left_behind is not None and second.left_behind.pid == first._holder.pid
        assert second.content["release"] == {"step": "swap"}
        with pytest.raises(LeaseLost):
            first.save(release={"step": "verify"})
        with pytest.raises(LeaseLost):
            first.require()
    assert record(real, name).content["release"] == {"step": "swap"}


@pytest.mark.parametrize("left_behind", [None, killed], ids=["nobody's name", "the name of a dead predecessor"])
def test_between_a_lease_and_its_holder_s_name_nobody_else_takes_it(
    real: Site, name: str, left_behind: Callable[[], Holder] | None
) -> None:
    with lease(real, name) as earlier:
        earlier.save(holder=left_behind().as_json() if left_behind else None)
        looks: list[float] = []

        def meanwhile(seconds: float) -> None:
            looks.append(seconds)
            if len(looks) == 2:
                earlier.save(holder=somebody().as_json())

        with pytest.raises(LeaseHeld) as caught:
            lease(real, name, pause=meanwhile).acquire()
        assert (caught.value.owner, looks) == ("ann@elsewhere", [BETWEEN_LOOKS] * 2)
        assert earlier._blob.get_blob_properties().lease.state == "leased"


def test_a_living_process_and_another_machine_keep_theirs_unless_forced(real: Site, name: str) -> None:
    first = lease(real, name, holder=somebody())
    first.acquire()
    abandon(first)
    with pytest.raises(LeaseHeld):
        lease(real, name).acquire()
    with lease(real, name, force=True) as second:
        assert second.left_behind is not None and second.left_behind.owner == "ann@elsewhere"
    first.release()  # says nothing, and leaves the blob alone
    assert record(real, name).content["holder"] is None


def test_a_lease_that_somebody_took_away_is_noticed_by_its_renewal(real: Site, name: str) -> None:
    with lease(real, name, renew_every=0.05) as mine:
        BlobLeaseClient(mine._blob).break_lease(0)
        assert mine._lost.wait(30)
        with pytest.raises(LeaseLost, match="was lost"):
            mine.require()


def test_a_broken_record_stops_nobody(real: Site, name: str) -> None:
    with lease(real, name) as first:
        first._blob.upload_blob(b"{", overwrite=True, lease=first._lease)
    assert record(real, name).content == {}
    with lease(real, name) as second:
        assert second.content["holder"]["what"] == "release of 2.0.0"


def test_without_the_role_it_is_waited_for_and_then_named(real: Site, name: str) -> None:
    waits: list[str] = []
    stranger = Lease(
        real.deployment().packages_url,
        name,
        real.sandbox.credential("00000000-0000-4000-8000-000000000bad"),
        "swap",
        waiting=lambda what, _since: waits.append(what),
        pause=lambda _: None,
        connection_verify=str(real.sandbox.ca_bundle),
    )
    with pytest.raises(OperationProblem, match="It needs Storage Blob Data Contributor on the packages' account") as caught:
        stranger.acquire()
    assert caught.value.code == UNKNOWN
    assert waits == ["the role Storage Blob Data Contributor on the packages' account"] * 60


def test_a_process_is_dead_only_if_this_very_start_of_this_machine_knows_it_is() -> None:
    me = this_process("swap", NOON)
    assert not is_dead_here(me)
    assert is_dead_here(killed())
    assert not is_dead_here(replace(killed(), machine="elsewhere"))
    assert is_dead_here(replace(me, started="1"))  # the process id came again
    assert Holder.read(me.as_json()) == me
    assert [Holder.read(broken) for broken in (None, {}, "x", {**me.as_json(), "pid": "x"})] == [None] * 4


def test_an_owner_is_a_user_a_host_and_the_pipelines_run() -> None:
    assert this_process("swap", NOON, {"GITHUB_RUN_ID": "7"}).owner.endswith(", run 7")
    assert ", run" not in this_process("swap", NOON, {}).owner
