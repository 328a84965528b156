"""What a gateway works with at this moment: every write reaches it only after a while, and until then it has the older state.

That a change of configuration takes effect at a gateway later than ARM has taken it, and at once for a request as a whole, is how users and support
describe it (Microsoft Q&A, "Will API specification update or policy updates to APIM cause transient error"); how long it takes is documented
nowhere, so it is a setting here. The same delay for everything of a service, and none for what a store from disk holds, are inferences.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sandbox.arm import ControlPlane, ResourceId, Write
from sandbox.arm.store import Body
from sandbox.resources.api_management import APIS, BACKENDS, NAMED_VALUES, OPERATIONS, POLICIES, SERVICES, service_of

_TYPES = tuple(one.lower() for one in (SERVICES, APIS, OPERATIONS, POLICIES, NAMED_VALUES, BACKENDS))


@dataclass(frozen=True)
class Api:
    name: str
    properties: Body
    operations: tuple[Body, ...]
    policy: Body | None


@dataclass(frozen=True)
class Service:
    """One service as its gateway knows it. `named_values` by display name, `backends` from id to URL."""

    id: ResourceId
    apis: tuple[Api, ...] = ()
    named_values: dict[str, str] = field(default_factory=dict)
    backends: dict[str, str] = field(default_factory=dict)


class Live:
    """`delay` in seconds, by the control plane's clock. `start` before anything is asked, `stop` at the end."""

    def __init__(self, plane: ControlPlane, delay: float) -> None:
        self.delay = delay
        self._plane = plane
        self._known: dict[str, list[tuple[float, Body | None]]] = {}
        self._lock = threading.Lock()
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._unsubscribe = self._plane.journal.subscribe(self._noticed)
        for type_ in _TYPES:
            for id, body in self._plane.store.of_type(type_):
                self._known.setdefault(id.key, [(float("-inf"), body)])

    def stop(self) -> None:
        self._unsubscribe()
        self._unsubscribe = lambda: None

    @property
    def pending(self) -> float:
        """Seconds until everything that has been written so far is in force."""
        with self._lock:
            latest = max((history[-1][0] for history in self._known.values()), default=float("-inf"))
        return max(0.0, latest - self._plane.clock())

    @property
    def hosts(self) -> list[str]:
        return [_host(body) for id, body in self._now() if id.is_type(SERVICES)]

    def service(self, host: str) -> Service | None:
        """By its gateway's host name, without a port, in any case."""
        now = list(self._now())
        id = next((id for id, body in now if id.is_type(SERVICES) and _host(body) == host.lower()), None)
        if id is None:
            return None
        own = [(one, body) for one, body in now if service_of(one).key == id.key]
        values = [body["properties"] for _, body in _of(own, NAMED_VALUES)]
        return Service(
            id,
            tuple(_api(one, body, own) for one, body in _of(own, APIS)),
            {one["displayName"]: one["value"] for one in values},
            {one.name: body["properties"]["url"] for one, body in _of(own, BACKENDS)},
        )

    def _noticed(self, write: Write) -> None:
        key, effective = write.id.lower(), self._plane.clock() + self.delay
        with self._lock:
            if write.after is None:  # what lay below it has gone with it
                for gone in [known for known in self._known if known == key or known.startswith(f"{key}/")]:
                    self._known[gone].append((effective, None))
            elif ResourceId.parse(write.id).type.lower() in _TYPES:
                self._known.setdefault(key, []).append((effective, write.after))

    def _now(self) -> Iterator[tuple[ResourceId, Body]]:
        now = self._plane.clock()
        with self._lock:
            found = [[body for effective, body in history if effective <= now][-1:] for history in self._known.values()]
        for body in (one[0] for one in found if one):
            if body is not None:
                yield ResourceId.parse(body["id"]), body


def _api(id: ResourceId, body: Body, own: list[tuple[ResourceId, Body]]) -> Api:
    below = [(one, body) for one, body in own if one.key.startswith(f"{id.key}/")]
    policies = [body["properties"] for _, body in _of(below, POLICIES)]
    return Api(id.name, body["properties"], tuple(body["properties"] for _, body in _of(below, OPERATIONS)), next(iter(policies), None))


def _of(found: list[tuple[ResourceId, Body]], type_: str) -> Iterator[tuple[ResourceId, Body]]:
    return ((id, body) for id, body in found if id.is_type(type_))


def _host(service: Body) -> str:
    return str(service["properties"]["gatewayUrl"]).removeprefix("https://").lower()


__all__ = ["Api", "Live", "Service"]
