"""How long a request's body may be, and how long it says to be."""

from __future__ import annotations

import asyncio

import pytest

from functions.router.forwarding import Headers
from functions.router.forwarding.headers import sorted_out
from functions.router.forwarding.uploading import BadFraming, Incomplete, TooLarge, Upload, read_short, said_length, sliced

from .apps import pieces


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ([], 0),
        ([("Content-Length", "0")], 0),
        ([("Content-Length", "12")], 12),
        ([("content-length", "12"), ("CONTENT-LENGTH", "12")], 12),
        ([("Content-Length", "012")], 12),
        ([("Transfer-Encoding", "chunked")], None),
        ([("Transfer-Encoding", "chunked"), ("Content-Length", "12")], None),
        ([("Content-Length", "12"), ("transfer-encoding", "chunked")], None),
    ],
)
def test_a_request_says_how_long_its_body_is(headers: Headers, length: int | None) -> None:
    assert said_length(sorted_out(headers, "request")[1]) == length


@pytest.mark.parametrize("said", [["-1"], ["+1"], ["1.0"], ["0x10"], [""], ["1 2"], ["1,1"], ["٣"], ["1" * 16], ["1", "2"], ["1", "x"]])
def test_a_length_that_makes_no_sense_is_refused(said: list[str]) -> None:
    with pytest.raises(BadFraming):
        said_length([("content-length", value) for value in said])


@pytest.mark.parametrize(
    ("chunks", "limit", "length", "problem"),
    [
        ([b"abc", b"de"], 5, None, None),
        ([b"abc", b"de"], 5, 5, None),
        ([], 5, 0, None),
        ([b"", b"abc", b""], 5, 3, None),
        ([b"abc", b"def"], 5, None, TooLarge),
        ([b"abcdef"], 5, None, TooLarge),
        ([b"abc"], 5, 4, Incomplete),
        ([], 5, 1, Incomplete),
        ([b"abc"], 5, 2, Incomplete),
        ([b"abcdef"], 5, 5, Incomplete),
    ],
)
def test_a_body_is_counted_as_it_passes(chunks: list[bytes], limit: int, length: int | None, problem: type[Exception] | None) -> None:
    upload = Upload(pieces(*chunks), limit, length)

    async def read() -> bytes:
        return b"".join([chunk async for chunk in upload])

    if problem is None:
        assert asyncio.run(read()) == b"".join(chunks)
        assert upload.problem is None
    else:
        with pytest.raises(problem):
            asyncio.run(read())
        assert type(upload.problem) is problem


def test_whoever_waits_for_the_answer_is_told_when_the_body_breaks_off() -> None:
    told: list[str] = []

    async def main() -> None:
        upload = Upload(pieces(b"abc"), 2, None)
        upload.when_broken(lambda: told.append("then"))
        with pytest.raises(TooLarge):
            await anext(upload)
        upload.when_broken(lambda: told.append("afterwards"))

    asyncio.run(main())
    assert told == ["then", "afterwards"]


@pytest.mark.parametrize("chunks", [[b"abc"], [b"a", b"", b"bc"], [b"ab", b"c"]])
def test_a_short_body_is_put_together(chunks: list[bytes]) -> None:
    assert asyncio.run(read_short(pieces(*chunks), 3)) == b"abc"


@pytest.mark.parametrize("chunks", [[], [b"ab"], [b"abcd"], [b"ab", b"cd", b"ef"]])
def test_a_short_body_that_is_shorter_or_longer_than_it_says_is_none(chunks: list[bytes]) -> None:
    with pytest.raises(Incomplete):
        asyncio.run(read_short(pieces(*chunks), 3))


def test_a_long_body_goes_out_in_pieces_of_a_quarter_mebibyte() -> None:
    body = bytes(600_000)

    async def collected() -> list[bytes]:
        return [piece async for piece in sliced(body)]

    assert [len(piece) for piece in asyncio.run(collected())] == [262_144, 262_144, 75_712]
