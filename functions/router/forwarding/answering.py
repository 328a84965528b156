"""The app's body on its way to the caller: as it comes, as fast as the caller takes it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from ..rewriting import BodyRewriter
from .model import BackendBroke


class AnswerStream:
    """Reads on when it is asked for more: what has not been asked for waits in the app, not here (aiohttp holds 128 KiB at most per answer)."""

    def __init__(self, response: aiohttp.ClientResponse, rewriter: BodyRewriter | None = None) -> None:
        self._response, self._rewriter = response, rewriter
        self._ended = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while not self._ended:
            try:
                chunk = await self._response.content.readany()
            except (TimeoutError, aiohttp.ClientError, OSError) as problem:
                await self.aclose()
                raise BackendBroke(f"{type(problem).__name__} in the middle of an answer") from problem
            except BaseException:
                await self.aclose()
                raise
            if not chunk:
                self._ended = True  # aiohttp has taken the connection back
                chunk = self._rewriter.finish() if self._rewriter else b""
            elif self._rewriter:
                chunk = self._rewriter.feed(chunk)
            if chunk:
                return chunk
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends the connection to the app unless the answer is complete."""
        if not self._ended:
            self._ended = True
            self._response.close()


__all__ = ["AnswerStream"]
