"""The state table and the request store in memory: conditional writes as Azure's, so that tests of whoever uses them can't overwrite either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from functions.router.keeping import Answer, Conflict, RequestState, StoredRequest
from functions.router.lines import LineRow, Pins, VersionRow
from functions.router.versions import Line, Version


class MemoryStore:
    """`before` is called with a word for each request, before it is done: it may raise."""

    def __init__(self, *rows: LineRow, before: Callable[[str], None] = lambda _: None) -> None:
        self._etag, self._before = 0, before
        self.rows: dict[Line, LineRow] = {}
        self.deployed: dict[Version, VersionRow] = {}
        self.pinned = Pins()
        for row in rows:
            self.rows[row.line] = replace(row, etag=self._next())

    async def lines(self) -> tuple[LineRow, ...]:
        self._before("lines")
        return tuple(self.rows.values())

    async def line(self, line: Line) -> LineRow | None:
        self._before("line")
        return self.rows.get(line)

    async def save(self, row: LineRow) -> LineRow:
        self._before("save")
        there = self.rows.get(row.line)
        if (there.etag if there else "") != row.etag:
            raise Conflict(f"line {row.line} was written by somebody else")
        self.rows[row.line] = replace(row, etag=self._next())
        return self.rows[row.line]

    async def versions(self) -> tuple[VersionRow, ...]:
        self._before("versions")
        return tuple(self.deployed.values())

    async def add_version(self, row: VersionRow) -> VersionRow:
        self._before("add_version")
        if row.version in self.deployed:
            raise Conflict(f"version {row.version} was written by somebody else")
        self.deployed[row.version] = replace(row, etag=self._next())
        return self.deployed[row.version]

    async def pins(self) -> Pins:
        self._before("pins")
        return self.pinned

    async def save_pins(self, pins: Pins) -> Pins:
        self._before("save_pins")
        if pins.etag != self.pinned.etag:
            raise Conflict("pins was written by somebody else")
        self.pinned = replace(pins, etag=self._next())
        return self.pinned

    def _next(self) -> str:
        self._etag += 1
        return str(self._etag)


class MemoryRequests:
    def __init__(self, *, before: Callable[[str], None] = lambda _: None) -> None:
        self._etag, self._before = 0, before
        self.all: dict[str, StoredRequest] = {}

    async def put(self, request: StoredRequest) -> None:
        self._before("put")
        self.all[request.id] = self._stamped(request)

    async def get(self, id: str) -> StoredRequest | None:
        self._before("get")
        found = self.all.get(id)
        return None if found is None else replace(found, headers=(), body=b"", target=found.target.partition("?")[0])

    async def waiting(self, line: Line) -> tuple[StoredRequest, ...]:
        self._before("waiting")
        found = [one for one in self.all.values() if one.line == line and one.state is not RequestState.DONE]
        return tuple(sorted(found, key=lambda one: (one.at, one.id)))

    async def counts(self) -> Mapping[Line, int]:
        self._before("counts")
        return Counter(one.line for one in self.all.values() if one.state is not RequestState.DONE)

    async def claim(self, request: StoredRequest, now: datetime) -> StoredRequest:
        return self._write("claim", replace(request, state=RequestState.FORWARDING, attempts=request.attempts + 1, claimed_at=now))

    async def unclaim(self, request: StoredRequest) -> None:
        self._write("unclaim", replace(request, state=RequestState.WAITING))

    async def finish(self, request: StoredRequest, answer: Answer) -> None:
        over = replace(request, state=RequestState.DONE, answer=answer, headers=(), body=b"", target=request.target.partition("?")[0])
        self._write("finish", over)

    async def expire(self, now: datetime) -> int:
        self._before("expire")
        over = [id for id, one in self.all.items() if one.expires_at <= now]
        for id in over:
            del self.all[id]
        return len(over)

    def _write(self, word: str, request: StoredRequest) -> StoredRequest:
        self._before(word)
        there = self.all.get(request.id)
        if there is None or there.etag != request.etag:
            raise Conflict(f"request {request.id} is another router's, or over")
        self.all[request.id] = self._stamped(request)
        return self.all[request.id]

    def _stamped(self, request: StoredRequest) -> StoredRequest:
        self._etag += 1
        return replace(request, etag=str(self._etag))
