"""Which right each request needs. Source: Microsoft docs, "Authorize with Microsoft Entra ID (REST API)"."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from sandbox.storage.operations import ROLES_FOR, Operation, operation

CONTAINER = "/blobServices/default/containers/c"
QUEUE = "/queueServices/default/queues/q"
TABLE = "/tableServices/default/tables/Orders"


@pytest.mark.parametrize(
    ("request_line", "right", "below"),
    [
        ("blob GET ?comp=list", "blob read", ""),
        ("blob GET ?restype=service&comp=properties", "blob read", ""),
        ("blob POST ?restype=service&comp=userdelegationkey", "blob delegate", ""),
        ("blob PUT c?restype=container", "blob write", CONTAINER),
        ("blob DELETE c?restype=container", "blob delete", CONTAINER),
        ("blob GET c?restype=container&comp=list", "blob read", CONTAINER),
        ("blob HEAD c/a/b", "blob read", CONTAINER),
        ("blob PUT c/a%2Fb", "blob write", CONTAINER),
        ("blob PUT c/a?comp=lease", "blob write", CONTAINER),
        ("blob DELETE c/a", "blob delete", CONTAINER),
        ("blob POST c?restype=container&comp=batch", "blob delete", CONTAINER),
        ("blob POST c/a?comp=query", "blob read", CONTAINER),
        ("queue GET ?comp=list", "queue read", ""),
        ("queue GET q?comp=metadata", "queue read", QUEUE),
        ("queue PUT q", "queue write", QUEUE),
        ("queue DELETE q", "queue delete", QUEUE),
        ("queue POST q/messages", "queue add", QUEUE),
        ("queue GET q/messages", "queue process", QUEUE),
        ("queue GET q/messages?peekonly=true", "queue peek", QUEUE),
        ("queue PUT q/messages/1?popreceipt=x", "queue write", QUEUE),
        ("queue DELETE q/messages/1?popreceipt=x", "queue process", QUEUE),
        ("queue DELETE q/messages", "queue delete", QUEUE),
        ("table GET Tables", "table read", ""),
        ("table POST Tables", "table write", ""),
        ("table DELETE Tables('Orders')", "table delete", TABLE),
        ("table GET Orders()?$filter=x", "table read", TABLE),
        ("table POST Orders", "table write", TABLE),
        ("table PATCH Orders(PartitionKey='p',RowKey='r')", "table write", TABLE),
        ("table MERGE Orders(PartitionKey='p',RowKey='r')", "table write", TABLE),
        ("table DELETE Orders(PartitionKey='a%2Fb',RowKey='')", "table delete", TABLE),
        ("table POST $batch", "table write", ""),
    ],
)
def test_a_request_needs_this_right_on_this_resource(request_line: str, right: str, below: str) -> None:
    service, method, target = request_line.split(" ", 2)
    path, _, query = target.partition("?")
    assert operation(service, method, path, dict(parse_qsl(query))) == Operation(right, below)
    assert right in ROLES_FOR
