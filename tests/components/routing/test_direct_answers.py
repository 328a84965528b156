"""What the gateway makes of an app's answers with `direct`: for the same input, what the router's rewriter makes of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urljoin

import pytest

from functions.router.rewriting import Treatment, rewrite_location, rewrite_payload, treatment_of
from sandbox.gateway import Answer
from tests.functions.router.rewriting import test_locations, test_payloads, test_treatments
from tests.functions.router.rewriting.parties import BACKEND, HOOKS, HOST, KEY, LINE, OPENED, PUBLIC

from .gateways import GATEWAY, LISTED, begun, read, told

BY = read(http={"public_url": PUBLIC})
JSON = ("Content-Type", "application/json")


def answered(
    body: bytes | Callable[[], bytes], *headers: tuple[str, str], target: str = "/api/orders", method: str = "GET", status: int = 200
) -> Answer:
    """Of line 1.0's app."""
    passage = begun(target, [("x-app-version", "1.0")], method=method, by=BY)
    onward = passage.inbound()
    assert onward is not None and onward.url.startswith(f"https://{HOST}/")
    return passage.outbound(Answer(status, headers, body))


def body_of(answer: Answer) -> bytes:
    assert not callable(answer.body)
    return answer.body or b""


def cases(test: Any) -> list[Any]:
    """What the router's own test is parametrized with."""
    return list(test.pytestmark[0].args[1])


def in_json(text: str) -> bytes:
    return json.dumps({"a": [text]}, ensure_ascii=False).encode()


PAYLOADS: list[bytes] = [
    json.dumps(test_payloads.PAYLOAD).encode(),
    *(one.encode() for one in cases(test_payloads.test_it_does_so_however_the_app_writes_its_json)),
    json.dumps({"history": [json.dumps({"output": json.dumps(test_payloads.PAYLOAD)})]}).encode(),
    *(in_json(url) for url, _ in cases(test_payloads.test_a_url_of_the_app_becomes_the_routers)),
    *(in_json(text) for text in cases(test_payloads.test_what_is_no_url_of_the_app_stays)),
    *cases(test_payloads.test_bytes_that_hold_no_url_are_never_touched_valid_json_or_not),
    b'{ "n":1.50,\n "u" : "%b/instances/7?code=x" ,"n":2 }\r\n' % HOOKS.encode(),
    in_json(f"{HOOKS}/instances/7?code=x&&showInput=1&taskHub=T&b"),
    in_json(f"{HOOKS}/instances/7?codes=x&mycode=y&connection=C#code"),
    in_json(f"https://{HOST}/api/x?a=1&code=y&code=z#f"),
    in_json(f"https://{HOST}/api/x?price=$1&$&b=$$"),
    json.dumps({"key": f"it is {KEY}", "quoted": quote(KEY, safe=""), "in": json.dumps({"k": KEY}).replace("/", "\\/")}).encode(),
    json.dumps({"key": KEY}).replace("+", "\\u002B").replace("/", "\\u002f").encode(),
]


