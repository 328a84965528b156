"""What an operator sends, read; and how it is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..forwarding import Outbound
from ..versions import Line
from . import answers

MAXIMUM_BODY = 64 * 1024
"""Bytes of what an operator sends: names and numbers, never a package."""


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str, line: Line | None = None, **details: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.line, self.details = status, code, line, details


def as_object(body: bytes) -> dict[str, Any]:
    if len(body) > MAXIMUM_BODY:
        raise Refused(413, "BodyTooLarge", f"The body is longer than {MAXIMUM_BODY} bytes.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused(400, "BadBody", "The body is no JSON object.")
    return found


def text_of(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(400, "BadBody", f"{name}: is missing, or no text.")
    return value


def flag_of(asked: Mapping[str, Any], name: str) -> bool:
    value = asked.get(name, False)
    if not isinstance(value, bool):
        raise Refused(400, "BadBody", f"{name}: is neither true nor false.")
    return value


def refusal(refused: Refused) -> Outbound:
    said = {
        "code": refused.code,
        "message": str(refused),
        **({} if refused.line is None else {"line": str(refused.line)}),
        **refused.details,
    }
    return answers.as_json(refused.status, {"error": said})


__all__ = ["MAXIMUM_BODY", "Refused", "as_object", "flag_of", "refusal", "text_of"]
