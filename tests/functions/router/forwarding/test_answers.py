"""What an answer's headers say when its body is rewritten, and when it streams."""

from __future__ import annotations

import pytest

from functions.router.forwarding.answers import SMALL, described, described_stream, plan_answer
from functions.router.forwarding.headers import Headers
from functions.router.rewriting import PAYLOAD_BYTES, Backend, Rewriter, Treatment

from .apps import KEY, LINE, PUBLIC, SYSTEM_KEY

BACKEND = Backend("https://orders-1x0.azurewebsites.net", KEY, SYSTEM_KEY)
REWRITER = Rewriter(BACKEND, PUBLIC, LINE)
ABOUT_THE_BYTES: Headers = [("ETag", '"1"'), ("Content-MD5", "x"), ("Digest", "x"), ("Content-Digest", "x"), ("Repr-Digest", "x")]


def plan(headers: Headers, method: str = "GET", status: int = 200):  # type: ignore[no-untyped-def]
    return plan_answer(method, status, headers, REWRITER, "/api/orders")


@pytest.mark.parametrize(
    ("content_type", "length", "whole"),
    [
        ("application/json", PAYLOAD_BYTES, True),
        ("application/json", PAYLOAD_BYTES + 1, False),
        ("application/json", None, False),
        ("text/plain", PAYLOAD_BYTES, True),
        ("image/png", SMALL, True),
        ("image/png", SMALL + 1, False),
        ("image/png", None, False),
        ("text/event-stream", None, False),
    ],
)
def test_short_answers_and_payloads_are_read_whole(content_type: str, length: int | None, whole: bool) -> None:
    said = [] if length is None else [("Content-Length", str(length))]
    assert plan([("Content-Type", content_type), *said]).read_whole is whole


def test_an_answer_that_was_rewritten_does_not_say_what_its_bytes_were() -> None:
    planned = plan([("Content-Type", "application/json"), *ABOUT_THE_BYTES, ("Content-Length", "100"), ("X-A", "1")])
    assert described(planned, b"{}", changed=True) == [("Content-Type", "application/json"), ("X-A", "1"), ("Content-Length", "2")]


def test_an_answer_that_was_not_rewritten_says_all_that_the_app_said() -> None:
    headers = [("Content-Type", "application/json"), *ABOUT_THE_BYTES]
    assert described(plan([*headers, ("Content-Length", "2")]), b"{}", changed=False) == [*headers, ("Content-Length", "2")]


def test_a_streaming_payload_says_no_length_and_a_streaming_file_the_apps() -> None:
    payload = plan([("Content-Type", "application/json"), *ABOUT_THE_BYTES])
    assert described_stream(payload) == [("Content-Type", "application/json")]
    file = plan([("Content-Type", "image/png"), *ABOUT_THE_BYTES, ("Content-Length", "1000000")])
    assert described_stream(file) == [("Content-Type", "image/png"), *ABOUT_THE_BYTES, ("Content-Length", "1000000")]


@pytest.mark.parametrize(
    ("content_type", "said"), [("image/png", ["100"]), ("text/html", ["100"]), ("application/json", []), ("text/plain", [])]
)
def test_the_answer_to_head_says_the_length_only_where_get_would(content_type: str, said: list[str]) -> None:
    planned = plan([("Content-Type", content_type), ("Content-Length", "100")], "HEAD")
    assert planned.treatment is Treatment.EMPTY
    assert [value for name, value in described_stream(planned) if name == "Content-Length"] == said


@pytest.mark.parametrize("value", ["-1", "1, 1", "x", "", "٣"])
def test_a_length_that_is_none_is_not_passed_on(value: str) -> None:
    planned = plan([("Content-Type", "image/png"), ("Content-Length", value)])
    assert described_stream(planned) == [("Content-Type", "image/png")]


@pytest.mark.parametrize("name", ["Location", "Content-Location", "Operation-Location", "Azure-AsyncOperation", "LOCATION"])
def test_headers_that_name_an_address_are_rewritten(name: str) -> None:
    url = f"{BACKEND.base_url}/runtime/webhooks/durabletask/instances/7?code={SYSTEM_KEY}"
    assert plan([(name, url)]).headers == [(name, f"{PUBLIC}/api/_durable/1.0/instances/7")]


@pytest.mark.parametrize("key", [KEY, SYSTEM_KEY])
@pytest.mark.parametrize("name", ["Location", "Link", "X-Anything", "Set-Cookie"])
def test_no_header_holds_a_key(name: str, key: str) -> None:
    value = f"https://elsewhere.example/?k={key}&a=1"
    assert plan([("X-A", "1"), (name, value)]).headers == [("X-A", "1"), (name, value.replace(key, "*" * len(key)))]
