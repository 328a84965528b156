"""One request to one app, and its answer back: streaming both ways, holding neither body.

Where it goes is the app's address alone; the request says only what is asked there. What has been sent is not sent twice, but for what may be
(RFC 9110 9.2.2: GET, PUT, DELETE and the like): aiohttp repeats it once if a kept connection turned out to be closed.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache

import aiohttp
from yarl import URL

from ..rewriting import Backend, BadBase, Rewriter, Treatment, rewriter_for
from ..versions import Line
from . import problems
from .answering import AnswerStream
from .answers import described, described_stream, plan_answer
from .model import MAXIMUM_BODY, Inbound, Outbound
from .preparing import BadHeader, NeverSent, made_ready
from .session import TIMEOUT
from .targets import BadTarget, Reserved
from .uploading import BadFraming, Incomplete, TooLarge, Upload

_BROKEN = (TimeoutError, aiohttp.ClientError, OSError)


async def forward(
    session: aiohttp.ClientSession,
    backend: Backend,
    request: Inbound,
    *,
    public_base: str,
    line: Line,
    limit: int = MAXIMUM_BODY,
    instance_id: str | None = None,
    idempotency_key: str | None = None,
    management: bool = False,
    timeout: aiohttp.ClientTimeout = TIMEOUT,
) -> Outbound:
    """`management`: the target was made by `management_target`, and the app is opened with its system key. Without it nothing of the Functions
    host itself can be reached.

    Whatever goes wrong with the app is an answer too (502, 503, 504), as is what is wrong with the request (400, 404, 405, 413). Cancelling ends
    the request to the app. What the body's iterator raises is raised again.
    """
    try:
        rewriter = rewriter_for(backend, public_base, line)
        ready = await made_ready(backend, request, str(line), instance_id, idempotency_key, limit, management)
    except (BadBase, BadTarget, BadFraming, Incomplete, TooLarge, NeverSent, BadHeader) as refused:
        return _refused(refused, line, limit)
    try:
        response = await session.request(
            request.method,
            _url(backend.base_url, ready.target),
            headers=ready.headers,
            data=ready.data,
            allow_redirects=False,
            timeout=timeout,
        )
    except _BROKEN as error:
        return _not_answered(error, ready.upload, line, limit)
    except ValueError as error:
        return problems.bad_request(line, "BadHeader", f"The request can't be sent on: {error}")
    return await _answer(response, ready.upload, request.method, ready.target, rewriter, line, limit)


def _refused(refused: Exception, line: Line, limit: int) -> Outbound:
    """Nothing of the request was sent."""
    if isinstance(refused, TooLarge):
        return problems.too_large(line, limit, sent=False)
    if isinstance(refused, NeverSent):
        return problems.problem(405, "MethodNotAllowed", "Requests of this method are not passed on.", line, sent=False)
    if isinstance(refused, Reserved):
        return problems.problem(404, "NotFound", f"Refused: {refused}.", line, sent=False)
    if isinstance(refused, BadTarget):
        return problems.bad_request(line, "BadTarget", f"Refused: {refused}.")
    if isinstance(refused, BadBase):
        return problems.bad_request(line, "BadHost", "The Host header is no host name.")
    if isinstance(refused, BadHeader):
        return problems.bad_request(line, "BadHeader", "A header is not UTF-8, and no app would read it.")
    return problems.bad_request(line, "BadBody", "The body is not as long as Content-Length says.")


async def _answer(
    response: aiohttp.ClientResponse, upload: Upload | None, method: str, target: str, rewriter: Rewriter, line: Line, limit: int
) -> Outbound:
    sent = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers]
    plan = plan_answer(method, response.status, sent, rewriter, target)
    if plan.treatment is Treatment.EMPTY:
        response.release()
        return Outbound(response.status, described_stream(plan), b"")
    if upload is not None:
        upload.when_broken(response.close)
    if not plan.read_whole:
        return Outbound(response.status, described_stream(plan), AnswerStream(response, rewriter.stream(plan.treatment)))
    try:
        content = response.content
        # Most short answers come in one piece with their head.
        body = content.read_nowait() if content.is_eof() else await content.read()
    except _BROKEN as error:
        response.close()
        return _not_answered(error, upload, line, limit)
    except BaseException:
        response.close()
        raise
    rewritten = rewriter.whole(plan.treatment, body)
    return Outbound(response.status, described(plan, rewritten, changed=rewritten != body), rewritten)


def _not_answered(error: Exception, upload: Upload | None, line: Line, limit: int) -> Outbound:
    """Before the answer has begun. Raises what the body's iterator has raised."""
    if upload is not None and upload.problem is not None:
        if isinstance(upload.problem, TooLarge):
            return problems.too_large(line, limit, sent=True)
        if isinstance(upload.problem, Incomplete):
            return problems.bad_request(line, "BadBody", "The body is not as long as Content-Length says.", sent=True)
        raise upload.problem
    cause = type(error).__name__  # its text may hold the query, and what callers put there
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return problems.unreachable(line, cause)
    if isinstance(error, asyncio.TimeoutError):
        return problems.too_slow(line, cause)
    return problems.broken(line, cause)


def _url(base_url: str, target: str) -> URL:
    """Neither decoded nor encoded again, and never another host: a target begins with one slash."""
    scheme, authority = _parts(base_url)
    path, _, query = target.partition("?")
    return URL.build(scheme=scheme, authority=authority, path=path, query_string=query, encoded=True)


@lru_cache(maxsize=512)
def _parts(base_url: str) -> tuple[str, str]:
    scheme, _, authority = base_url.partition("://")
    return scheme, authority


__all__ = ["forward"]
