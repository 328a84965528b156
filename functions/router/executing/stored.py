"""Stored requests, sent to their app a few at a time: each is claimed before it is sent, and answered once.

A router that dies between the two leaves a claimed request behind. A start by Durable's own interface has its instance id: it is sent again if
the app knows no such instance. It has to be asked first, because Durable Functions begins an id anew once its instance has ended (Microsoft
docs, "host.json settings", overridableExistingInstanceStates). Of anything else nobody can know whether it ran, and its caller is told so.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from urllib.parse import urlsplit

from ..arm import ArmProblem
from ..forwarding import BackendBroke, Inbound, Outbound, forward, problem
from ..forwarding.problems import broken
from ..forwarding.session import TOTAL_SECONDS
from ..keeping import Answer, Conflict, RequestState, StoredRequest
from ..lines import LineRow
from ..rewriting import Backend, NotManagement, management_target
from .context import Context

ABANDONED_AFTER = timedelta(seconds=TOTAL_SECONDS + 60)
"""No exchange takes longer, so that whoever has claimed it is gone."""
AT_ONCE = 8
"""Requests that are sent to one app side by side: it has only just started."""
LONGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer that can be kept."""


async def forward_stored(context: Context, row: LineRow) -> int:
    """How many were answered. Ends early where the app can't be reached: the next pass goes on. Raises what went wrong beside the app."""
    gate, is_reached = asyncio.Semaphore(AT_ONCE), True

    async def one(request: StoredRequest) -> bool:
        nonlocal is_reached
        async with gate:
            if not is_reached:
                return False
            try:
                is_reached = await _answered(context, row, request)
            except Conflict:
                return False
            except BaseException:
                is_reached = False
                raise
            return is_reached

    waiting = [request for request in await context.requests.waiting(row.line) if not _is_anothers(request, context)]
    results = await asyncio.gather(*(one(request) for request in waiting), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return sum(result is True for result in results)


async def _answered(context: Context, row: LineRow, request: StoredRequest) -> bool:
    """False: nothing of it has reached the app, and it waits on. Raises Conflict if another router has it."""
    claimed = await context.requests.claim(request, context.now())
    if request.state is RequestState.FORWARDING and request.instance_id is None:
        await context.requests.finish(claimed, await _kept(_nobody_knows(request)))
        return True
    try:
        backend = await context.backend_of(row)
        target, management = _target(request, backend)
    except NotManagement as refused:
        await context.requests.finish(claimed, await _kept(problem(404, "NotFound", f"Refused: {refused}.", request.line, sent=False)))
        return True
    except Exception as error:
        await context.requests.unclaim(claimed)
        if isinstance(error, ArmProblem):
            return False
        raise
    answer = None if management and backend.system_key is None else await _sent(context, row, claimed, backend, target)
    if answer is None:
        await context.requests.unclaim(claimed)
        return False
    await context.requests.finish(claimed, answer)
    return True


async def give_up(context: Context, row: LineRow, why: str) -> int:
    """Answers all of them: no app will. With 410, but for those that may have reached an app that is gone."""
    answered = 0
    for request in await context.requests.waiting(row.line):
        if _is_anothers(request, context):
            continue
        try:
            claimed = await context.requests.claim(request, context.now())
            await context.requests.finish(claimed, await _kept(_given_up(request, why)))
            answered += 1
        except Conflict:
            continue
    return answered


def _is_anothers(request: StoredRequest, context: Context) -> bool:
    claimed = request.claimed_at
    return request.state is RequestState.FORWARDING and claimed is not None and context.now() - claimed < ABANDONED_AFTER


async def _sent(context: Context, row: LineRow, request: StoredRequest, backend: Backend, target: str) -> Answer | None:
    """None: nothing of it has reached the app, or it is a start that can be sent again."""
    is_start = request.instance_id is not None
    if is_start and request.attempts > 1:
        begun = await _is_begun(context, row, request, backend)
        if begun is not False:
            return None if begun is None else _started_before(request)
    outbound = await _forwarded(context, row, request, backend, request.method, target, request.body)
    if outbound.cause and (is_start or not outbound.sent):  # Without a cause it is the proxy's refusal, which is no other the next time.
        await outbound.aclose()
        return None
    try:
        answer = await _kept(outbound)
    except BackendBroke:
        return None if is_start else await _kept(broken(row.line, "BackendBroke"))
    return _started_before(request) if answer.status == 409 and is_start and request.attempts > 1 else answer


async def _is_begun(context: Context, row: LineRow, request: StoredRequest, backend: Backend) -> bool | None:
    """Whether the app knows the instance of a start that may have been sent before. None: it does not say."""
    target = management_target("GET", f"/instances/{request.instance_id}", "showInput=false", backend)
    async with await _forwarded(context, row, request, backend, "GET", target, b"") as outbound:
        if outbound.status in (200, 202):
            return True
        return False if outbound.status == 404 and outbound.sent and not outbound.cause else None


async def _forwarded(
    context: Context, row: LineRow, request: StoredRequest, backend: Backend, method: str, target: str, body: bytes
) -> Outbound:
    base = urlsplit(request.public_base)
    headers = list(request.headers) if method == request.method else []
    return await forward(
        context.session,
        backend,
        Inbound(method, target, headers, body, base.scheme, base.netloc, ""),
        public_base=request.public_base,
        line=row.line,
        instance_id=request.instance_id or f"{row.line}-{request.id}",
        idempotency_key=request.id,
        management=request.instance_id is not None,
    )


def _target(request: StoredRequest, backend: Backend) -> tuple[str, bool]:
    if request.instance_id is None:
        return request.target, False
    path, _, query = request.target.partition("?")
    return management_target(request.method, path, query, backend), True


async def _kept(outbound: Outbound) -> Answer:
    parts, length = [], 0
    async with outbound:
        async for part in outbound.chunks():
            length += len(part)
            if length > LONGEST_ANSWER:
                return await _kept(problem(502, "AnswerTooLong", f"The app has answered {outbound.status}, with more than can be kept."))
            parts.append(part)
    return Answer(outbound.status, tuple(outbound.headers), b"".join(parts))


def _started_before(request: StoredRequest) -> Answer:
    """The first try has reached the app after all: its instance is there, which is what the caller wants to hear."""
    uri = f"{request.public_base}/api/_durable/{request.line}/instances/{request.instance_id}"
    body = json.dumps({"id": request.instance_id, "statusQueryGetUri": uri}).encode()
    return Answer(202, (("Content-Type", "application/json"), ("Location", uri), ("Retry-After", "10")), body)


def _given_up(request: StoredRequest, why: str) -> Outbound:
    if request.state is RequestState.FORWARDING:
        return _nobody_knows(request)
    return problem(410, "LineRetired", f"The request was not forwarded: {why}.", request.line, sent=False)


def _nobody_knows(request: StoredRequest) -> Outbound:
    message = (
        f"The router ended while it sent the request to the app of line {request.line}. The app may have carried it out: look there before you "
        f"send it again. Its Idempotency-Key was {request.id}."
    )
    return problem(504, "MayHaveRun", message, request.line)


__all__ = ["ABANDONED_AFTER", "forward_stored", "give_up"]
