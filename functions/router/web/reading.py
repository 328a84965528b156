"""A request's body as a whole, up to a limit."""

from __future__ import annotations

from collections.abc import AsyncIterator


class TooLong(ValueError):
    pass


async def whole(body: AsyncIterator[bytes] | bytes, limit: int) -> bytes:
    """Never holds more than `limit` bytes and one piece. Raises TooLong, and what the iterator raises."""
    if isinstance(body, bytes):
        if len(body) > limit:
            raise TooLong
        return body
    parts, length = [], 0
    async for part in body:
        length += len(part)
        if length > limit:
            raise TooLong
        parts.append(part)
    return b"".join(parts)


__all__ = ["TooLong", "whole"]
