"""Bodies that come in pieces: wherever they are cut, the caller reads what he would read of the whole, and no piece of a key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.router.rewriting import Rewriter, Treatment

from .parties import BACKEND, DURABLE, HOOKS, HOST, KEY, LINE, OPENED, PUBLIC, SYSTEM_KEY

REWRITER = Rewriter(BACKEND, PUBLIC, LINE)
LOOKED_INTO = [Treatment.PAYLOAD, Treatment.SCRUBBED, Treatment.SNIFFED]


def streamed(treatment: Treatment, pieces: Iterable[bytes]) -> bytes:
    rewriter = REWRITER.stream(treatment)
    assert rewriter is not None
    return b"".join([*(rewriter.feed(piece) for piece in pieces), rewriter.finish()])


def cut(body: bytes, places: Iterable[int]) -> list[bytes]:
    ends = sorted({min(place, len(body)) for place in places})
    return [body[start:end] for start, end in zip([0, *ends], [*ends, len(body)], strict=True)]


SPELLINGS = {
    "as it is": KEY,
    "percent-encoded": quote(KEY, safe=""),
    "in lower case": quote(KEY, safe="").replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
    "encoded twice": quote(quote(KEY, safe=""), safe=""),
    "as .NET escapes": KEY.replace("+", "\\u002B").replace("=", "\\u003d"),
    "with escaped slashes": KEY.replace("/", "\\/"),
    "in a string within a string": KEY.replace("/", "\\\\/").replace("+", "\\\\u002b"),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("treatment", LOOKED_INTO, ids=str)
def test_a_key_does_not_leave_however_it_is_written_and_wherever_it_is_cut(spelling: str, treatment: Treatment) -> None:
    body = f"before {spelling} after".encode()
    masked = b"before " + b"*" * len(spelling) + b" after"
    assert REWRITER.whole(treatment, body) == masked
    for place in range(len(body)):
        assert streamed(treatment, cut(body, [place])) == masked
    assert streamed(treatment, (body[at : at + 1] for at in range(len(body)))) == masked


def test_nothing_of_a_key_is_passed_on_before_all_of_it_is_known() -> None:
    rewriter = REWRITER.stream(Treatment.SCRUBBED)
    assert rewriter is not None
    assert rewriter.feed(b"text " + KEY[:20].encode()) == b"text "
    assert rewriter.feed(KEY[20:-1].encode()) == b""
    assert rewriter.feed(KEY[-1:].encode() + b" more") == b"*" * len(KEY) + b" more"


def test_what_begins_like_a_key_and_goes_on_otherwise_is_passed_on_whole() -> None:
    assert streamed(Treatment.SCRUBBED, [KEY[:20].encode(), b"!", KEY[:-1].encode()]) == KEY[:20].encode() + b"!" + KEY[:-1].encode()


def test_a_short_text_is_no_key() -> None:
    short = Rewriter(type(BACKEND)(BACKEND.base_url, "x", "abc"), PUBLIC, LINE)
    assert short.whole(Treatment.SCRUBBED, b"x abc xyz") == b"x abc xyz"


def test_a_url_is_rewritten_wherever_it_is_cut() -> None:
    body = f'{{"a":"{HOOKS}/instances/7?{OPENED}","b":["https://{HOST}/x"]}}'.encode()
    whole = REWRITER.whole(Treatment.PAYLOAD, body)
    assert json.loads(whole)["a"] == f"{DURABLE}/instances/7"
    for place in range(len(body)):
        assert streamed(Treatment.PAYLOAD, cut(body, [place])) == whole
    assert streamed(Treatment.PAYLOAD, (body[at : at + 1] for at in range(len(body)))) == whole


def test_text_that_begins_as_json_after_white_space_is_rewritten_and_other_text_keeps_its_urls() -> None:
    url = f'"https://{HOST}/x"'
    assert streamed(Treatment.SNIFFED, [b" \r\n", f"\t[{url}]".encode()]) == f' \r\n\t["{PUBLIC}/api/_line/1.0/x"]'.encode()
    assert streamed(Treatment.SNIFFED, [b" ", f"text {url}".encode()]) == f" text {url}".encode()
    assert streamed(Treatment.SNIFFED, [b" ", b"\n"]) == b" \n"
    assert streamed(Treatment.SNIFFED, []) == b""


def test_a_string_that_never_ends_is_not_held() -> None:
    rewriter = REWRITER.stream(Treatment.PAYLOAD)
    assert rewriter is not None
    passed = len(rewriter.feed(b'["https://'))
    held = []
    for number in range(1, 65):
        passed += len(rewriter.feed(b"x" * 4096))
        held.append(10 + number * 4096 - passed)
    assert max(held) <= 24 * 1024
    assert passed + len(rewriter.finish()) == 10 + 64 * 4096


def test_bodies_that_are_not_looked_into_are_the_same_objects() -> None:
    body = KEY.encode()
    assert REWRITER.stream(Treatment.AS_IS) is None
    assert REWRITER.whole(Treatment.AS_IS, body) is body
    plain = b'{"a": 1}'
    assert REWRITER.whole(Treatment.PAYLOAD, plain) is plain


PARTS = st.sampled_from(
    [
        '"',
        "\\",
        '\\"',
        "https:",
        "http://",
        f'"https://{HOST}',
        f'"{HOOKS}/instances/7?{OPENED}"',
        f'\\"{HOOKS}/instances/7\\"',
        f"https://{HOST}/api",
        *SPELLINGS.values(),
        KEY[:9],
        KEY[9:],
        SYSTEM_KEY,
        SYSTEM_KEY[:-1],
        "%2",
        "\\u00",
        "ä",
        "{",
        ", ",
        "x",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, max_size=12), st.lists(st.integers(0, 400), max_size=6), st.sampled_from(LOOKED_INTO))
def test_any_body_in_any_pieces_comes_out_as_the_whole_and_without_a_key(parts: list[str], places: list[int], treatment: Treatment) -> None:
    body = "".join(parts).encode()
    whole = REWRITER.whole(treatment, body)
    assert streamed(treatment, cut(body, places)) == whole
    for spelling in (*SPELLINGS.values(), SYSTEM_KEY):
        assert spelling.encode() not in whole
