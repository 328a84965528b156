"""What the router answers instead of an app: JSON with a code for programs, a sentence for people, and the line."""

from __future__ import annotations

import json

from ..versions import Line
from .model import Outbound

RETRY_SECONDS = 5


def problem(
    status: int, code: str, message: str, line: Line | None = None, *, retry_after: int | None = None, sent: bool = True, cause: str = ""
) -> Outbound:
    said = {"code": code, "message": message} | ({} if line is None else {"line": str(line)})
    body = json.dumps({"error": said}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    return Outbound(status, headers, body, sent=sent, cause=cause)


def unreachable(line: Line, cause: str) -> Outbound:
    message = f"The app of line {line} can't be reached at the moment. Nothing of the request has reached it; send it again."
    return problem(503, "AppUnreachable", message, line, retry_after=RETRY_SECONDS, sent=False, cause=cause)


def broken(line: Line, cause: str) -> Outbound:
    message = f"The app of line {line} ended the connection before it answered. It may have carried the request out."
    return problem(502, "AppBroke", message, line, retry_after=RETRY_SECONDS, cause=cause)


def too_slow(line: Line, cause: str) -> Outbound:
    message = f"The app of line {line} did not answer in time. It may still carry the request out."
    return problem(504, "AppTooSlow", message, line, cause=cause)


def too_large(line: Line, limit: int, *, sent: bool) -> Outbound:
    return problem(413, "BodyTooLarge", f"The body is longer than the {limit} bytes that are let through.", line, sent=sent)


def bad_request(line: Line, code: str, message: str, *, sent: bool = False) -> Outbound:
    return problem(400, code, message, line, sent=sent)


__all__ = ["RETRY_SECONDS", "bad_request", "broken", "problem", "too_large", "too_slow", "unreachable"]
