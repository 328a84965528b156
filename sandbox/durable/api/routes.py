"""The HTTP API: what is asked at which path, and what it answers.

Sources: Microsoft docs "HTTP APIs in Durable Functions"; durable extension HttpApiHandler.cs. Left out: rewind (501), make-primary (404),
`timeout` and `pollingInterval` of a start (ignored: the answer is the same 202 that comes when nothing finished in time).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sandbox.durable.engine.functions import DurableFunctions, MissingFunction

from . import answers
from .answers import Answer, empty, error, json_answer
from .client import FINISHED, Client, InstanceRuns
from .queries import Query

PAGE = 100


class Api:
    """`base`: URL of the API as the public sees it, without a slash at its end; `query`: what every management URL carries."""

    def __init__(self, client: Client, functions: DurableFunctions, base: str, query: str) -> None:
        self._client, self._functions, self._base, self._query = client, functions, base, query

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """`path` below the API's base, still quoted."""
        # Unquoted as a whole, as the extension does it: an id with a slash can't be reached.
        parts = unquote(path).strip("/").split("/")
        call = _Call(method, query, headers, body)
        match parts[0].lower(), parts[1:]:
            case "orchestrators", [name, *id] if len(id) <= 1:
                return self._start(call, name, id[0] if id else None) if method == "POST" else empty(404)
            case "instances", [] | [""]:
                return self._instances(call)
            case "instances", [id]:
                return self._instance(call, id)
            case "instances", [id, "raiseEvent" | "raiseevent", name] if method == "POST":
                return self._raise(call, id, name)
            case "instances", [id, operation] if method == "POST":
                return self._manage(call, id, operation.lower())
            case "entities", [name]:
                return self._entities(call, name) if method == "GET" else empty(404)
            case "entities", [] | [""]:
                return self._entities(call, None) if method == "GET" else empty(404)
            case "entities", [name, key]:
                return self._entity(call, f"@{name.lower()}@{key}")
        return empty(404)

    def _start(self, call: _Call, name: str, instance_id: str | None) -> Answer:
        try:
            self._functions.check("orchestrator", name)
            input = call.json() if call.body else None
            id = self._client.start(name, instance_id, input, call.parameter("version"))
        except MissingFunction as problem:
            return error(400, "One or more of the arguments submitted is incorrect", str(problem))
        except InstanceRuns as problem:
            # Of the extension's version that answers 409 only the exception was seen.
            return error(409, str(problem), str(problem))
        except ValueError as problem:
            return error(400, "Invalid JSON content", str(problem))
        urls = self._urls(id)
        return json_answer(202, urls, **{"Location": urls["statusQueryGetUri"], "Retry-After": "10"})

    def _urls(self, id: str) -> dict[str, str]:
        return answers.management_urls(self._base, id, self._query)

    def _instances(self, call: _Call) -> Answer:
        query = Query.of(call.parameters)
        if call.method == "GET":
            token = _read_token(call.headers.get("x-ms-continuation-token"))
            rows, following = self._client.page(query, int(call.parameter("top") or PAGE), token)
            body = [answers.instance(row, show_input=call.flag("showInput", False)) for row in rows]
            return json_answer(200, body, **{"x-ms-continuation-token": _write_token(following)})
        if call.method == "DELETE":
            if query.created_from is None:
                return json_answer(400, "Please provide value for 'createdTimeFrom' parameter.")
            count = self._client.purge_by(query.finished())
            return json_answer(200, {"instancesDeleted": count}) if count else empty(404)
        return empty(404)

    def _instance(self, call: _Call, id: str) -> Answer:
        if call.method == "DELETE":
            return json_answer(200, {"instancesDeleted": 1}) if self._client.purge(id) else empty(404)
        row = self._client.status(id) if call.method == "GET" else None
        if row is None:
            return empty(404)
        history = None
        if call.flag("showHistory", False):
            history = answers.history(self._client.history(id), show_output=call.flag("showHistoryOutput", False))
        body = answers.instance(row, show_input=call.flag("showInput", True), history=history)
        status = row["RuntimeStatus"]
        if status not in FINISHED:
            # The API answers with the URL that was asked for; here the public one, which a proxy may have replaced.
            return json_answer(202, body, **{"Location": self._urls(id)["statusQueryGetUri"], "Retry-After": "5"})
        failed = status == "Failed" and call.flag("returnInternalServerErrorOnFailure", False)
        return json_answer(500 if failed else 200, body)

    def _raise(self, call: _Call, id: str, name: str) -> Answer:
        """What a body holds is the event's value: the SDK's client sends JSON within JSON, so that its events arrive as text
        (azure-functions-durable-python issue 295)."""
        if (gone := self._unreachable(id)) is not None:
            return gone
        if call.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return error(400, "Only application/json request content is supported")
        try:
            self._client.raise_event(id, name, call.json())
        except ValueError as problem:
            return error(400, "Invalid JSON content", str(problem))
        return empty(202)

    def _manage(self, call: _Call, id: str, operation: str) -> Answer:
        if operation not in ("terminate", "suspend", "resume", "restart", "rewind"):
            return empty(404)
        if operation == "rewind":
            return error(501, "The sandbox does not rewind instances.")
        if operation == "restart":
            return self._restart(call, id)
        if (gone := self._unreachable(id)) is not None:
            return gone
        reason = call.parameter("reason") or ""
        getattr(self._client, operation)(id, reason)
        return empty(202)

    def _restart(self, call: _Call, id: str) -> Answer:
        row = self._client.status(id)
        if row is None:
            return error(400, "InstanceId does not match a valid orchestration instance.")
        input = None if row.get("Input") is None else json.loads(row["Input"])
        new = None if call.flag("restartWithNewInstanceId", True) else id
        try:
            started = self._client.start(row["Name"], new, input, None)
        except InstanceRuns as problem:
            return error(409, str(problem), str(problem))
        urls = self._urls(started)
        return json_answer(202, urls, **{"Location": urls["statusQueryGetUri"], "Retry-After": "10"})

    def _unreachable(self, id: str) -> Answer | None:
        row = self._client.tracking.instance(id, select=["RuntimeStatus"])
        if row is None:
            return empty(404)
        return empty(410) if row["RuntimeStatus"] in FINISHED else None

    def _entities(self, call: _Call, name: str | None) -> Answer:
        query = Query(prefix=f"@{name.lower()}@" if name else "@")
        token = _read_token(call.headers.get("x-ms-continuation-token"))
        rows, following = self._client.page(query, int(call.parameter("top") or PAGE), token)
        body = []
        for row in rows:
            entity, _, key = row["Id"][1:].partition("@")
            body.append({"entityId": {"name": entity, "key": key}, "lastOperationTime": answers.seconds(row.get("LastUpdatedTime"))})
        return json_answer(200, body, **{"x-ms-continuation-token": _write_token(following)})

    def _entity(self, call: _Call, id: str) -> Answer:
        if call.method == "GET":
            state = self._client.state(id)
            return empty(404) if state is None else json_answer(200, json.loads(state))
        if call.method not in ("POST", "DELETE"):
            return empty(404)
        operation = "delete" if call.method == "DELETE" else call.parameter("op") or ""
        try:
            input = json.dumps(call.json()) if call.body else None
        except ValueError as problem:
            return error(400, f"Could not parse JSON content: {problem}")
        self._client.signal(id, operation, input)
        return empty(202)


class _Call:
    def __init__(self, method: str, query: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method, self.body = method.upper(), body
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.parameters: dict[str, list[str]] = {}
        for name, values in parse_qs(query, keep_blank_values=True).items():
            self.parameters.setdefault(name.lower(), []).extend(values)

    def parameter(self, name: str) -> str | None:
        return next(iter(self.parameters.get(name.lower(), ())), None)

    def flag(self, name: str, default: bool) -> bool:
        """bool.TryParse: true and false in any case, anything else counts as not given."""
        return {"true": True, "false": False}.get((self.parameter(name) or "").lower(), default)

    def json(self) -> Any:
        return json.loads(self.body)


def split(path_and_query: str) -> tuple[str, str]:
    parts = urlsplit(path_and_query)
    return parts.path, parts.query


def _write_token(token: dict[str, Any] | None) -> str:
    return base64.b64encode(json.dumps(token).encode()).decode() if token else ""


def _read_token(text: str | None) -> dict[str, Any] | None:
    if not text or text == "null":
        return None
    token: dict[str, Any] = json.loads(base64.b64decode(text))
    return token
