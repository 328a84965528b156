"""An instance as the HTTP API shows it, and the URLs to manage it.

Sources: Microsoft docs "HTTP APIs in Durable Functions"; durable extension HttpApiHandler.cs (ConvertFrom, GetClientResponseLinks),
DurableClient.cs (ParseToJToken, history of a status).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sandbox.durable.engine.events import Event
from sandbox.durable.options import HubOptions

Answer = tuple[int, dict[str, str], bytes]
_NOT_IN_HISTORY = ("EventId", "IsPlayed", "OrchestrationInstance", "ParentInstance", "TimerId", "TaskScheduledId", "Version", "Input")
_HIDDEN = ("OrchestratorStarted", "OrchestratorCompleted", "TaskScheduled", "TimerCreated", "SubOrchestrationInstanceCreated", "EventSent")


def json_answer(status: int, body: Any, **headers: str) -> Answer:
    return status, {"Content-Type": "application/json; charset=utf-8", **headers}, json.dumps(body).encode()


def empty(status: int) -> Answer:
    return status, {"Content-Length": "0"}, b""


def error(status: int, message: str, exception: str | None = None) -> Answer:
    """ASP.NET's HttpError: `ExceptionMessage` is what the SDK's client raises."""
    body = {"Message": message}
    if exception is not None:
        body |= {"ExceptionMessage": exception, "ExceptionType": "System.ArgumentException"}
    return json_answer(status, body)


def instance(row: dict[str, Any], *, show_input: bool, history: list[Any] | None = None) -> dict[str, Any]:
    body = {
        "name": row.get("Name"),
        "instanceId": row["Id"],
        "runtimeStatus": row.get("RuntimeStatus"),
        "input": _value(row.get("Input")) if show_input else None,
        "customStatus": _value(row.get("CustomStatus")),
        "output": _value(row.get("Output")),
        "createdTime": seconds(row.get("CreatedTime")),
        "lastUpdatedTime": seconds(row.get("LastUpdatedTime")),
    }
    return body if history is None else {**body, "historyEvents": history}


def history(events: list[Event], *, show_output: bool) -> list[dict[str, Any]]:
    """A shortened history: what was scheduled is named in what completed it (DurableClient.GetStatusAsync)."""
    names = {one["EventId"]: one for one in events if one["EventType"] in _HIDDEN and one["EventId"] >= 0}
    shown = []
    for one in events:
        if one["EventType"] in _HIDDEN:
            continue
        entry = {key: _plain(value) for key, value in one.items() if key not in _NOT_IN_HISTORY}
        scheduled = names.get(one.get("TaskScheduledId", one.get("TimerId")))
        if one["EventType"] == "ExecutionStarted":
            entry["FunctionName"] = entry.pop("Name")
        elif scheduled is not None:
            entry["ScheduledTime"] = _plain(scheduled["Timestamp"])
            if scheduled.get("Name"):
                entry["FunctionName"] = scheduled["Name"]
        if "Result" in entry:
            entry["Result"] = _value(entry["Result"]) if show_output else None
            entry = {key: value for key, value in entry.items() if key != "Result" or show_output}
        shown.append(entry)
    return shown


def creation_urls(base: str, query: str) -> dict[str, str]:
    prefix = f"{base}/orchestrators/{{functionName}}[/{{instanceId}}]"
    return {
        "createNewInstancePostUri": f"{prefix}?{query}",
        "createAndWaitOnNewInstancePostUri": f"{prefix}?timeout={{timeoutInSeconds}}&pollingInterval={{intervalInSeconds}}&{query}",
    }


def management_urls(base: str, instance_id: str, query: str) -> dict[str, str]:
    own = f"{base}/instances/{quote(instance_id, safe='')}"
    return {
        "id": instance_id,
        "statusQueryGetUri": f"{own}?{query}",
        "sendEventPostUri": f"{own}/raiseEvent/{{eventName}}?{query}",
        "terminatePostUri": f"{own}/terminate?reason={{text}}&{query}",
        "rewindPostUri": f"{own}/rewind?reason={{text}}&{query}",
        "purgeHistoryDeleteUri": f"{own}?{query}",
        "restartPostUri": f"{own}/restart?{query}",
        "suspendPostUri": f"{own}/suspend?reason={{text}}&{query}",
        "resumePostUri": f"{own}/resume?reason={{text}}&{query}",
    }


def query_of(options: HubOptions, key: str) -> str:
    return f"taskHub={options.hub}&connection={options.connection_name}&code={quote(key, safe='')}"


def seconds(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _value(text: str | None) -> Any:
    """JSON as its value, anything else as text."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
