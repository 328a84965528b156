"""Which task hub an app uses, and how: host.json and the app's settings read as the extension reads them.

Sources: Microsoft docs "host.json settings in Durable Functions" and "Azure Storage provider for Durable Functions";
durabletask extension DurableTaskOptions.cs, AzureStorageOptions.cs, WebJobsConnectionInfoProvider.cs, StorageServiceConnectionOptions.cs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, cast

MatchStrategy = Literal["None", "Strict", "CurrentOrOlder"]
FailureStrategy = Literal["Reject", "Fail"]

OVERRIDE = "azurefunctionsjobhost__extensions__durabletask__"
"""App settings that begin with it (in any case) win over host.json inside the host (docs "App settings reference", AzureFunctionsJobHost__*)."""
HUB_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{2,44}")


class StartProblem(Exception):
    """The host can't start; the message is what it logs."""


@dataclass(frozen=True)
class HubOptions:
    """`queue`, `table`, `blob`: endpoint URLs of the main account. With a tracking store its tables and blobs are used instead of the main ones."""

    hub: str
    queue: str
    table: str
    blob: str
    tracking_table: str | None = None
    tracking_blob: str | None = None
    tracking_prefix: str = "DurableTask"
    partition_count: int = 4
    default_version: str | None = None
    match: MatchStrategy = "CurrentOrOlder"
    failure: FailureStrategy = "Reject"
    timer_speed: float = 1.0
    """60: a durable timer of an hour fires after a minute."""
    connection_name: str = "AzureWebJobsStorage"
    """As host.json names it; part of the management URLs."""
    connection_string: str | None = field(default=None, repr=False)
    """Of the main account, where the app names one; else an identity is used."""
    tracking_connection_string: str | None = field(default=None, repr=False)
    client_id: str | None = None
    """`<connection>__clientId`: which user-assigned identity."""

    @property
    def instances_table(self) -> str:
        return f"{self._tables_prefix}Instances"

    @property
    def history_table(self) -> str:
        return f"{self._tables_prefix}History"

    @property
    def partitions_table(self) -> str:
        return f"{self.hub}Partitions"

    @property
    def work_item_queue(self) -> str:
        return f"{self.hub.lower()}-workitems"

    @property
    def control_queues(self) -> list[str]:
        return [f"{self.hub.lower()}-control-{number:02}" for number in range(self.partition_count)]

    @property
    def containers(self) -> list[str]:
        return [f"{self.hub.lower()}-{purpose}" for purpose in ("leases", "applease", "largemessages")]

    @property
    def _tables_prefix(self) -> str:
        """AzureStorageOrchestrationServiceSettings.cs: the prefix counts only where a tracking store is set."""
        return self.tracking_prefix if self.tracking_table else self.hub

    @classmethod
    def of(
        cls, host_json: Mapping[str, Any], settings: Mapping[str, str], site_name: str, slot: str = "production", timer_speed: float = 1.0
    ) -> Self:
        """`slot`: `production` or its name. Raises StartProblem."""
        section = _section(host_json, settings)
        storage = _lowered(section.get("storageprovider") or {})
        if str(storage.get("type", "AzureStorage")).lower() != "azurestorage":
            raise StartProblem(
                f"The sandbox runs no orchestrations of the storage provider {storage['type']!r}: it has Azure Storage only. In Azure the app may start."
            )
        name = str(storage.get("connectionname") or storage.get("connectionstringname") or "AzureWebJobsStorage")
        tracking_name = storage.get("trackingstoreconnectionname") or storage.get("trackingstoreconnectionstringname")
        main = _Connection.find(name, settings)
        tracking = _Connection.find(str(tracking_name), settings) if tracking_name else None
        return cls(
            hub=_hub_name(section, settings, site_name, slot),
            queue=main.queue,
            table=main.table,
            blob=main.blob,
            tracking_table=tracking.table if tracking else None,
            tracking_blob=tracking.blob if tracking else None,
            tracking_prefix=str(storage.get("trackingstorenameprefix") or "DurableTask"),
            partition_count=_partition_count(storage),
            default_version=str(section["defaultversion"]) if section.get("defaultversion") else None,
            match=cast(MatchStrategy, _choice(section, "versionMatchStrategy", "CurrentOrOlder", ("None", "Strict", "CurrentOrOlder"))),
            failure=cast(FailureStrategy, _choice(section, "versionFailureStrategy", "Reject", ("Reject", "Fail"))),
            timer_speed=timer_speed,
            connection_name=name,
            connection_string=main.text,
            tracking_connection_string=tracking.text if tracking else None,
            client_id=main.client_id,
        )


