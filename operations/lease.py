"""One release or swap of a site at a time: a lease on a blob beside the packages, and in the blob what the work remembers of itself.

The blob is `<site>.json` in the container `operations`, in the account of the code packages. Azure ends a lease that is not renewed for 60
seconds (docs: "Lease Blob"), so that a lost runner never locks a site for good; what it was doing stays in the blob, for the next one to
go on with. Everybody who may upload packages may take it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from azure.core import MatchConditions
from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient

from .azure.credentials import client_options
from .azure.roles import patient
from .holder import Holder, is_dead_here, this_process
from .problem import BUSY, UNEXPECTED, UNKNOWN, OperationProblem

CONTAINER = "operations"
SECONDS = 60
"""How long Azure keeps a lease that nobody renews: the longest it allows short of for ever."""
RENEW_EVERY = 20.0
LOOKS, BETWEEN_LOOKS = 6, 0.3
"""How often, and how many seconds apart, the name of whoever holds a lease is looked for."""

Content = dict[str, Any]
"""`holder`: who has the lease, or None; `last`: what the last finished swap or release left; `swap`: what a swap
command is about to do; `release`: a release's own journal."""


class LeaseHeld(OperationProblem):
    """Somebody else is at work on the site."""

    def __init__(self, site: str, holder: Holder | None, now: datetime) -> None:
        who = "somebody" if holder is None else holder.described(now)
        super().__init__(
            f"'{site}' is in the hands of {who}. Wait until that has ended. If it certainly is dead, its lease ends by itself within "
            f"{SECONDS} seconds; `--force-unlock` takes it away at once.",
            BUSY,
        )
        self.holder = holder
        self.owner = None if holder is None else holder.owner
        self.since = None if holder is None else holder.since
        self.age = None if holder is None else now - holder.since


class LeaseLost(OperationProblem):
    """The lease went to somebody else, or could not be renewed in time."""

    def __init__(self, site: str) -> None:
        super().__init__(
            f"The lease on '{site}' was lost: it could not be renewed, or somebody used --force-unlock. Nothing more is done here. "
            "`python -m operations status` tells what is live.",
            UNEXPECTED,
        )


@dataclass(frozen=True)
class Seen:
    """What anybody may read: the blob, and whether a lease is on it."""

    content: Mapping[str, Any]
    held: bool

    @property
    def holder(self) -> Holder | None:
        return Holder.read(self.content.get("holder"))


def read_record(packages_url: str, site: str, credential: TokenCredential, **options: Any) -> Seen:
    """Without taking anything. Raises OperationProblem if it can't be read; a blob that is not there reads as empty."""
    with _blob(packages_url, site, credential, options) as blob:
        try:
            download = blob.download_blob()
            content = _parsed(download.readall())
            return Seen(content, download.properties.lease.state == "leased")
        except ResourceNotFoundError:
            return Seen({}, False)
        except AzureError as error:
            raise OperationProblem(f"The record of releases can't be read ({_first_line(error)}).", UNKNOWN) from None


