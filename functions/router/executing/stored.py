"""Stored requests, sent to their app one after the other: each is claimed before it is sent, and answered once.

A router that dies between the two leaves a claimed request behind. A start by Durable's own interface has its instance id, so that sending it
again starts nothing new; of anything else nobody can know whether it ran, and its caller is told so.
"""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlsplit

from ..arm import ArmProblem
from ..forwarding import Inbound, Outbound, forward, problem
from ..forwarding.session import TOTAL_SECONDS
from ..keeping import Answer, Conflict, RequestState, StoredRequest
from ..lines import LineRow
from ..rewriting import Backend, management_target
from .context import Context

ABANDONED_AFTER = timedelta(seconds=TOTAL_SECONDS + 60)
"""No exchange takes longer, so that whoever has claimed it is gone."""
LONGEST_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer that can be kept."""


async def forward_stored(context: Context, row: LineRow) -> int:
    """How many were answered. Ends early where the app can't be reached: the next pass goes on. Raises azure.core's AzureError."""
    answered = 0
    for request in await context.requests.waiting(row.line):
        if _is_anothers(request, context):
            continue
        try:
            claimed = await context.requests.claim(request, context.now())
            if request.state is RequestState.FORWARDING and request.instance_id is None:
                answer: Answer | None = await _kept(_nobody_knows(request))
            else:
                answer = await _sent(context, row, claimed)
            if answer is None:
                await context.requests.unclaim(claimed)
                return answered
            await context.requests.finish(claimed, answer)
            answered += 1
        except Conflict:
            continue
        except ArmProblem:
            await context.requests.unclaim(claimed)
            return answered
    return answered


async def give_up(context: Context, row: LineRow, why: str) -> int:
    """Answers all of them with 410: no app will."""
    answered = 0
    for request in await context.requests.waiting(row.line):
        if _is_anothers(request, context):
            continue
        try:
            claimed = await context.requests.claim(request, context.now())
            outbound = problem(410, "LineRetired", f"The request was not forwarded: {why}.", row.line, sent=False)
            await context.requests.finish(claimed, await _kept(outbound))
            answered += 1
        except Conflict:
            continue
    return answered


def _is_anothers(request: StoredRequest, context: Context) -> bool:
    claimed = request.claimed_at
    return request.state is RequestState.FORWARDING and claimed is not None and context.now() - claimed < ABANDONED_AFTER


async def _sent(context: Context, row: LineRow, request: StoredRequest) -> Answer | None:
    """None: nothing of it has reached the app."""
    backend = await context.backend_of(row)
    target, management = _target(request, backend)
    if management and backend.system_key is None:
        return None
    base = urlsplit(request.public_base)
    inbound = Inbound(request.method, target, list(request.headers), request.body, base.scheme, base.netloc, "")
    outbound = await forward(
        context.session,
        backend,
        inbound,
        public_base=request.public_base,
        line=row.line,
        instance_id=request.instance_id or f"{row.line}-{request.id}",
        idempotency_key=request.id,
        management=management,
    )
    if not outbound.sent:
        await outbound.aclose()
        return None
    answer = await _kept(outbound)
    return _started_before(request) if answer.status == 409 and management and request.attempts > 1 else answer


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


def _nobody_knows(request: StoredRequest) -> Outbound:
    message = (
        f"The router ended while it sent the request to the app of line {request.line}. The app may have carried it out: look there before you "
        f"send it again. Its Idempotency-Key was {request.id}."
    )
    return problem(504, "MayHaveRun", message, request.line)


__all__ = ["ABANDONED_AFTER", "forward_stored", "give_up"]