@pytest.mark.parametrize("body", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_body_leaves_the_gateway_as_it_would_leave_the_router(body: bytes) -> None:
    expected = rewrite_payload(body, BACKEND, PUBLIC, LINE)
    answer = answered(body, JSON, ("Content-Length", str(len(body))))
    assert body_of(answer) == expected
    assert not body or ("Content-Length", str(len(expected))) in answer.headers


@pytest.mark.parametrize("headers", [[], [("Transfer-Encoding", "chunked")], [("Content-Length", "x")]], ids=str)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/problem+json; charset=utf-8"])
def test_a_body_that_does_not_say_how_long_it_is_is_read_all_the_same(headers: list[tuple[str, str]], kind: str) -> None:
    body = json.dumps(test_payloads.PAYLOAD).encode()
    assert body_of(answered(body, ("Content-Type", kind), *headers)) == rewrite_payload(body, BACKEND, PUBLIC, LINE)


@pytest.mark.parametrize(("value", "_public"), cases(test_locations.test_an_address_of_the_app_becomes_the_routers_with_the_line_in_it))
@pytest.mark.parametrize("name", ["Location", "Content-Location", "Operation-Location", "Azure-AsyncOperation", "location"])
def test_an_address_leads_where_the_routers_leads(value: str, _public: str, name: str) -> None:
    """Dots in it are resolved by the client."""
    target = "/api/orders/all?page=1"
    left = told(answered(b"", (name, value), target=target, status=202))[name.lower()]
    assert left.startswith(PUBLIC)
    assert urljoin(PUBLIC, left.removeprefix(PUBLIC)) == rewrite_location(value, BACKEND, PUBLIC, LINE, target)


@pytest.mark.parametrize("value", [*cases(test_locations.test_an_address_elsewhere_stays), 'https://elsewhere.example/a"b'])
def test_an_address_elsewhere_stays(value: str) -> None:
    expected = rewrite_location(value, BACKEND, PUBLIC, LINE, "/api/orders")
    assert told(answered(b"", ("Location", value)))["location"] == expected


def test_addresses_that_are_not_there_are_not_made() -> None:
    assert answered(b"", ("X-A", "b")).headers == (("X-A", "b"), ("X-Durable-Deploy-Line", "1.0"))


@pytest.mark.parametrize(
    ("method", "status", "kind", "encoding", "length", "treatment"),
    cases(test_treatments.test_an_answer_is_looked_into_by_what_it_says_of_itself),
)
def test_a_body_is_read_where_the_router_reads_it(
    method: str, status: int, kind: str, encoding: str, length: int | None, treatment: Treatment
) -> None:
    """Two differences: what is not rewritten passes unread if it says to be longer than 1 MiB, or, being text, does not say how long it is."""
    assert treatment is treatment_of(method, status, kind, encoding, length)
    given = [("Content-Type", kind), ("Content-Encoding", encoding), ("Content-Length", "" if length is None else str(length))]
    read_: list[int] = []

    def body() -> bytes:
        read_.append(1)
        return json.dumps({"u": f"{HOOKS}/instances/7?{OPENED}", "key": KEY}).encode()

    answer = answered(body, *(pair for pair in given if pair[1]), method=method, status=status)
    streams = treatment is Treatment.SCRUBBED and (length is None or length > 1024 * 1024)
    is_read = treatment not in (Treatment.EMPTY, Treatment.AS_IS) and not streams
    assert bool(read_) is is_read
    if is_read:
        says = json.loads(body_of(answer))
        assert says["key"] == "*" * len(KEY)
        assert (HOST in says["u"]) is (treatment is Treatment.SCRUBBED)


def test_only_a_text_that_begins_as_json_does_is_rewritten() -> None:
    url = f'"{HOOKS}/instances/7?{OPENED}"'
    for begin in ("", " \n", "[", '{"a": '):
        assert HOST.encode() not in body_of(answered((begin + url).encode(), ("Content-Type", "text/plain")))
    text = f"see {url}, {KEY}".encode()
    assert body_of(answered(text, ("Content-Type", "text/plain"))) == text.replace(KEY.encode(), b"*" * len(KEY))


def test_a_body_that_stays_keeps_its_bytes_and_what_describes_them() -> None:
    body = b'\xef\xbb\xbf{"a": "\xff\xfe", "b": "\xc3\xa4"}'
    answer = answered(body, JSON, ("ETag", '"1"'), ("Content-MD5", "x"), ("Content-Length", str(len(body))))
    assert body_of(answer) == body
    assert {("ETag", '"1"'), ("Content-MD5", "x")} <= set(answer.headers)


def test_a_body_that_changes_loses_what_describes_the_bytes_of_the_app() -> None:
    said = [("ETag", '"1"'), ("Content-MD5", "x"), ("Digest", "x"), ("Content-Digest", "x"), ("Repr-Digest", "x")]
    assert {name for name, _ in answered(in_json(f"https://{HOST}/x"), JSON, *said).headers} == {
        "Content-Type",
        "Content-Length",
        "X-Durable-Deploy-Line",
    }


def test_the_line_that_has_answered_is_named_and_the_apps_own_headers_of_that_kind_go() -> None:
    said = [("X-Durable-Deploy-Line", "9.9"), ("X-Functions-Key", KEY), ("Alt-Svc", "h3"), ("X-ARR-Log-Id", "x"), ("Set-Cookie", "a=b")]
    assert answered(b"", *said, status=204).headers == (("Set-Cookie", "a=b"), ("X-Durable-Deploy-Line", "1.0"))


def test_without_a_public_url_clients_are_led_to_where_they_have_called() -> None:
    passage = begun("/api/orders", [("x-app-version", "1.0")])
    assert passage.inbound() is not None
    answer = passage.outbound(Answer(200, (JSON,), in_json(f"{HOOKS}/instances/7?{OPENED}")))
    assert body_of(answer) == in_json(f"{GATEWAY}/api/_durable/1.0/instances/7")


def test_what_the_router_answers_passes_unread() -> None:
    def never() -> bytes:
        raise AssertionError("was read")

    passage = begun("/api/versions", [("x-app-version", "1.0")])
    assert passage.inbound() is not None
    assert passage.outbound(Answer(200, (JSON, ("X-Functions-Key", "a")), never)) == Answer(200, (JSON, ("X-Functions-Key", "a")), never)


@pytest.mark.parametrize("written", [str, str.upper, lambda url: url.replace("/", "\\/"), lambda url: url.replace("-", "\\u002d")])
def test_neither_the_apps_host_nor_its_key_is_in_an_answer(written: Callable[[str], str]) -> None:
    urls = [f"{HOOKS}/instances/7?code={KEY}", f"https://{HOST}:443/api/x?code={KEY}&a=1", f"http://{HOST}", f"https://{HOST}?code={KEY}"]
    text = written(json.dumps(urls).replace("https", "§")).replace("§", "https").replace("HTTP", "http")
    answer = answered(text.encode(), JSON, ("Location", urls[0]), ("Content-Location", f"//{HOST}/x?code={KEY}"), status=202)
    everything = json.dumps([answer.headers, json.loads(body_of(answer))]).lower()
    assert HOST not in everything and KEY.lower() not in everything
    assert len(re.findall("/api/_(?:durable|line)/1.0", everything)) == 6


def test_a_short_key_is_no_key_to_mask() -> None:
    by = read(LISTED.replace(KEY, "abc"))
    passage = begun("/api/orders", [("x-app-version", "1.0")], by=by)
    assert passage.inbound() is not None
    assert body_of(passage.outbound(Answer(200, (JSON,), b'"abc"'))) == b'"abc"'


def test_a_long_body_without_a_url_is_read_in_one_pass() -> None:
    """Backslashes and beginnings of URLs without an end are what a pattern could stumble over."""
    body = (b'{"a": "' + b"\\" * 20_000 + b'", "b": "https://' + HOST.encode() + b"/" + b"\\" * 20_001 + b"x" * 20_000) * 2
    assert body_of(answered(body, JSON)) == body
