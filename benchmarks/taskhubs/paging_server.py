"""Queue and table services that page as Azure does, where Azurite does not.

A page of the Table service ends after 1,000 rows found, after 5 s of work, or where a partition server's range ends, and says where to
go on, also when it has found nothing (Microsoft docs "Query timeout and pagination"). Azurite ends a page after 1,000 rows found and
nowhere else. Here a page also ends after `examined` rows looked at; a row takes no time.

One account, no keys: whoever asks is answered. Tables' names are taken in any case, as Azure does.
"""

from __future__ import annotations

import bisect
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from .odata import BadFilter, predicate

FOUND = 1000
EXAMINED = 5000
KEY = "cGFnaW5n"
"""Any would do: it is not checked."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    """The connection is cut instead."""


@dataclass(frozen=True)
class Request:
    service: str
    method: str
    path: str
    """Without the account."""
    query: Mapping[str, str]


class PagingServer:
    """`fault` answers in a request's place if it returns something. `clock` is the service's own: it stamps rows and dates answers."""

    def __init__(self, *, examined: int = EXAMINED) -> None:
        self.examined = examined
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.queues: dict[str, int] = {}
        """Name to message count."""
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.fault: Callable[[Request], Answer | None] = lambda _request: None
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._ports: dict[str, int] = {}

    @property
    def connection_string(self) -> str:
        return f"AccountName=hubs;AccountKey={KEY};" + ";".join(
            f"{service.capitalize()}Endpoint=http://127.0.0.1:{port}/hubs" for service, port in self._ports.items()
        )

    def put(self, table: str, row: Mapping[str, Any]) -> None:
        """Inserts or replaces, stamped with the service's clock."""
        rows = self.tables.setdefault(table, [])
        written = {"Timestamp": self.clock(), **row}
        at = bisect.bisect_left(rows, _key(row), key=_key)
        if at < len(rows) and _key(rows[at]) == _key(row):
            rows[at] = written
        else:
            rows.insert(at, written)

    @contextmanager
    def running(self) -> Iterator[PagingServer]:
        servers = {service: _server(self, service) for service in ("queue", "table")}
        self._ports = {service: server.server_address[1] for service, server in servers.items()}
        threads = [threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True) for server in servers.values()]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            for server, thread in zip(servers.values(), threads, strict=True):
                server.shutdown()
                thread.join()
                server.server_close()

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            fault = self.fault(request)
            if fault is not None:
                return fault
            return self._queue(request) if request.service == "queue" else self._table(request)

    def _queue(self, request: Request) -> Answer:
        if request.query.get("comp") == "list":
            prefix = request.query.get("prefix", "")
            found = "".join(f"<Queue><Name>{escape(name)}</Name></Queue>" for name in sorted(self.queues) if name.startswith(prefix))
            body = f'<?xml version="1.0"?><EnumerationResults><Queues>{found}</Queues><NextMarker /></EnumerationResults>'
            return Answer(200, body.encode(), {"Content-Type": "application/xml"})
        count = self.queues.get(request.path.strip("/"))
        if count is None:
            return Answer(404, headers={"x-ms-error-code": "QueueNotFound"})
        return Answer(200, headers={"x-ms-approximate-messages-count": str(count)})

    def _table(self, request: Request) -> Answer:
        name = request.path.strip("/").partition("(")[0]
        if name == "Tables":
            return _json({"value": [{"TableName": table} for table in sorted(self.tables)]})
        rows = next((rows for table, rows in self.tables.items() if table.lower() == name.lower()), None)
        if rows is None:
            return _json({"odata.error": {"code": "TableNotFound", "message": {"lang": "en-US", "value": "There is no such table."}}}, 404)
        try:
            wanted = predicate(request.query.get("$filter", ""))
        except BadFilter as problem:
            return _json({"odata.error": {"code": "InvalidInput", "message": {"lang": "en-US", "value": str(problem)}}}, 400)
        return self._page(rows, wanted, request.query)

    def _page(self, rows: list[dict[str, Any]], wanted: Callable[[Mapping[str, Any]], bool], query: Mapping[str, str]) -> Answer:
        most = min(int(query.get("$top", FOUND)), FOUND)
        start = (query.get("NextPartitionKey", ""), query.get("NextRowKey", ""))
        first = bisect.bisect_left(rows, start, key=_key)
        at, found = first, list[dict[str, Any]]()
        while at < len(rows) and at - first < self.examined and len(found) < most:
            if wanted(rows[at]):
                found.append(rows[at])
            at += 1
        columns = query["$select"].split(",") if "$select" in query else None
        headers = {}
        if at < len(rows):
            key = _key(rows[at])
            headers = {"x-ms-continuation-NextPartitionKey": quote(key[0]), "x-ms-continuation-NextRowKey": quote(key[1])}
        return _json({"value": [_written(row, columns) for row in found]}, headers=headers)


def _server(paging: PagingServer, service: str) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet: two would wait for each other (Nagle, delayed acknowledgement), 40 ms a time.
        wbufsize = -1

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer = paging.answer(Request(service, self.command, unquote(parts.path).removeprefix("/hubs"), query))
            if answer.dropped:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            self.send_header("Date", format_datetime(paging.clock(), usegmt=True))
            for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


def _json(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json;odata=minimalmetadata", **(headers or {})})


def _written(row: Mapping[str, Any], columns: list[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if columns is not None and name not in columns:
            continue
        if isinstance(value, datetime):
            found[name] = f"{value:%Y-%m-%dT%H:%M:%S.%f}0Z"
            if name != "Timestamp":
                found[f"{name}@odata.type"] = "Edm.DateTime"
        else:
            found[name] = value
    return found


def _key(row: Mapping[str, Any] | tuple[str, str]) -> tuple[str, str]:
    return (row["PartitionKey"], row["RowKey"]) if isinstance(row, Mapping) else row


__all__ = ["EXAMINED", "FOUND", "Answer", "PagingServer", "Request"]
