"""Answers that the router gives itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..forwarding import Outbound, problem
from ..keeping import RequestState, StoredRequest
from ..lines import LineRow, State
from ..routing import Refuse

STATE_HEADER = "X-Durable-Deploy-Request"
"""`waiting` or `done`: tells the router's 202 from the app's."""
UNREADABLE_RETRY = 5


def as_json(status: int, body: Any, *headers: tuple[str, str]) -> Outbound:
    text = json.dumps(body).encode()
    own = [("Content-Type", "application/json"), ("Content-Length", str(len(text))), ("Cache-Control", "no-store"), *headers]
    return Outbound(status, own, text)


def as_html(text: str) -> Outbound:
    """Nothing in it may run, load or be framed."""
    data = text.encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(data))),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return Outbound(200, headers, data)


def refusal(decision: Refuse) -> Outbound:
    return problem(decision.status, decision.code, decision.message, decision.line, retry_after=decision.retry_after, sent=False)


def unreadable(what: str) -> Outbound:
    message = f"{what} can't be read at the moment. Nothing of the request has reached an app; send it again."
    return problem(503, "StateUnreadable", message, retry_after=UNREADABLE_RETRY, sent=False)


def stored(request: StoredRequest, public_base: str, retry_after: int) -> Outbound:
    """The caller's 202: where the answer will be."""
    return as_json(
        202,
        told(request, public_base),
        ("Location", status_url(request, public_base)),
        ("Retry-After", str(retry_after)),
        (STATE_HEADER, "waiting"),
    )


def still_waiting(request: StoredRequest, row: LineRow | None, public_base: str, retry_after: int) -> Outbound:
    body = told(request, public_base)
    if row is not None:
        body["lineState"] = row.state.value
        if row.state is State.FAILED:
            body["problem"] = f"The app of {row.line} could not be made. GET /api/versions says why, and when it is tried again."
    return as_json(202, body, ("Location", status_url(request, public_base)), ("Retry-After", str(retry_after)), (STATE_HEADER, "waiting"))


def told(request: StoredRequest, public_base: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": request.id,
        "line": str(request.line),
        "state": "waiting" if request.state is not RequestState.DONE else "done",
        "since": request.at.isoformat(),
        "expires": request.expires_at.isoformat(),
        "statusUri": status_url(request, public_base),
    }
    if request.instance_id is not None:
        body["instanceId"] = request.instance_id
        body["statusQueryGetUri"] = f"{public_base}/api/_durable/{request.line}/instances/{request.instance_id}"
    return body


def status_url(request: StoredRequest, public_base: str) -> str:
    return f"{public_base}/api/_requests/{request.id}"


def with_line(answer: Outbound, line: object, extra: Mapping[str, str] | None = None) -> Outbound:
    """Which line has answered, for whoever wants to know."""
    answer.headers.append(("X-Durable-Deploy-Line", str(line)))
    answer.headers.extend((extra or {}).items())
    return answer


__all__ = ["STATE_HEADER", "as_html", "as_json", "refusal", "still_waiting", "stored", "unreadable", "with_line"]
