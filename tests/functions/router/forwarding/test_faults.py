"""Apps that are away, break or dawdle, and callers who send too much: each has an answer, and nothing is sent twice that may not be."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from functions.router.forwarding import Backend, BackendBroke, Headers, Outbound, forward, open_session

from .apps import KEY, LINE, PUBLIC, App, asked, code_of, head_of, pieces, read, said, serving, talking

SOON = aiohttp.ClientTimeout(total=0.05)


def shown(answer: Outbound) -> tuple[int, str, bool]:
    assert isinstance(answer.body, bytes)
    assert said(answer, "content-type") == ["application/json"] and said(answer, "cache-control") == ["no-store"]
    assert said(answer, "content-length") == [str(len(answer.body))]
    assert json.loads(answer.body)["error"]["line"] == "1.0"
    # Neither where the app is nor what opens it.
    for secret in (KEY, "127.0.0.1", "orders-1x0"):
        assert secret not in answer.body.decode() + answer.cause
    return answer.status, code_of(answer.body), answer.sent


def test_an_app_that_nobody_answers_for_was_sent_nothing() -> None:
    async def main() -> Outbound:
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))  # and does not listen
            async with open_session() as session:
                backend = Backend(f"http://127.0.0.1:{bound.getsockname()[1]}", KEY)
                return await forward(session, backend, asked("POST", body=b"x"), public_base=PUBLIC, line=LINE)

    answer = asyncio.run(main())
    assert (shown(answer), said(answer, "retry-after"), answer.cause) == ((503, "AppUnreachable", False), ["5"], "ClientConnectorError")


def talked(answer: bytes, method: str = "GET", *, stays: bool = False, **options: object) -> Outbound:
    """What comes of an app that says this and hangs up, or does not."""

    async def main() -> Outbound:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await head_of(reader)
            writer.write(answer)
            await writer.drain()
            if stays:
                await reader.read()

        async with talking(talk) as app:
            return await app.forward(asked(method), **options)

    return asyncio.run(main())


@pytest.mark.parametrize(
    "said_by_app",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 4\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_an_app_that_breaks_before_a_whole_short_answer_is_a_bad_gateway(said_by_app: bytes) -> None:
    answer = talked(said_by_app, "POST")
    assert (shown(answer), said(answer, "retry-after")) == ((502, "AppBroke", True), ["5"])


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"], ids=["not begun", "a short answer begun"])
def test_an_app_that_dawdles_is_a_gateway_timeout_without_an_invitation_to_repeat(begun: bytes) -> None:
    answer = talked(begun, stays=True, timeout=SOON)
    assert (shown(answer), said(answer, "retry-after")) == ((504, "AppTooSlow", True), [])


@pytest.mark.parametrize("stays", [False, True], ids=["hangs up", "dawdles"])
@pytest.mark.parametrize("framing", ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
def test_an_answer_that_ends_half_way_is_no_whole_answer_to_the_caller(framing: str, stays: bool) -> None:
    async def main() -> list[bytes]:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await head_of(reader)
            writer.write(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode() + b"4\r\nhalf\r\n")
            await writer.drain()
            if stays:
                await reader.read()

        received = []
        async with talking(talk) as app:
            answer = await app.forward(asked(), timeout=aiohttp.ClientTimeout(total=0.3) if stays else aiohttp.ClientTimeout(total=30))
            assert answer.status == 200
            with pytest.raises(BackendBroke) as caught:
                async for chunk in answer.chunks():
                    received.append(chunk)
            assert str(caught.value) in (
                "TimeoutError in the middle of an answer",
                "ClientPayloadError in the middle of an answer",
                "SocketTimeoutError in the middle of an answer",
            )
        return received

    assert b"half" in b"".join(asyncio.run(main()))


def arrivals(method: str, headers: Headers, body: AsyncIterator[bytes] | bytes) -> tuple[int, int]:
    """Status, and how often the app has seen the request, after it has closed the connection that was kept open from another one."""

    async def main() -> tuple[int, int]:
        served = 0
        seen = 0

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal served, seen
            served += 1
            first = served == 1
            head = await head_of(reader)
            seen += " /api/orders " in head
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            if first:
                await head_of(reader)  # and not a word more
                seen += 1

        async with talking(talk) as app:
            assert (await app.forward(asked(target="/api/first"))).status == 200
            return (await app.forward(asked(method, headers=headers, body=body))).status, seen

    return asyncio.run(main())


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_what_may_be_repeated_is_repeated_once_when_a_kept_connection_was_closed(method: str) -> None:
    assert arrivals(method, [], b"") == (200, 2)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_not_be_repeated_is_sent_once(method: str) -> None:
    assert arrivals(method, [], b"") == (502, 1)
    assert arrivals(method, [], b"body") == (502, 1)


def test_a_body_that_has_begun_to_stream_is_never_sent_again_without_its_beginning() -> None:
    assert arrivals("PUT", [("Transfer-Encoding", "chunked")], pieces(b"a", b"b")) == (502, 1)


def uploaded(headers: Headers, body: AsyncIterator[bytes] | bytes, limit: int) -> tuple[Outbound, list[str]]:
    """The answer, and what the app made of the request."""

    async def main() -> tuple[Outbound, list[str]]:
        seen: list[str] = []
        ended = asyncio.Event()

        async def receive(request: web.BaseRequest) -> web.Response:
            seen.append("came")
            try:
                seen.append(f"whole: {len(await request.read())}")
            except Exception as problem:
                seen.append(type(problem).__name__)
                raise
            finally:
                ended.set()
            return web.Response()

        async with serving(receive) as app:
            answer = await app.forward(asked("POST", headers=headers, body=body), limit=limit)
            if seen:
                await asyncio.wait_for(ended.wait(), 10)
            return answer, seen

    return asyncio.run(main())


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(10_000)


CHUNKED = ("Transfer-Encoding", "chunked")


@pytest.mark.parametrize(
    ("headers", "body"),
    [([], bytes(101)), ([("Content-Length", "101")], pieces(bytes(101))), ([("Content-Length", "999999999999999")], endless())],
)
def test_a_body_that_says_to_be_too_long_is_refused_unread(headers: Headers, body: AsyncIterator[bytes] | bytes) -> None:
    answer, seen = uploaded(headers, body, 100)
    assert (shown(answer), seen) == ((413, "BodyTooLarge", False), [])


def test_a_body_that_turns_out_to_be_too_long_is_cut_so_that_the_app_sees_it() -> None:
    answer, seen = uploaded([CHUNKED], endless(), 100_000)
    assert shown(answer) == (413, "BodyTooLarge", True)
    assert not any(each.startswith("whole") for each in seen)


@pytest.mark.parametrize(("headers", "limit"), [([], 100), ([("Content-Length", "100")], 100), ([CHUNKED], 100)])
def test_a_body_of_just_the_limit_passes(headers: Headers, limit: int) -> None:
    answer, seen = uploaded(headers, pieces(bytes(60), bytes(40)) if headers else bytes(100), limit)
    assert (answer.status, seen) == (200, ["came", "whole: 100"])


@pytest.mark.parametrize("length", [5, 9, 100_000, 300_000])
def test_a_body_that_is_not_as_long_as_it_says_is_no_request_to_the_app(length: int) -> None:
    body = pieces(b"1234567") if length != 100_000 else pieces(bytes(100_000), b"x")
    answer, seen = uploaded([("Content-Length", str(length))], body, 1_000_000)
    assert shown(answer) == (400, "BadBody", length > 65536)
    assert length == 100_000 or not any(each.startswith("whole") for each in seen)


@pytest.mark.parametrize("said_length", [["-1"], ["1", "2"], ["0x5"]])
def test_a_length_that_makes_no_sense_is_refused(said_length: list[str]) -> None:
    answer, seen = uploaded([("Content-Length", value) for value in said_length], pieces(b"12345"), 100)
    assert (shown(answer), seen) == ((400, "BadBody", False), [])


def refused(request_target: str = "/api/orders", method: str = "GET", public_base: str = PUBLIC, **options: object) -> Outbound:
    async def main() -> Outbound:
        async def never(request: web.BaseRequest) -> web.Response:
            raise AssertionError("it was sent")

        async with serving(never) as app:
            return await forward(
                app.session,
                app.backend,
                asked(method, request_target),
                public_base=public_base,
                line=LINE,
                **options,  # type: ignore[arg-type]
            )

    return asyncio.run(main())


@pytest.mark.parametrize("target", ["//elsewhere.example/x", "http://elsewhere.example/x", "/api/../admin", "/api/%00", "/a b", ""])
def test_a_target_that_could_lead_elsewhere_is_refused(target: str) -> None:
    assert shown(refused(target)) == (400, "BadTarget", False)


@pytest.mark.parametrize("target", ["/admin/host/keys", "/runtime/webhooks/durabletask/instances", "/%61dmin/functions"])
def test_the_hosts_own_endpoints_are_not_there(target: str) -> None:
    assert shown(refused(target)) == (404, "NotFound", False)


def test_management_leads_nowhere_but_to_the_durable_api() -> None:
    assert shown(refused("/admin/host/keys", management=True)) == (404, "NotFound", False)
    assert shown(refused("/api/orders", management=True)) == (404, "NotFound", False)


@pytest.mark.parametrize("method", ["TRACE", "trace", "CONNECT"])
def test_methods_that_repeat_headers_or_open_tunnels_are_refused(method: str) -> None:
    assert shown(refused(method=method)) == (405, "MethodNotAllowed", False)


@pytest.mark.parametrize("base", ["https://evil.example/path", "https://a b", 'https://x"y', "https://user@x"])
def test_a_host_header_that_is_none_is_not_written_into_answers(base: str) -> None:
    answer = refused(public_base=base)
    assert shown(answer) == (400, "BadHost", False)
    assert isinstance(answer.body, bytes) and base.encode() not in answer.body


@pytest.mark.parametrize("method", ["GET\r\nX-Forged: 1", "GET /x HTTP/1.1\r\n\r\nGET"])
def test_a_method_that_is_more_than_a_word_is_refused(method: str) -> None:
    assert shown(refused(method=method))[::2] == (400, False)


def test_after_every_fault_the_next_request_is_answered() -> None:
    async def main() -> list[int]:
        turn = 0

        async def sometimes(request: web.BaseRequest) -> web.Response:
            nonlocal turn
            turn += 1
            if turn % 2:
                assert request.transport is not None
                request.transport.abort()
            return web.Response(text="fine")

        async def ask(app: App) -> int:
            answer = await app.forward(asked("POST"))
            await read(answer)
            return answer.status

        async with serving(sometimes) as app:
            return [await ask(app) for _ in range(6)]

    assert asyncio.run(main()) == [502, 200] * 3
