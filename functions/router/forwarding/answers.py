"""How an app's answer is passed on: which body is rewritten and which streams through, and what its headers say then. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ..rewriting import ADDRESSES, PAYLOAD_BYTES, REWRITTEN, Rewriter, Treatment, treatment_of
from .headers import Headers, sorted_out

SMALL = 64 * 1024
"""Bytes. A body that says to be no longer is read whole before the answer begins, so that an app that dies over it is answered with 502."""

_OF_CONTENT = frozenset({"etag", "content-md5", "digest", "content-digest", "repr-digest"})
"""They describe the bytes that the app has sent."""


class Plan(NamedTuple):
    treatment: Treatment
    headers: Headers
    """End to end, addresses rewritten; without Content-Length."""
    length: int | None
    """What the app says."""

    @property
    def read_whole(self) -> bool:
        if self.length is None or self.treatment is Treatment.EMPTY:
            return False
        return self.length <= (PAYLOAD_BYTES if self.treatment in REWRITTEN else SMALL)


def plan_answer(method: str, status: int, headers: Headers, rewriter: Rewriter, target: str) -> Plan:
    """`headers`: all that the app has sent. `target`: what was asked of it."""
    length: int | None = None
    content_type, encoding, has_address = "", "", False
    kept, noted = sorted_out(headers, "answer")
    for name, value in noted:
        if name == "content-length":
            length = int(value) if value.isascii() and value.isdigit() else None
        elif name == "content-type":
            content_type = value.lower()
        elif name == "content-encoding":
            encoding = value.lower().strip()
        elif name in ADDRESSES:
            has_address = True
    if has_address:
        kept = [(name, rewriter.location(value, target) if name.lower() in ADDRESSES else value) for name, value in kept]
    kept = rewriter.scrubbed(kept)
    treatment = treatment_of(method, status, content_type, encoding, length)
    if method == "HEAD" and treatment_of("GET", status, content_type, encoding, length) in REWRITTEN:
        length = None  # the answer to GET may have another
    return Plan(treatment, kept, length)


def described(plan: Plan, body: bytes, changed: bool) -> Headers:
    """The headers of an answer that has been read whole."""
    kept = [pair for pair in plan.headers if pair[0].lower() not in _OF_CONTENT] if changed else list(plan.headers)
    return [*kept, ("Content-Length", str(len(body)))]


def described_stream(plan: Plan) -> Headers:
    """The headers of an answer that streams: with the app's Content-Length where the body keeps its length."""
    if plan.treatment in REWRITTEN:
        return [pair for pair in plan.headers if pair[0].lower() not in _OF_CONTENT]
    return plan.headers if plan.length is None else [*plan.headers, ("Content-Length", str(plan.length))]


__all__ = ["SMALL", "Plan", "described", "described_stream", "plan_answer"]
