"""A request of a client, from its arrival to its answer: read what is known, decide, do what was decided, and no more."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import aiohttp
from azure.core.exceptions import AzureError

from ..arm import ArmProblem
from ..blueprint import Blueprint
from ..forwarding import MAXIMUM_BODY, Backend, Inbound, Outbound, end_to_end, forward, problem
from ..keeping import Conflict, RequestState, RequestStore, Store, StoredRequest
from ..lines import LineRow
from ..rewriting import NotManagement, management_target
from ..routing import (
    Ambiguous,
    Asked,
    Decision,
    ForwardTo,
    Kind,
    ListInstances,
    LookUp,
    MakeLine,
    Recorded,
    Refuse,
    Served,
    Snapshot,
    StoreFor,
    asked_of,
    decide,
)
from ..routing.decide import WAIT_FOR_APP
from ..versions import BadVersion, Line
from . import answers, sendable
from .instances import BadList, Instances
from .knowing import Known
from .lines_begun import begin
from .reading import TooLong, whole

DECISIONS = 5
"""How often a request is decided anew because somebody else has changed the row that it depends on."""
TOKEN_HEADER = "x-ms-continuation-token"


@dataclass
class Service:
    blueprint: Blueprint
    store: Store
    requests: RequestStore
    known: Known
    instances: Instances
    session: aiohttp.ClientSession
    backend_of: Callable[[LineRow], Awaitable[Backend]]
    """Address and keys of a line's app. Raises ArmProblem."""
    poke: Callable[[], Awaitable[None]]
    """Has the monitor look now rather than at its next turn. Never raises."""
    now: Callable[[], datetime]
    new_id: Callable[[], str] = field(default=lambda: uuid.uuid4().hex)

    async def handle(self, request: Inbound, public_base: str) -> Outbound:
        """Never raises, but for what the body's iterator raises, and cancellation."""
        try:
            asked = asked_of(request.method, request.raw_target, request.headers, self.blueprint.http)
        except (BadVersion, Ambiguous) as error:
            return problem(400, "BadVersion", f"{error}.", sent=False)
        try:
            return await self._decided(asked, request, public_base)
        except AzureError:
            return answers.unreadable("The router's state")
        except ArmProblem:
            return answers.unreadable("The app's keys")

    async def _decided(self, asked: Asked, request: Inbound, public_base: str) -> Outbound:
        fresh = False
        for _ in range(DECISIONS):
            snapshot = await self.known.snapshot(fresh=fresh)
            decision = await self._decide(asked, snapshot)
            try:
                return await self._carry_out(decision, asked, request, public_base, snapshot)
            except Conflict:
                fresh = True
        return problem(503, "Contended", "The line's state changes too fast at the moment; send it again.", retry_after=1, sent=False)

    async def _decide(self, asked: Asked, snapshot: Snapshot) -> Decision:
        policy = self.blueprint.policy
        decision = decide(asked, snapshot, policy)
        if isinstance(decision, LookUp):
            owner = await self.instances.owner(decision.id, snapshot.rows.values())
            decision = decide(asked, snapshot, policy, owner=owner, looked_up=True)
        return decision

    async def _carry_out(self, decision: Decision, asked: Asked, request: Inbound, public_base: str, snapshot: Snapshot) -> Outbound:
        """Raises Conflict if what was decided does not hold any more."""
        match decision:
            case ForwardTo():
                return await self._forward(decision, asked, request, public_base, snapshot)
            case StoreFor(line=line, make=make):
                refused = await self._never_sent(asked, request, public_base, line) or await self._taken(asked, line, snapshot)
                if refused is not None:
                    return refused
                row = await self._begin(line, snapshot) if make else snapshot.rows[line]
                return await self._store(asked, request, public_base, row)
            case MakeLine(line=line):
                refused = await self._never_sent(asked, request, public_base, line)
                if refused is not None:
                    return refused
                await self._begin(line, snapshot)
                return answers.refusal(Refuse(503, "LineIsBeingMade", f"The app of {line} is being made.", line, WAIT_FOR_APP))
            case Served(id=id):
                return await self._served(id, public_base, snapshot)
            case Recorded(line=line, id=id):
                found = await self.instances.find(id, snapshot.rows.values())
                if found is None or found.line != line:
                    return problem(404, "InstanceNotFound", f"Nothing is recorded of an instance of that id in {line}.", line, sent=False)
                return answers.as_json(200, found.as_status())
            case ListInstances():
                return await self._list(decision, asked, request, snapshot)
            case Refuse():
                return answers.refusal(decision)
            case LookUp():
                raise AssertionError("was looked up before")

    async def _forward(self, to: ForwardTo, asked: Asked, request: Inbound, public_base: str, snapshot: Snapshot) -> Outbound:
        row = snapshot.rows[to.line]
        taken = await self._taken(asked, to.line, snapshot)
        if taken is not None:
            return taken
        if to.note:
            await self._noted(row)
        instance_id, target = self._identified(asked, row)
        backend = await self.backend_of(row)
        management = asked.kind is not Kind.DATA
        if management:
            if backend.system_key is None:
                return answers.unreadable("The key of the app's Durable extension")
            try:
                path, _, query = target.partition("?")
                target = management_target(asked.method, path, query, backend)
            except NotManagement as refused:
                return problem(404, "NotFound", f"Refused: {refused}.", to.line, sent=False)
        answer = await forward(
            self.session,
            backend,
            replace(request, raw_target=target),
            public_base=public_base,
            line=to.line,
            limit=self.blueprint.http.maximum_body_bytes,
            instance_id=instance_id,
            management=management,
        )
        return answers.with_line(answer, to.line)

    async def _taken(self, asked: Asked, line: Line, snapshot: Snapshot) -> Outbound | None:
        """A start under an id that is active in another line: where lines share a tracking store, the two would be one row."""
        if asked.kind is not Kind.STARTER or asked.id is None:
            return None
        other = await self.instances.elsewhere(asked.id, line, snapshot.rows.values())
        if other is None:
            return None
        return problem(409, "InstanceExists", f"An instance of that id is active in line {other}.", other, sent=False)

    async def _never_sent(self, asked: Asked, request: Inbound, public_base: str, line: Line) -> Outbound | None:
        return await sendable.refused(request, asked.target, line, public_base, management=asked.kind is not Kind.DATA)

    def _identified(self, asked: Asked, row: LineRow) -> tuple[str | None, str]:
        """An id for what this may start, which carries the line, and the target with it. A caller's own id stays."""
        if not asked.is_start or asked.id is not None:
            return asked.id if asked.is_start else None, asked.target
        id = f"{row.line}-{self.new_id()}"
        if asked.kind is Kind.DATA:
            return id, asked.target
        path, mark, query = asked.target.partition("?")
        return id, f"{path}/{id}{mark}{query}"

    async def _noted(self, row: LineRow) -> None:
        """Stored before the start is sent, so that no monitor calls the line drained without having waited for it. Not for each of many: a start
        `cache_seconds` after a noted one is covered by it (`planning.verdicts.clean_from`)."""
        now = self.now()
        if (
            row.last_start is not None
            and row.last_start >= row.since
            and now - row.last_start < timedelta(seconds=self.blueprint.policy.cache_seconds)
        ):
            return
        await self.store.save(replace(row, last_start=max(now, row.since)))
        self.known.forget()

    async def _begin(self, line: Line, snapshot: Snapshot) -> LineRow:
        before = snapshot.rows.get(line)
        wanted = (before.wanted if before else None) or snapshot.deployed[line]
        row = await begin(self.store, self.blueprint, line, wanted, before, self.now(), "a request came for it")
        self.known.forget()
        await self.poke()
        return row

    async def _store(self, asked: Asked, request: Inbound, public_base: str, row: LineRow) -> Outbound:
        http, ttl = self.blueprint.http, self.blueprint.stores.request_ttl_seconds
        try:
            limit = min(http.maximum_stored_bytes, MAXIMUM_BODY)
            body = await whole(request.body, limit)
        except TooLong:
            why = f"The app of {row.line} is being made, and until it is there at most {limit} bytes of a request can be kept."
            return problem(413, "BodyTooLarge", why, row.line, retry_after=WAIT_FOR_APP, sent=False)
        instance_id, target = self._identified(asked, row)
        now = self.now()
        kept = StoredRequest(
            id=self.new_id(),
            line=row.line,
            method=asked.method,
            target=target,
            headers=tuple(end_to_end(request.headers, "request")),
            body=body,
            instance_id=instance_id if asked.kind is Kind.STARTER else None,
            at=now,
            expires_at=now + timedelta(seconds=ttl),
            public_base=public_base,
        )
        await self.requests.put(kept)
        await self.poke()
        return answers.stored(kept, public_base, WAIT_FOR_APP)

    async def _served(self, id: str, public_base: str, snapshot: Snapshot) -> Outbound:
        found = await self.requests.get(id)
        if found is None or found.expires_at <= self.now():
            return problem(404, "NotFound", "There is no such request, or not any more.", sent=False)
        if found.state is not RequestState.DONE or found.answer is None:
            return answers.still_waiting(found, snapshot.rows.get(found.line), public_base, WAIT_FOR_APP)
        answer = found.answer
        kept = [pair for pair in answer.headers if pair[0].lower() != "content-length"]
        headers = [*kept, ("Content-Length", str(len(answer.body))), (answers.STATE_HEADER, "done")]
        return answers.with_line(Outbound(answer.status, headers, answer.body), found.line)

    async def _list(self, decision: ListInstances, asked: Asked, request: Inbound, snapshot: Snapshot) -> Outbound:
        query = asked.target.partition("?")[2]
        token = next((value for name, value in request.headers if name.lower() == TOKEN_HEADER), None)
        try:
            found, following = await self.instances.page(query, token, snapshot.rows.values(), decision.line)
        except BadList as error:
            return problem(400, "BadList", str(error), decision.line, sent=False)
        more = () if following is None else ((TOKEN_HEADER, following),)
        return answers.as_json(200, [one.as_status() for one in found], *more)


__all__ = ["Service"]
