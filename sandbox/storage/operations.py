"""What a request to the data plane is about: which right it needs, on which ARM resource. And which built-in roles carry that right.

Rights per operation: Microsoft docs, "Authorize with Microsoft Entra ID (REST API)", permissions for calling data operations; rights per
role: "Azure built-in roles". Owner, Contributor and Storage Account Contributor are in no list here: they carry no data rights.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.resources import role_ids as role

_BLOB_WRITERS = (role.STORAGE_BLOB_DATA_OWNER, role.STORAGE_BLOB_DATA_CONTRIBUTOR)
_BLOB_READERS = (*_BLOB_WRITERS, role.STORAGE_BLOB_DATA_READER)
_QUEUE_READERS = (role.STORAGE_QUEUE_DATA_CONTRIBUTOR, role.STORAGE_QUEUE_DATA_READER)
_QUEUE_PROCESSORS = (role.STORAGE_QUEUE_DATA_CONTRIBUTOR, role.STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR)
_TABLE_WRITERS = (role.STORAGE_TABLE_DATA_CONTRIBUTOR,)

ROLES_FOR: dict[str, tuple[str, ...]] = {
    "blob read": _BLOB_READERS,
    "blob write": _BLOB_WRITERS,
    "blob delete": _BLOB_WRITERS,
    "blob delegate": (*_BLOB_READERS, role.STORAGE_BLOB_DELEGATOR),
    "queue read": _QUEUE_READERS,
    "queue peek": (*_QUEUE_READERS, role.STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR),
    "queue add": (role.STORAGE_QUEUE_DATA_CONTRIBUTOR, role.STORAGE_QUEUE_DATA_MESSAGE_SENDER),
    "queue process": _QUEUE_PROCESSORS,
    "queue write": (role.STORAGE_QUEUE_DATA_CONTRIBUTOR,),
    "queue delete": (role.STORAGE_QUEUE_DATA_CONTRIBUTOR,),
    "table read": (*_TABLE_WRITERS, role.STORAGE_TABLE_DATA_READER),
    "table write": _TABLE_WRITERS,
    "table delete": _TABLE_WRITERS,
}


@dataclass(frozen=True)
class Operation:
    right: str
    """A key of ROLES_FOR."""
    below: str
    """The container, queue or table as an ARM id below the account's, such as `/blobServices/default/containers/c`; empty for the account."""


def operation(service: str, method: str, path: str, query: Mapping[str, str]) -> Operation:
    """`path` is the path below the account, without a slash in front, as it was sent."""
    parts = unquote(path).split("/")
    if service == "blob":
        container = "" if query.get("restype") == "service" or not parts[0] else f"/blobServices/default/containers/{parts[0]}"
        return Operation(f"blob {_blob_verb(method, query)}", container)
    if service == "queue":
        return Operation(f"queue {_queue_verb(method, parts, query)}", f"/queueServices/default/queues/{parts[0]}" if parts[0] else "")
    table = _table(parts[0])
    return Operation(f"table {_plain_verb(method)}", f"/tableServices/default/tables/{table}" if table else "")


def _blob_verb(method: str, query: Mapping[str, str]) -> str:
    comp = query.get("comp", "").lower()
    if method == "POST":
        return {"userdelegationkey": "delegate", "batch": "delete", "query": "read"}.get(comp, "write")
    return _plain_verb(method)


def _queue_verb(method: str, parts: list[str], query: Mapping[str, str]) -> str:
    if len(parts) < 2 or parts[1] != "messages":
        return _plain_verb(method)
    one_message = len(parts) > 2 and parts[2] != ""
    if method in ("GET", "HEAD"):
        return "peek" if query.get("peekonly", "").lower() == "true" else "process"
    if method == "POST":
        return "add"
    return "process" if method == "DELETE" and one_message else _plain_verb(method)


def _plain_verb(method: str) -> str:
    return {"GET": "read", "HEAD": "read", "OPTIONS": "read", "DELETE": "delete"}.get(method, "write")


def _table(segment: str) -> str:
    """`Orders(PartitionKey='1',RowKey='')` and `Tables('Orders')` are about Orders; `Tables` and `$batch` about no table in particular."""
    if named := re.fullmatch(r"Tables\('([^']*)'\)", segment):
        return named[1]
    name = segment.partition("(")[0]
    return "" if name in ("Tables", "$batch") else name
