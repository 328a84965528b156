"""The one door to the store: every request of the provider, of REST clients and of the sandbox itself comes through here.

A request is looked up by its resource type, struck by faults, carried out by the type's own rules under the store's lock, and
journalled if it wrote. What a resource type does on GET, PUT, DELETE and its POST actions is decided by its `ResourceType`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from .errors import ArmError, not_found
from .faults import Faults
from .ids import ResourceId
from .journal import Journal, Write
from .store import Body, Store

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Request:
    method: str
    id: ResourceId
    action: str | None
    """The last segment of a POST, such as `list` or `slotsswap`; None for GET, PUT, PATCH and DELETE."""
    body: Any
    caller: str
    if_match: str | None = None
    """The ETag that the resource has to have for a write to be carried out; types without ETags don't look at it."""


@dataclass(frozen=True)
class Response:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class ResourceType:
    """The rules of one ARM type. The defaults are those of a plain tracked resource; types override what differs.

    A method may raise ArmError. It runs under the store's lock and writes by `self.plane.write` and `self.plane.erase` only, so that
    nothing reaches the store without an entry in the journal.
    """

    name: str
    plane: ControlPlane

    def get(self, request: Request) -> Response:
        return Response(200, self.existing(request.id))

    def put(self, request: Request) -> Response:
        before = self.plane.store.get(request.id)
        self.require_parent(request.id)
        body = self.completed(request.id, request.body or {}, before)
        self.plane.write(request, body)
        return Response(201 if before is None else 200, self.plane.store.get(request.id))

    def patch(self, request: Request) -> Response:
        before = self.existing(request.id)
        merged = {**before, **request.body, "properties": {**before.get("properties", {}), **request.body.get("properties", {})}}
        return self.put(replace(request, body=merged))

    def delete(self, request: Request) -> Response:
        if self.plane.store.get(request.id) is None:
            return Response(204)
        self.plane.erase(request)
        return Response(200)

    def post(self, request: Request) -> Response:
        raise ArmError(404, "NotFound", f"{self.name} has no action {request.action!r}")

    def below(self, parent: ResourceId) -> list[Body] | None:
        """All that there is under `parent`, where that is worked out and not stored; None: the store has it."""
        return None

    def completed(self, id: ResourceId, body: Body, before: Body | None) -> Body:
        """The stored body: what was put, with what Azure computes. Read-only values that a caller sends along are overwritten."""
        return {
            **body,
            "id": str(id),
            "name": id.name,
            "type": id.type,
            "properties": {**body.get("properties", {}), "provisioningState": "Succeeded"},
        }

    def existing(self, id: ResourceId) -> Body:
        body = self.plane.store.get(id)
        if body is None:
            self.require_parent(id)
            raise not_found(id.type, "/".join(id.names), id.resource_group)
        return body

    def require_parent(self, id: ResourceId) -> None:
        parent = id.parent
        if parent is None or self.plane.store.get(parent) is not None or parent.is_type("Microsoft.Resources/subscriptions"):
            return
        if parent.is_type("Microsoft.Resources/resourceGroups"):
            raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{parent.name}' could not be found.")
        raise ArmError(
            404,
            "ParentResourceNotFound",
            f"Failed to perform 'write' on resource(s) of type '{id.type}', because the parent resource '{parent}' could not be found.",
        )


class ControlPlane:
    def __init__(self, store: Store, types: Iterable[ResourceType], *, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.journal = Journal()
        self.faults = Faults()
        self.clock = clock
        """Seconds since the epoch, for what takes a while in Azure: role assignments, long-running operations."""
        self._types = {type_.name.lower(): type_ for type_ in types}
        for type_ in self._types.values():
            type_.plane = self
        self._unannounced: list[Write] = []

    def request(self, method: str, path: str, body: Any = None, *, caller: str = "rest", if_match: str | None = None) -> Response:
        """Carries out one ARM request. `path` has no query string. Raises ArmError, or ConnectionDropped if a fault asked for it."""
        method = method.upper()
        request = replace(self._parse(method, path, body, caller), if_match=if_match)
        garbage = self.faults.strike(method, path, after=False)
        if garbage is not None:
            return Response(200, garbage)
        response: Response = self.perform(lambda: getattr(self._type(request.id), method.lower())(request))
        self.faults.strike(method, path, after=True)
        return response

    def perform(self, work: Callable[[], _Result]) -> _Result:
        """Runs `work` under the store's lock, saves once, then tells the journal's observers, outside the lock, what it wrote.

        For what Azure does by itself, such as the phases of a swap. What was written before `work` raised is announced too.
        """
        written: list[Write] = []
        try:
            with self.store.together():
                try:
                    return work()
                finally:
                    written, self._unannounced = self._unannounced, []
        finally:
            for write in written:
                self.journal.announce(write)

    def write(self, request: Request, body: Body, operation: str | None = None) -> None:
        """Stores `body` under the request's id and journals it. Called by resource types, under the store's lock."""
        self._record(request, self.store.get(request.id), body, operation)
        self.store.set(request.id, body)

    def erase(self, request: Request) -> None:
        self._record(request, self.store.get(request.id), None, None)
        self.store.remove(request.id)

    def type_named(self, name: str) -> ResourceType:
        return self._types[name.lower()]

    def below(self, parent: ResourceId, type_: str) -> list[Body] | None:
        """Of a type that answers for its collection itself; None for all others, also unknown ones."""
        known = self._types.get(type_.lower())
        return None if known is None else known.below(parent)

    def _record(self, request: Request, before: Body | None, after: Body | None, operation: str | None) -> None:
        after = json.loads(json.dumps(after))
        verb = operation or (f"POST {request.action}" if request.action else request.method)
        self._unannounced.append(self.journal.record(verb, str(request.id), before, after, request.caller))

    def _parse(self, method: str, path: str, body: Any, caller: str) -> Request:
        action: str | None = None
        if method == "POST" and not _names_resource(path):
            path, _, action = path.rstrip("/").rpartition("/")
        try:
            return Request(method, ResourceId.parse(path), action, body, caller)
        except ValueError as problem:
            raise ArmError(400, "InvalidResourceId", str(problem)) from problem

    def _type(self, id: ResourceId) -> ResourceType:
        try:
            return self._types[id.type.lower()]
        except KeyError:
            raise ArmError(400, "InvalidResourceType", f"The embedded Azure does not know the resource type {id.type!r}.") from None


def _names_resource(path: str) -> bool:
    """A POST to a resource itself, such as `sites/X/extensions/onedeploy`: its path has a name for every kind, and no action at the end."""
    try:
        return len(ResourceId.parse(path).names) > 0 and "/providers/" in path.lower()
    except ValueError:
        return False
