"""Where a task hub is: its name, the endpoints of its accounts, and what its parts are called. No requests are made here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

DEFAULT_PREFIX = "DurableTask"
"""Of the tables of a shared tracking store whose host.json names no other (Durable Functions host.json reference, trackingStoreNamePrefix)."""


@dataclass(frozen=True)
class Tracking:
    """A tracking store of its own: host.json's `trackingStoreConnectionStringName` and `trackingStoreNamePrefix`. Several hubs may share it."""

    table: str
    """Endpoint of its table service, such as https://account.table.core.windows.net/."""
    prefix: str = DEFAULT_PREFIX
    blob: str | None = None
    """Endpoint of its blob service. Only `purge` needs it."""
    connection_string: str | None = field(default=None, repr=False)
    """Opens this account instead of the credential given with the hub; needed where connection strings are used and the account is another."""


@dataclass(frozen=True)
class Hub:
    """A task hub by its name and the endpoints of the account that holds its queues and, without `tracking`, its tables."""

    name: str
    queue: str
    table: str
    tracking: Tracking | None = None
    """Left out: the tables are `<name>Instances` and `<name>History` in `table`."""
    blob: str | None = None
    """Only `purge` needs it."""

    @classmethod
    def from_connection_string(cls, text: str, name: str, *, tracking: Tracking | None = None) -> Hub:
        """Endpoints as the storage SDKs take them from a connection string. Raises ValueError if it names no account."""
        at = parse_connection_string(text)
        return cls(name, queue=_endpoint(at, "queue"), table=_endpoint(at, "table"), tracking=tracking, blob=_endpoint(at, "blob"))

    @property
    def tables(self) -> str:
        """Endpoint of the account that holds Instances and History."""
        return self.tracking.table if self.tracking else self.table

    @property
    def instances(self) -> str:
        return f"{self.tracking.prefix if self.tracking else self.name}Instances"

    @property
    def history(self) -> str:
        return f"{self.tracking.prefix if self.tracking else self.name}History"

    @property
    def queue_prefix(self) -> str:
        """Queues and containers are named in lower case (Azure/durabletask, AzureStorageOrchestrationService.cs)."""
        return f"{self.name.lower()}-"

    @property
    def large_messages(self) -> str:
        return f"{self.name.lower()}-largemessages"

    def own_queues(self, names: Iterable[str]) -> list[str]:
        """The control and work-item queues, whatever their number: a hub may have had another partition count before.

        Matched to the end, since a prefix is no proof: anybody may call a queue `orders-control-panel`.
        """
        pattern = re.compile(rf"{re.escape(self.name.lower())}-(control-\d\d|workitems)")
        return sorted(name for name in names if pattern.fullmatch(name))

    def is_own(self, written: object) -> bool:
        """Whether a row's TaskHubName is this hub's. Queues are in lower case, so names that differ in case alone are one hub."""
        return isinstance(written, str) and written.lower() == self.name.lower()

    def may_be_own(self, written: object) -> bool:
        """Also a row without a TaskHubName: older extensions write it at a client's start only, not for sub-orchestrations and entities
        (Azure/durabletask, AzureTableTrackingStore.cs), and such a row must not read as "nothing runs"."""
        return not written or self.is_own(written)


_DEVELOPMENT = {
    "accountname": "devstoreaccount1",
    # Public: the key of everybody's storage emulator (Microsoft docs "Use the Azurite emulator").
    "accountkey": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "blobendpoint": "http://127.0.0.1:10000/devstoreaccount1",
    "queueendpoint": "http://127.0.0.1:10001/devstoreaccount1",
    "tableendpoint": "http://127.0.0.1:10002/devstoreaccount1",
}


def parse_connection_string(text: str) -> dict[str, str]:
    """Names in lower case to values. Raises ValueError; the message quotes nothing, since a key may be in it."""
    pairs = [part.partition("=") for part in text.strip().strip(";").split(";")]
    if not all(name.strip() and sign for name, sign, _ in pairs):
        raise ValueError("This is no storage connection string: it should read Name=value;Name=value;…")
    found = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if found.get("usedevelopmentstorage", "").lower() == "true":
        return dict(_DEVELOPMENT)
    if "accountname" not in found and not {"queueendpoint", "tableendpoint"} <= set(found):
        raise ValueError("This storage connection string names neither an AccountName nor a QueueEndpoint and a TableEndpoint.")
    return found


def _endpoint(at: dict[str, str], service: str) -> str:
    explicit = at.get(f"{service}endpoint")
    if explicit or "accountname" not in at:
        return explicit or ""
    scheme, suffix = at.get("defaultendpointsprotocol", "https"), at.get("endpointsuffix", "core.windows.net")
    return f"{scheme}://{at['accountname']}.{service}.{suffix}"


__all__ = ["DEFAULT_PREFIX", "Hub", "Tracking", "parse_connection_string"]
