"""A request that goes to an app and an answer that comes back, over real connections."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from functions.router.forwarding import Headers, Outbound

from .apps import KEY, PUBLIC, SYSTEM_KEY, asked, code_of, head_of, pieces, read, said, serving, talking


def exchanged(request_headers: Headers, answer: bytes, **options: object) -> tuple[list[str], Outbound, bytes]:
    """What went over the wire, and what came of `answer`."""

    async def main() -> tuple[list[str], Outbound, bytes]:
        heads: list[str] = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await head_of(reader))
            writer.write(answer)
            await writer.drain()

        async with talking(talk) as app:
            outbound = await app.forward(asked(headers=request_headers), **options)
            body = await read(outbound)
            return heads[0].replace(app.backend.host, "<app>").split("\r\n")[:-2], outbound, body

    return asyncio.run(main())


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_on_the_wire_there_is_what_the_caller_sent_and_what_the_router_says_and_nothing_else() -> None:
    wire, outbound, body = exchanged([("Accept", "a/b"), ("X-Forwarded-For", "1.2.3.4"), ("X-Twice", "1"), ("X-Twice", "2")], OK)
    assert wire == [
        "GET /api/orders HTTP/1.1",
        "Host: <app>",
        "Accept: a/b",
        "X-Twice: 1",
        "X-Twice: 2",
        "X-Durable-Deploy-Line: 1.0",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: orders.example.com",
        "X-Forwarded-For: 203.0.113.7",
        f"X-Functions-Key: {KEY}",
    ]
    assert (outbound.status, outbound.headers, body, outbound.sent) == (200, [("Content-Length", "2")], b"ok", True)


def test_a_start_carries_the_id_and_the_key_that_make_it_one() -> None:
    wire, _, _ = exchanged([], OK, instance_id="1.0-7f", idempotency_key="7f")
    assert wire[-2:] == ["X-Durable-Instance-Id: 1.0-7f", "Idempotency-Key: 7f"]


def test_management_is_opened_with_the_system_key_and_asks_for_no_compression_that_would_hide_addresses() -> None:
    async def main() -> str:
        heads: list[str] = []

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await head_of(reader))
            writer.write(OK)

        async with talking(talk) as app:
            target = "/runtime/webhooks/durabletask/instances/7?taskHub=T"
            await read(await app.forward(asked(target=target, headers=[("Accept-Encoding", "gzip")]), management=True))
        return heads[0]

    head = asyncio.run(main())
    assert f"X-Functions-Key: {SYSTEM_KEY}\r\n" in head and KEY not in head and "gzip" not in head


@pytest.mark.parametrize("target", ["/api/a%2Fb%2fc?d=%2F&e=+%20&e", "/api/f%C3%A4hre;v=1", '/api/x?q=a\\b{c}|^`"<>', "/api//x?"])
def test_the_target_arrives_byte_for_byte(target: str) -> None:
    async def main() -> str:
        async def echo(request: web.BaseRequest) -> web.Response:
            return web.Response(body=request.raw_path.encode(), content_type="application/octet-stream")

        async with serving(echo) as app:
            return (await read(await app.forward(asked(target=target)))).decode()

    assert asyncio.run(main()) == target.removesuffix("?")


@pytest.mark.parametrize("value", ["Zo\xc3\xab", "caf\xc3\xa9 \xe2\x82\xac"])
def test_a_header_in_utf8_arrives_byte_for_byte(value: str) -> None:
    wire, _, _ = exchanged([("X-Name", value)], OK)
    assert f"X-Name: {value}" in wire


@pytest.mark.parametrize("value", ["Zo\xeb", "a\r\nX-Forged: 1", "a\nb", "a\x00b"])
def test_a_header_that_an_app_could_not_read_is_refused_before_anything_is_sent(value: str) -> None:
    async def main() -> tuple[Outbound, int]:
        calls = []

        async def count(request: web.BaseRequest) -> web.Response:
            calls.append(request)
            return web.Response()

        async with serving(count) as app:
            return await app.forward(asked(headers=[("X-Name", value)])), len(calls)

    outbound, calls = asyncio.run(main())
    assert isinstance(outbound.body, bytes)
    assert (outbound.status, code_of(outbound.body), outbound.sent, calls) == (400, "BadHeader", False, 0)
    assert KEY not in outbound.body.decode()


def test_an_answers_headers_come_back_byte_for_byte_and_as_often_as_they_came() -> None:
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-Name: Zo\xeb \xc3\xab\r\nServer: x\r\nContent-Length: 0\r\n\r\n"
    _, outbound, _ = exchanged([], answer)
    assert outbound.headers == [("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("X-Name", "Zo\xeb \xc3\xab"), ("Content-Length", "0")]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_the_callers_to_follow_at_the_router(status: int) -> None:
    _, outbound, _ = exchanged([], b"HTTP/1.1 %d Go\r\nLocation: /api/other\r\nContent-Length: 0\r\n\r\n" % status)
    assert (outbound.status, said(outbound, "location")) == (status, [f"{PUBLIC}/api/_line/1.0/api/other"])


@pytest.mark.parametrize(
    ("method", "answer", "status", "length"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n", 200, ["1000"]),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", 204, []),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 1000\r\n\r\n", 304, ["1000"]),
        ("GET", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ["0"]),
    ],
)
def test_an_answer_without_a_body_is_over_with_its_head(method: str, answer: bytes, status: int, length: list[str]) -> None:
    async def main() -> Outbound:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await head_of(reader)
            writer.write(answer)
            await writer.drain()
            await reader.read()  # stays open: whoever waits for a body waits for ever

        async with talking(talk) as app:
            return await app.forward(asked(method))

    outbound = asyncio.run(main())
    assert (outbound.status, outbound.body, said(outbound, "content-length")) == (status, b"", length)


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
def test_a_compressed_body_passes_as_it_is_in_both_directions(chunked: bool) -> None:
    packed = gzip.compress(b"x" * 1000)

    async def main() -> tuple[bytes, bytes, list[str]]:
        seen = []

        async def pack(request: web.BaseRequest) -> web.StreamResponse:
            assert request.headers["Content-Encoding"] == "gzip"
            assert ("Content-Length" in request.headers) is not chunked
            seen.append(await request.read())  # aiohttp's server unpacks what says to be packed
            response = web.StreamResponse(headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
            response.content_length = None if chunked else len(packed)
            await response.prepare(request)
            await response.write(packed)
            return response

        async with serving(pack) as app:
            framing = ("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(packed)))
            request = asked("POST", headers=[("Content-Encoding", "gzip"), framing], body=pieces(packed[:10], packed[10:]))
            answer = await app.forward(request)
            return seen[0], await read(answer), said(answer, "content-encoding")

    assert asyncio.run(main()) == (b"x" * 1000, packed, ["gzip"])


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
@pytest.mark.parametrize("body", [b"", b"abc", b"x" * 300_000])
def test_each_method_passes_with_and_without_a_body(method: str, body: bytes) -> None:
    async def main() -> list[tuple[str, int, bool, bytes]]:
        seen = []

        async def note(request: web.BaseRequest) -> web.Response:
            received = await request.read()
            seen.append((request.method, len(received), "Content-Type" in request.headers, received))
            return web.Response()

        async def source() -> AsyncIterator[bytes]:
            yield body

        async with serving(note) as app:
            await app.forward(asked(method, body=body))
            await app.forward(asked(method, headers=[("Content-Length", str(len(body)))], body=source()))
            await app.forward(asked(method, headers=[("Transfer-Encoding", "chunked")], body=source()))
        return seen

    assert asyncio.run(main()) == [(method, len(body), False, body)] * 3


@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "in chunks"])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_a_management_payload_is_rewritten_however_it_comes(content_type: str, chunked: bool) -> None:
    async def main() -> tuple[str, str, list[str]]:
        async def start(request: web.BaseRequest) -> web.StreamResponse:
            url = f"http://{request.host}/runtime/webhooks/durabletask/instances/7?taskHub=T&connection=C&code={SYSTEM_KEY}"
            body = json.dumps({"id": "7", "statusQueryGetUri": url}).encode()
            response = web.StreamResponse(status=202, headers={"Location": url, "Content-Type": content_type, "ETag": '"1"'})
            response.content_length = None if chunked else len(body)
            await response.prepare(request)
            await response.write(body[:60])
            await response.write(body[60:])
            return response

        async with serving(start) as app:
            outbound = await app.forward(asked("POST"))
            body = await read(outbound)
            assert said(outbound, "content-length") == ([] if chunked else [str(len(body))]) and said(outbound, "etag") == []
            return json.loads(body)["statusQueryGetUri"], said(outbound, "location")[0], sorted(json.loads(body))

    url = f"{PUBLIC}/api/_durable/1.0/instances/7"
    assert asyncio.run(main()) == (url, url, ["id", "statusQueryGetUri"])


def test_an_app_that_repeats_all_that_it_was_sent_gives_no_key_away() -> None:
    async def main() -> bytes:
        async def echo(request: web.BaseRequest) -> web.Response:
            return web.json_response(dict(request.headers), headers={"X-Echo": request.headers["X-Functions-Key"]})

        async with serving(echo) as app:
            outbound = await app.forward(asked())
            return await read(outbound) + repr(outbound.headers).encode()

    assert KEY.encode() not in asyncio.run(main())


def test_no_cookie_of_one_answer_is_sent_with_the_next_request() -> None:
    async def main() -> list[bool]:
        seen = []

        async def give(request: web.BaseRequest) -> web.Response:
            seen.append("Cookie" in request.headers)
            return web.Response(headers={"Set-Cookie": "session=1; Path=/"})

        async with serving(give) as app:
            # A cookie jar, if there was one, would not take cookies of a numeric address.
            app.backend = replace(app.backend, base_url=app.backend.base_url.replace("127.0.0.1", "localhost"))
            for _ in range(2):
                assert (await app.forward(asked())).status == 200
        return seen

    assert asyncio.run(main()) == [False, False]
