"""Bodies that stream through: at once in both directions, as fast as the slower side, and in constant memory."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

from functions.router.forwarding import BackendBroke

from .apps import asked, pieces, read, said, serving

MEBIBYTE = 1024 * 1024
PIECE = bytes(64 * 1024)
HELD = 4 * MEBIBYTE
"""Of router, app and caller together: they all run in this process. Buffers of sockets are the kernel's."""


@contextmanager
def held_at_most(limit: int) -> Iterator[None]:
    tracemalloc.start(1)
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        yield
        assert tracemalloc.get_traced_memory()[1] - before <= limit
    finally:
        tracemalloc.stop()


def test_64_mebibytes_up_are_never_held() -> None:
    async def main() -> int:
        async def count(request: web.BaseRequest) -> web.Response:
            seen = 0
            async for chunk in request.content.iter_any():
                seen += len(chunk)
                await asyncio.sleep(0)  # slower than the caller: what he sends must not pile up
            return web.Response(text=str(seen))

        async def body() -> AsyncIterator[bytes]:
            for _ in range(1024):
                yield PIECE

        async with serving(count) as app:
            with held_at_most(HELD):
                return int(await read(await app.forward(asked("POST", headers=[("Transfer-Encoding", "chunked")], body=body()))))

    assert asyncio.run(main()) == 64 * MEBIBYTE


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/json"])
def test_64_mebibytes_down_are_never_held(content_type: str) -> None:
    async def main() -> int:
        async def give(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": content_type})
            await response.prepare(request)
            for _ in range(1024):
                await response.write(PIECE)
            return response

        seen = 0
        async with serving(give) as app:
            with held_at_most(HELD):
                async with await app.forward(asked()) as answer:
                    async for chunk in answer.chunks():
                        seen += len(chunk)
                        await asyncio.sleep(0)
        return seen

    assert asyncio.run(main()) == 64 * MEBIBYTE


def test_a_body_that_is_there_is_not_copied_as_a_whole() -> None:
    body = bytes(32 * MEBIBYTE)

    async def main() -> int:
        async def count(request: web.BaseRequest) -> web.Response:
            return web.Response(text=str(sum([len(chunk) async for chunk in request.content.iter_any()])))

        async with serving(count) as app:
            with held_at_most(HELD):
                return int(await read(await app.forward(asked("POST", body=body))))

    assert asyncio.run(main()) == len(body)


def test_an_answer_can_depend_on_what_is_sent_after_it_has_begun() -> None:
    async def main() -> list[bytes]:
        async def echo(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            async for chunk in request.content.iter_any():
                await response.write(chunk)
            return response

        echoed: asyncio.Queue[bytes] = asyncio.Queue()

        async def body() -> AsyncIterator[bytes]:
            yield b"0"
            for number in range(1, 5):
                assert await echoed.get() == str(number - 1).encode()
                yield str(number).encode()

        received = []
        async with (
            serving(echo) as app,
            await app.forward(asked("POST", headers=[("Transfer-Encoding", "chunked")], body=body())) as answer,
        ):
            async for chunk in answer.chunks():
                received.append(chunk)
                echoed.put_nowait(chunk)
        return received

    assert asyncio.run(main()) == [b"0", b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize("content_type", ["text/event-stream", "application/json", "text/plain", "application/octet-stream"])
def test_what_an_app_has_said_arrives_before_it_says_more(content_type: str) -> None:
    async def main() -> list[bytes]:
        read_on = asyncio.Event()

        async def events(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": content_type})
            await response.prepare(request)
            await response.write(b"data: 1\n\n")
            await read_on.wait()
            await response.write(b"data: 2\n\n")
            return response

        received = []
        async with serving(events) as app, await app.forward(asked()) as answer:
            async for chunk in answer.chunks():
                received.append(chunk)
                read_on.set()
        return received

    assert asyncio.run(main()) == [b"data: 1\n\n", b"data: 2\n\n"]


def test_an_app_that_refuses_a_body_is_heard_before_the_body_ends() -> None:
    async def main() -> tuple[int, bytes, list[int]]:
        accepted: list[int] = []

        async def refuse(request: web.BaseRequest) -> web.Response:
            accepted.append(id(request.transport))
            return web.Response(status=413, text="too much")

        async def endless() -> AsyncIterator[bytes]:
            yield b"beginning"
            await asyncio.Event().wait()

        async with serving(refuse) as app:
            answer = await app.forward(asked("POST", headers=[("Content-Length", str(MEBIBYTE))], body=endless()))
            body = await read(answer)
            await app.forward(asked())
            return answer.status, body, accepted

    status, body, accepted = asyncio.run(main())
    assert (status, body) == (413, b"too much")
    # The connection on which half a request was sent carries no other one.
    assert len(set(accepted)) == 2


def test_whoever_stops_reading_ends_the_request_to_the_app() -> None:
    async def main() -> None:
        ended = asyncio.Event()

        async def endless(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while True:
                    await response.write(PIECE)
            finally:
                ended.set()

        async with serving(endless) as app:
            async with await app.forward(asked()) as answer:
                async for _ in answer.chunks():
                    break
            await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(main())


@pytest.mark.parametrize("begun", [False, True], ids=["before the answer", "within a short answer"])
def test_cancelling_ends_the_request_to_the_app(begun: bool) -> None:
    async def main() -> None:
        there, ended = asyncio.Event(), asyncio.Event()

        async def wait(request: web.BaseRequest) -> web.StreamResponse:
            if begun:
                response = web.StreamResponse(headers={"Content-Length": "100"})
                await response.prepare(request)
                await response.write(b"half")
            there.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
            return web.Response()

        async with serving(wait) as app:
            asking = asyncio.create_task(app.forward(asked()))
            await there.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(main())


class Gone(Exception):
    """The caller has."""


@pytest.mark.parametrize("framing", [("Transfer-Encoding", "chunked"), ("Content-Length", "1000000"), ("Content-Length", "1000")])
def test_a_caller_who_goes_while_he_sends_is_no_whole_request_to_the_app(framing: tuple[str, str]) -> None:
    async def main() -> list[str]:
        seen: list[str] = []
        came, ended = asyncio.Event(), asyncio.Event()

        async def receive(request: web.BaseRequest) -> web.Response:
            came.set()
            try:
                seen.append(f"whole: {len(await request.read())}")
            except BaseException as problem:
                seen.append(type(problem).__name__)
                raise
            finally:
                ended.set()
            return web.Response()

        small = framing[1] == "1000"

        async def body() -> AsyncIterator[bytes]:
            yield b"half"
            if not small:
                await came.wait()
            raise Gone

        async with serving(receive) as app:
            with pytest.raises(Gone):
                await app.forward(asked("POST", headers=[framing], body=body()))
            if not small:
                await asyncio.wait_for(ended.wait(), 10)
        return seen

    seen = asyncio.run(main())
    assert not any(each.startswith("whole") for each in seen)
    assert bool(seen) is (framing[1] != "1000")  # a short body is read before anything is sent


def test_a_caller_who_goes_while_the_answer_streams_breaks_it() -> None:
    async def main() -> None:
        async def talk_on(request: web.BaseRequest) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(b"begun")
            await request.read()
            return response

        going = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield b"half"
            await going.wait()
            raise Gone

        async with serving(talk_on) as app:
            answer = await app.forward(asked("POST", headers=[("Transfer-Encoding", "chunked")], body=body()))
            received = []
            with pytest.raises(BackendBroke):
                async for chunk in answer.chunks():
                    received.append(chunk)
                    going.set()
            assert received == [b"begun"]

    asyncio.run(main())


def test_a_stream_of_known_length_says_so() -> None:
    async def main() -> tuple[list[str], int]:
        async def give(request: web.BaseRequest) -> web.Response:
            return web.Response(body=bytes(200_000), content_type="image/png")

        async with serving(give) as app:
            answer = await app.forward(asked(body=pieces()))
            return said(answer, "content-length"), len(await read(answer))

    assert asyncio.run(main()) == (["200000"], 200_000)