class Lease:
    """A context manager: taken at the beginning, given back at the end. `what` says what it is for: "release of 2.1.0".

    `waiting` is told of every wait for a role that was granted just now. `holder` is replaced in tests.
    """

    def __init__(
        self,
        packages_url: str,
        site: str,
        credential: TokenCredential,
        what: str,
        *,
        force: bool = False,
        holder: Holder | None = None,
        waiting: Callable[[str, datetime], None] = lambda _what, _since: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = time.sleep,
        renew_every: float = RENEW_EVERY,
        **options: Any,
    ) -> None:
        self.site = site
        self.content: Content = {}
        """As it was found, then as it was last saved."""
        self.left_behind: Holder | None = None
        """Whoever had it before and did not give it back: killed, or thrown out."""
        self._blob = _blob(packages_url, site, credential, options)
        self._container = _container(packages_url, credential, options)
        self._holder = holder or this_process(what, now())
        self._force, self._waiting, self._now, self._pause, self._renew_every = force, waiting, now, pause, renew_every
        self._lease: BlobLeaseClient | None = None
        self._etag: str | None = None
        self._lost, self._over = threading.Event(), threading.Event()
        self._renewing = threading.Thread(target=self._renew, name=f"lease of {site}", daemon=True)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()

    def acquire(self) -> None:
        """Raises LeaseHeld, or OperationProblem if the blob can't be reached."""
        try:
            role = "the role Storage Blob Data Contributor on the packages' account"
            patient(self._ensure, lambda since: self._waiting(role, since), pause=self._pause)
            self._take()
            self.content = self._read()
            self.left_behind = Holder.read(self.content.get("holder"))
            self.save(holder=self._holder.as_json())
        except AzureError as error:
            raise OperationProblem(
                f"The lease on '{self.site}' can't be taken ({_first_line(error)}). It needs Storage Blob Data Contributor on the packages' account, "
                "which `access.operators` of the stack grants.",
                UNKNOWN,
            ) from None
        self._renewing.start()

    def require(self) -> None:
        """Raises LeaseLost. Ask before every step that changes something."""
        if self._lost.is_set():
            raise LeaseLost(self.site)

    def save(self, **changes: Any) -> None:
        """Writes these keys of the record; the others stay. Raises LeaseLost if the blob is somebody else's now."""
        self.require()
        content = {**self.content, **changes}
        data = json.dumps(content, indent=2, default=str)
        try:
            written = self._blob.upload_blob(
                data, overwrite=True, lease=self._lease, etag=self._etag, match_condition=MatchConditions.IfNotModified
            )
        except HttpResponseError as error:
            if error.status_code in (409, 412):
                self._lost.set()
                raise LeaseLost(self.site) from None
            raise OperationProblem(f"The record of '{self.site}' can't be written ({_first_line(error)}).", UNEXPECTED) from None
        self.content, self._etag = content, written["etag"]

    def release(self) -> None:
        """Gives it back. Never raises: a lease that stays ends by itself."""
        self._over.set()
        if self._renewing.is_alive():
            self._renewing.join()
        try:
            self.save(holder=None)
        except (AzureError, OperationProblem):
            pass  # what is live decides, not the record
        try:
            if self._lease is not None:
                self._lease.release()
        except AzureError:
            pass  # it ends by itself
        self._lease = None
        self._blob.close()
        self._container.close()

    def _ensure(self) -> None:
        """The blob is there. An empty one is `{}`."""
        try:
            self._blob.get_blob_properties()
            return
        except ResourceNotFoundError:
            pass
        for make in (self._container.create_container, lambda: self._blob.upload_blob(b"{}", overwrite=False)):
            try:
                make()
            except ResourceExistsError:
                pass  # made meanwhile, or before

    def _take(self) -> None:
        try:
            self._lease = self._blob.acquire_lease(SECONDS)
            return
        except HttpResponseError as error:
            if error.status_code != 409:
                raise
        holder = None if self._force else self._holder_at_work()
        if not self._force and not (holder is not None and is_dead_here(holder)):
            raise LeaseHeld(self.site, holder, self._now())
        BlobLeaseClient(self._blob).break_lease(0)
        try:
            self._lease = self._blob.acquire_lease(SECONDS)
        except HttpResponseError as error:
            if error.status_code != 409:
                raise
            raise LeaseHeld(self.site, None, self._now()) from None  # somebody was faster

    def _holder_at_work(self) -> Holder | None:
        """Whoever holds it. A lease is taken before the name is written: for a moment there is no name, or that of a dead predecessor."""
        holder = Holder.read(self._read().get("holder"))
        for _ in range(LOOKS):
            if holder is not None and not is_dead_here(holder):
                break
            self._pause(BETWEEN_LOOKS)
            holder = Holder.read(self._read().get("holder"))
        return holder

    def _read(self) -> Content:
        download = self._blob.download_blob()
        self._etag = download.properties.etag
        return _parsed(download.readall())

    def _renew(self) -> None:
        failures = 0.0
        while not self._over.wait(self._renew_every):
            try:
                assert self._lease is not None
                self._lease.renew()
                failures = 0.0
            except AzureError as error:
                failures += self._renew_every
                if (isinstance(error, HttpResponseError) and error.status_code in (404, 409, 412)) or failures >= SECONDS:
                    self._lost.set()
                    return


def _account(packages_url: str) -> str:
    return packages_url.rstrip("/").rpartition("/")[0]


def _blob(packages_url: str, site: str, credential: TokenCredential, options: Mapping[str, Any]) -> BlobClient:
    return BlobClient(_account(packages_url), CONTAINER, f"{site.lower()}.json", credential=credential, **{**client_options(), **options})


def _container(packages_url: str, credential: TokenCredential, options: Mapping[str, Any]) -> ContainerClient:
    return ContainerClient(_account(packages_url), CONTAINER, credential=credential, **{**client_options(), **options})


def _parsed(data: bytes) -> Content:
    """A record is an aid, and a broken one must not stop anybody."""
    try:
        content = json.loads(data)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


__all__ = ["CONTAINER", "Content", "Lease", "LeaseHeld", "LeaseLost", "Seen", "read_record"]
