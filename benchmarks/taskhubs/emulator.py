"""Azurite with task hubs in it, reached directly with an account key.

Inserting is slow there: every row of an Instances table has the same RowKey, on which its index degenerates (100,000 rows take a quarter
of an hour). So tables that are given are written into its database file before it starts, and loaded within seconds.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from azure.core.credentials import AzureNamedKeyCredential
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient

from sandbox.storage.azurite_process import AzuriteProcess
from sandbox.storage.certificate import Certificate

ACCOUNTS = ("hubs", "others")
_KEY = base64.b64encode(bytes(64)).decode()
_WRITTEN = "2026-01-01T00:00:00.0000000Z"
"""When the service wrote the rows that were there before it started."""


class Emulator:
    def __init__(self, process: AzuriteProcess, authority: Path) -> None:
        self._process = process
        self.client_options: dict[str, Any] = {"connection_verify": str(authority)}

    def connection_string(self, account: str = ACCOUNTS[0]) -> str:
        endpoints = ";".join(f"{service.capitalize()}Endpoint={self.endpoint(service, account)}" for service in ("blob", "queue", "table"))
        return f"AccountName={account};AccountKey={_KEY};{endpoints}"

    def endpoint(self, service: str, account: str = ACCOUNTS[0]) -> str:
        return f"https://127.0.0.1:{self._process.ports[service]}/{account}"

    def tables(self, account: str = ACCOUNTS[0]) -> TableServiceClient:
        return TableServiceClient(self.endpoint("table", account), credential=_named(account), **self.client_options)

    def queues(self, account: str = ACCOUNTS[0]) -> QueueServiceClient:
        return QueueServiceClient(self.endpoint("queue", account), credential=_named(account), **self.client_options)

    def blobs(self, account: str = ACCOUNTS[0]) -> BlobServiceClient:
        return BlobServiceClient(self.endpoint("blob", account), credential=_named(account), **self.client_options)

    def make_queues(self, hub: str, partitions: int = 4, account: str = ACCOUNTS[0]) -> None:
        with self.queues(account) as service:
            there = {queue.name for queue in service.list_queues(name_starts_with=f"{hub.lower()}-")}
            wanted = [f"{hub.lower()}-{name}" for name in (*(f"control-{number:02}" for number in range(partitions)), "workitems")]
            for name in wanted:
                if name not in there:
                    service.create_queue(name)


@contextmanager
def emulator(directory: Path, tables: Mapping[str, Iterable[Mapping[str, Any]]] | None = None) -> Iterator[Emulator]:
    """`tables` go to the first account; rows in the order of their keys."""
    data = directory / "data"
    data.mkdir(parents=True)
    if tables:
        with (data / "__azurite_db_table__.json").open("w") as file:
            _write(file, tables)
    accounts = directory / "accounts.json"
    accounts.write_text(json.dumps({account: [_KEY, _KEY] for account in ACCOUNTS}))
    certificate = Certificate(directory / "tls").ensure({})
    process = AzuriteProcess(certificate, accounts, directory / "azurite.log", data)
    process.start()
    try:
        yield Emulator(process, certificate.authority)
    finally:
        process.stop()


def _named(account: str) -> AzureNamedKeyCredential:
    return AzureNamedKeyCredential(account, _KEY)


def _write(file: Any, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """LokiJS' own format, as Azurite 3.35.0 leaves it behind; row by row, since a hub of 100,000 is 150 MB of it."""
    names = [{"account": ACCOUNTS[0], "table": name, "meta": {}, "$loki": number} for number, name in enumerate(sorted(tables), 1)]
    file.write('{"filename":"","databaseVersion":1.5,"engineVersion":1.5,"collections":[')
    _collection(file, "$TABLES_COLLECTION$", ("account", "table"), map(json.dumps, names))
    file.write(",")
    _collection(file, "$SERVICES_COLLECTION$", (), [], ("accountName",))
    for name, found in tables.items():
        file.write(",")
        _collection(file, f"{ACCOUNTS[0]}${name}", ("PartitionKey", "RowKey"), (_document(n, row) for n, row in enumerate(found, 1)))
    file.write("]}")


_LIKE_AZURITES: dict[str, Any] = {
    "idIndex": None,
    "constraints": None,
    "transforms": {},
    "dirty": False,
    "cachedIndex": None,
    "cachedBinaryIndex": None,
    "cachedData": None,
    "adaptiveBinaryIndices": True,
    "transactional": False,
    "cloneObjects": False,
    "cloneMethod": "parse-stringify",
    "asyncListeners": False,
    "disableMeta": False,
    "disableChangesApi": True,
    "disableDeltaChangesApi": True,
    "autoupdate": False,
    "serializableIndices": True,
    "disableFreeze": True,
    "ttl": None,
    "DynamicViews": [],
    "events": {},
    "changes": [],
    "dirtyIds": [],
}


def _collection(file: Any, name: str, indices: tuple[str, ...], documents: Iterable[str], unique: tuple[str, ...] = ()) -> None:
    file.write(f'{{"name":{json.dumps(name)},"objType":{json.dumps(name)},"uniqueNames":{json.dumps(unique)},"data":[')
    count = 0
    for document in documents:
        file.write(f"{',' if count else ''}{document}")
        count += 1
    binary = {each: {"name": each, "dirty": False, "values": list(range(count))} for each in indices}
    file.write(f'],"binaryIndices":{json.dumps(binary)},"maxId":{count},{json.dumps(_LIKE_AZURITES)[1:]}')


def _document(number: int, row: Mapping[str, Any]) -> str:
    properties: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, datetime):
            properties |= {name: f"{value:%Y-%m-%dT%H:%M:%S.%f}0Z", f"{name}@odata.type": "Edm.DateTime"}
        else:
            properties[name] = value
    properties |= {"Timestamp": _WRITTEN, "Timestamp@odata.type": "Edm.DateTime"}
    etag = f"W/\"datetime'{quote(_WRITTEN)}'\""
    keys = {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}
    return json.dumps({**keys, "properties": properties, "lastModifiedTime": _WRITTEN, "eTag": etag, "meta": {}, "$loki": number})


__all__ = ["ACCOUNTS", "Emulator", "emulator"]