@dataclass(frozen=True)
class _Connection:
    queue: str
    table: str
    blob: str
    text: str | None
    client_id: str | None

    @classmethod
    def find(cls, name: str, settings: Mapping[str, str]) -> Self:
        """A single value wins over a group of settings, and `AzureWebJobs<name>` over `<name>`: WebJobsConnectionInfoProvider.cs."""
        known = _lowered(settings)
        candidates = [f"AzureWebJobs{name}", name]
        for candidate in candidates:
            if text := known.get(candidate.lower()):
                return cls._of_text(text)
        for candidate in candidates:
            group = {key.split("__", 1)[1]: value for key, value in known.items() if key.startswith(f"{candidate.lower()}__")}
            if found := cls._of_group(group):
                return found
        raise StartProblem(
            f"Durable Functions has no storage: no app setting named '{name}' holds a connection string, and no '{name}__…ServiceUri' "
            f"or '{name}__accountName' names an account."
        )

    @classmethod
    def _of_group(cls, group: Mapping[str, str]) -> Self | None:
        account = group.get("accountname")
        urls = [group.get(f"{kind}serviceuri") or (account and f"https://{account}.{kind}.core.windows.net") for kind in _KINDS]
        if not all(urls):
            return None
        queue, table, blob = (str(url).rstrip("/") for url in urls)
        return cls(queue, table, blob, None, group.get("clientid"))

    @classmethod
    def _of_text(cls, text: str) -> Self:
        parts = {key.lower(): value for key, _, value in (pair.partition("=") for pair in text.split(";") if pair)}
        protocol, suffix = parts.get("defaultendpointsprotocol", "https"), parts.get("endpointsuffix", "core.windows.net")
        urls = (parts.get(f"{kind}endpoint") or f"{protocol}://{parts.get('accountname')}.{kind}.{suffix}" for kind in _KINDS)
        queue, table, blob = (url.rstrip("/") for url in urls)
        return cls(queue, table, blob, text, None)


_KINDS = ("queue", "table", "blob")


def _section(host_json: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    section = _lowered(_lowered(_lowered(host_json).get("extensions") or {}).get("durabletask") or {})
    section["storageprovider"] = _lowered(section.get("storageprovider") or {})
    for name, value in _lowered(settings).items():
        if name.startswith(OVERRIDE):
            *path, last = name.removeprefix(OVERRIDE).split("__")
            (section["storageprovider"] if path == ["storageprovider"] else section)[last] = value
    return section


def _hub_name(section: Mapping[str, Any], settings: Mapping[str, str], site_name: str, slot: str) -> str:
    """`%X%` is resolved in hubName alone; what is not a setting stays as it is, and then is no valid name: DurableTaskOptions.cs."""
    known = _lowered(settings)
    written = section.get("hubname")
    name = re.sub(r"%([^%]+)%", lambda match: known.get(match[1].lower(), match[0]), written) if written else default_hub_name(site_name)
    if HUB_NAME.fullmatch(name) is None:
        raise StartProblem(
            f"Task hub name '{name}' should contain only alphanumeric characters, start with a letter, and have length between 3 and 45."
        )
    if slot.lower() != "production" and name.lower() == default_hub_name(site_name).lower():
        raise StartProblem("Task Hub name must be specified in host.json when using slots. Specify it in host.json and restart.")
    return name


def default_hub_name(site_name: str) -> str:
    """DurableTaskOptions.cs, IsSanitizedHubName."""
    name = re.sub(r"[^A-Za-z0-9]", "", site_name)
    if not name:
        return "DefaultTaskHub"
    name = (f"t{name}" if name[0].isdigit() else name)[:45]
    return name if len(name) >= 3 else f"{name}Hub"


def _partition_count(storage: Mapping[str, Any]) -> int:
    count = int(storage.get("partitioncount", 4))
    if not 1 <= count <= 16:
        raise StartProblem(f"storageProvider.partitionCount is {count}; it must be from 1 to 16.")
    return count


def _choice(section: Mapping[str, Any], name: str, default: str, allowed: tuple[str, ...]) -> str:
    """An enum of .NET, bound from configuration: in any case."""
    written = str(section.get(name.lower(), default))
    for value in allowed:
        if value.lower() == written.lower():
            return value
    raise StartProblem(f"extensions.durableTask.{name} is {written!r}; it must be one of {', '.join(allowed)}.")


def _lowered(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in mapping.items()}
