"""Which answers are looked into."""

from __future__ import annotations

import pytest

from functions.router.rewriting import PAYLOAD_BYTES, Treatment, treatment_of

EMPTY, AS_IS, SCRUBBED, PAYLOAD, SNIFFED = Treatment.EMPTY, Treatment.AS_IS, Treatment.SCRUBBED, Treatment.PAYLOAD, Treatment.SNIFFED


@pytest.mark.parametrize(
    ("method", "status", "content_type", "encoding", "length", "treatment"),
    [
        ("GET", 200, "application/json", "", 100, PAYLOAD),
        ("GET", 200, "application/json", "", None, PAYLOAD),
        ("GET", 200, "application/json", "identity", None, PAYLOAD),
        ("POST", 202, "application/json; charset=utf-8", "", 100, PAYLOAD),
        ("GET", 500, "application/problem+json", "", 100, PAYLOAD),
        ("GET", 200, "application/json", "", PAYLOAD_BYTES, PAYLOAD),
        ("GET", 200, "application/json", "", PAYLOAD_BYTES + 1, SCRUBBED),
        ("GET", 206, "application/json", "", 100, SCRUBBED),
        ("GET", 200, "application/json", "gzip", 100, AS_IS),
        ("GET", 200, "application/json", "br", None, AS_IS),
        ("GET", 200, "text/plain", "", None, SNIFFED),
        ("GET", 200, "text/plain;charset=utf-8", "", 100, SNIFFED),
        ("GET", 200, "text/plain", "", PAYLOAD_BYTES + 1, SCRUBBED),
        ("GET", 200, "text/html", "", None, SCRUBBED),
        ("GET", 200, "text/event-stream", "", None, SCRUBBED),
        ("GET", 200, "application/octet-stream", "", None, AS_IS),
        ("GET", 200, "application/jsonlines", "", None, AS_IS),
        ("GET", 200, "image/png", "", 100, AS_IS),
        ("GET", 200, "", "", None, AS_IS),
        ("GET", 200, "application/json", "", 0, EMPTY),
        ("HEAD", 200, "application/json", "", 100, EMPTY),
        ("GET", 204, "application/json", "", None, EMPTY),
        ("GET", 304, "application/json", "", 100, EMPTY),
    ],
)
def test_an_answer_is_looked_into_by_what_it_says_of_itself(
    method: str, status: int, content_type: str, encoding: str, length: int | None, treatment: Treatment
) -> None:
    assert treatment_of(method, status, content_type, encoding, length) is treatment
