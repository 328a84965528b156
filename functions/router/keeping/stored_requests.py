"""Stored requests in Azure: a row for each in the state table, headers and body in a private container, which holds what callers have sent.

The blob is written before its row, so that a row always has one. Each blob says when it expires, so that one without a row, left by a router that
ended between the two, is deleted then too.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import UpdateMode
from azure.data.tables.aio import TableClient
from azure.storage.blob.aio import ContainerClient

from ..versions import Line
from .requests import Answer, RequestState, StoredRequest
from .store import Conflict

PARTITION = "request"
MARK = "mark"
"""Random, of the last write to the row: tells one's own from another's."""
EXPIRES = "expires"
"""Metadata of each blob: the time in UTC, ISO 8601."""


class StoredRequests:
    def __init__(self, table: TableClient, container: ContainerClient) -> None:
        self._table, self._container = table, container

    async def put(self, request: StoredRequest) -> None:
        await self._upload(request.id, request, _packed(request.target, request.headers, request.body))
        await self._table.upsert_entity(_entity(request), mode=UpdateMode.REPLACE)

    async def get(self, id: str) -> StoredRequest | None:
        try:
            entity = await self._table.get_entity(PARTITION, id)
        except ResourceNotFoundError:
            return None
        found = _request(entity)
        if found.state is not RequestState.DONE:
            return found
        packed = await self._read(_of_answer(id))
        if packed is None:
            return found
        _, headers, body = packed
        return replace(found, answer=Answer(int(entity["status"]), headers, body))

    async def waiting(self, line: Line) -> tuple[StoredRequest, ...]:
        found = [_request(entity) async for entity in self._open() if entity["line"] == str(line)]
        whole = []
        for request in sorted(found, key=lambda one: (one.at, one.id)):
            packed = await self._read(request.id)
            if packed is not None:
                target, headers, body = packed
                whole.append(replace(request, target=target, headers=headers, body=body))
        return tuple(whole)

    async def counts(self) -> Mapping[Line, int]:
        return Counter([Line.parse(entity["line"]) async for entity in self._open(["line"])])

    async def claim(self, request: StoredRequest, now: datetime) -> StoredRequest:
        return await self._write(replace(request, state=RequestState.FORWARDING, attempts=request.attempts + 1, claimed_at=now))

    async def unclaim(self, request: StoredRequest) -> None:
        await self._write(replace(request, state=RequestState.WAITING))

    async def finish(self, request: StoredRequest, answer: Answer) -> None:
        await self._upload(_of_answer(request.id), request, _packed("", answer.headers, answer.body))
        await self._write(replace(request, state=RequestState.DONE), status=answer.status)
        await self._delete(request.id)

    async def expire(self, now: datetime) -> int:
        parameters = {"partition": PARTITION, "now": now.isoformat()}
        over = [
            entity["RowKey"]
            async for entity in self._table.query_entities("PartitionKey eq @partition and expires_at le @now", parameters=parameters)
        ]
        for id in over:
            await self._delete(id)
            await self._delete(_of_answer(id))
            await self._table.delete_entity(PARTITION, id)
        async for blob in self._container.list_blobs(include=["metadata"]):
            if (blob.metadata or {}).get(EXPIRES, "9") <= now.isoformat():
                await self._delete(blob.name)
        return len(over)

    def _open(self, select: list[str] | None = None) -> Any:
        parameters = {"partition": PARTITION, "done": RequestState.DONE.value}
        return self._table.query_entities("PartitionKey eq @partition and state ne @done", parameters=parameters, select=select)

    async def _write(self, request: StoredRequest, **more: Any) -> StoredRequest:
        mark = secrets.token_hex(8)
        entity = {**_entity(request), **more, MARK: mark}
        try:
            written = await self._table.update_entity(
                entity, mode=UpdateMode.MERGE, etag=request.etag, match_condition=MatchConditions.IfNotModified
            )
        except (ResourceModifiedError, ResourceNotFoundError):
            return await self._own(request, mark)
        return replace(request, etag=written["etag"])

    async def _own(self, request: StoredRequest, mark: str) -> StoredRequest:
        """An answer that was lost is asked for again by the client library, and then it is our own write that is in the way. Raises Conflict."""
        try:
            there = await self._table.get_entity(PARTITION, request.id)
        except ResourceNotFoundError:
            there = None
        if there is None or there.get(MARK) != mark:
            raise Conflict(f"request {request.id} is another router's, or over")
        return replace(request, etag=str(there.metadata["etag"]))

    async def _upload(self, blob: str, request: StoredRequest, data: bytes) -> None:
        await self._container.upload_blob(blob, data, overwrite=True, metadata={EXPIRES: request.expires_at.isoformat()})

    async def _read(self, blob: str) -> tuple[str, tuple[tuple[str, str], ...], bytes] | None:
        try:
            stream = await self._container.download_blob(blob)
            return _unpacked(await stream.readall())
        except ResourceNotFoundError:
            return None

    async def _delete(self, blob: str) -> None:
        try:
            await self._container.delete_blob(blob)
        except ResourceNotFoundError:
            pass


def _of_answer(id: str) -> str:
    return f"{id}.answer"


_Headers = tuple[tuple[str, str], ...]


def _packed(target: str, headers: _Headers, body: bytes) -> bytes:
    """Target and headers as one line of JSON, then the body as it is."""
    return json.dumps([target, headers]).encode() + b"\n" + body


def _unpacked(data: bytes) -> tuple[str, _Headers, bytes]:
    head, _, body = data.partition(b"\n")
    target, headers = json.loads(head)
    return target, tuple((str(name), str(value)) for name, value in headers), body


def _entity(request: StoredRequest) -> dict[str, Any]:
    """Nothing that came from the caller but method and path: headers, body and the query may hold keys."""
    return {
        "PartitionKey": PARTITION,
        "RowKey": request.id,
        "line": str(request.line),
        "method": request.method,
        "path": request.target.partition("?")[0],
        "instance_id": request.instance_id or "",
        "at": request.at.isoformat(),
        "expires_at": request.expires_at.isoformat(),
        "state": request.state.value,
        "attempts": request.attempts,
        "claimed_at": "" if request.claimed_at is None else request.claimed_at.isoformat(),
        "public_base": request.public_base,
    }


def _request(entity: Mapping[str, Any]) -> StoredRequest:
    return StoredRequest(
        id=entity["RowKey"],
        line=Line.parse(entity["line"]),
        method=entity["method"],
        target=entity["path"],
        headers=(),
        body=b"",
        instance_id=entity["instance_id"] or None,
        at=datetime.fromisoformat(entity["at"]),
        expires_at=datetime.fromisoformat(entity["expires_at"]),
        state=RequestState(entity["state"]),
        attempts=int(entity["attempts"]),
        claimed_at=datetime.fromisoformat(entity["claimed_at"]) if entity["claimed_at"] else None,
        public_base=entity["public_base"],
        etag=entity.metadata["etag"],  # type: ignore[attr-defined]
    )


__all__ = ["StoredRequests"]
