"""The functions host of the embedded Azure: follows the control plane and keeps one process per slot that has code, and on Flex Consumption
a fleet of them.

Every write to the plane makes it look again; what it then wants of each slot is handed to the slot's lane, which restarts its process only
if what that runs as has changed. In a swap it works inside the phases, as a hook, so that no phase begins before the last one is true.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.arm import ControlPlane, Request, ResourceId
from sandbox.arm.journal import Write
from sandbox.storage.certificate import Certificate
from sandbox.storage.tokens import Tokens
from sandbox.web.slots import site_of, slot_of
from sandbox.web.swaps import swaps_of

from .arm_types import HostState, runtime_of
from .fleet import Fleet, Instance
from .front_door import REQUEST_SECONDS, FrontDoor
from .keys import keys_of
from .lane import Lane, NotLaunched, Status
from .launching import Launcher
from .rollout import Rollout
from .serving import Answer
from .swapping import after_phase
from .wanted import PRODUCTION, Slot, Swapping, Wanted, wanted_now


class NotReady(Exception):
    """A slot's app does not run; the message has what is known."""


class FunctionsHost:
    """`directory` holds packages, logs and the execution log. `timer_speed` 60 makes durable timers sixty times faster.

    Sites are named without regard to case; leaving the name out means the only site there is.
    """

    def __init__(self, plane: ControlPlane, tokens: Tokens, certificate: Certificate, directory: Path, *, timer_speed: float = 1.0) -> None:
        self._plane, self._certificate = plane, certificate
        self._lanes: dict[Slot, Lane | Fleet] = {}
        self.rollout_hooks: list[Callable[[Rollout], None]] = []
        """Called at every stage of an update of a Flex Consumption app, and the next one waits: the windows that tests look into. What one
        raises is raised again by `wait_updated`."""
        self._errors: list[Exception] = []
        self._lock = threading.RLock()
        self._exchanged: dict[str, str] = {}
        self._look = threading.Event()
        self._closing = False
        self._launcher = Launcher(plane, tokens, certificate, directory, timer_speed, self._address, lambda: self._door.url)
        self._door = FrontDoor(certificate.chain, certificate.key, self.lane_of)
        self._thread = threading.Thread(target=self._follow, name="functions host", daemon=True)
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Returns at once; `wait_ready` waits for an app. Swaps that were under way go on afterwards, by `Swaps.resume`."""
        runtime = runtime_of(self._plane)
        runtime.live, runtime.keys_changed = self._live, self._keys_changed
        swaps_of(self._plane).hooks.insert(0, self._after_phase)
        self._unsubscribe = self._plane.journal.subscribe(self._noticed)
        self._thread.start()
        self.reconcile()

    def stop(self) -> None:
        """Ends every process. Stopping twice is no error."""
        if self._closing:
            return
        self._unsubscribe()
        hooks = swaps_of(self._plane).hooks
        if self._after_phase in hooks:
            hooks.remove(self._after_phase)
        runtime_of(self._plane).live = None
        self._closing = True
        self._look.set()
        if self._thread.ident is not None:
            self._thread.join()
        with self._lock:
            lanes, self._lanes = list(self._lanes.values()), {}
        self._close(lanes)
        self._door.stop()

    def reconcile(self) -> None:
        """Wants of every lane what the plane says now. Returns at once, and may be called from anywhere but under the store's lock."""
        with self._lock:
            if self._closing:
                return
            wanted, past = wanted_now(self._plane)
            for swap in past:
                self._exchange(swap)
            gone = [self._lanes.pop(key) for key in set(self._lanes) - {one.key for one in wanted}]
            self._door.serve((one.key, one.host_name) for one in wanted)
            for one in wanted:
                self._lane(one).want(one)
        if gone:
            threading.Thread(target=self._close, args=(gone,), name="slots that are gone", daemon=True).start()

    def lane_of(self, slot: Slot) -> Lane | Fleet | None:
        return self._lanes.get(slot)

    def url(self, site: str | None = None, slot: str = PRODUCTION) -> str:
        """Base address of a slot, `https://127.0.0.1:PORT`, to be trusted by the sandbox's CA bundle. The same until the sandbox stops."""
        self.reconcile()
        return self._door.url_of(self._key(site, slot))

    @property
    def front_door(self) -> str:
        """Base address that goes by the Host header, and lists all slots to a request whose Host it does not know."""
        return self._door.url

    def lead(self, suffix: str, port: int, addresses: Callable[[], Mapping[str, str]]) -> None:
        """What comes to the front door for hosts that end so goes to a plain HTTP server on loopback: the gateway's. `addresses`: for its list."""
        self._door.lead(suffix, port, addresses)

    def request(
        self,
        slot: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: bool | str = True,
        site: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request through the front door. `body`: bytes, text, or anything that becomes JSON. `key` True: the slot's master key."""
        address = urlsplit(self.url(site, slot))
        sent = dict(headers or {})
        if key:
            sent["x-functions-key"] = key if isinstance(key, str) else self.master_key(slot, site)
        content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b"" if body is None else json.dumps(body)
        if not isinstance(body, bytes | str | None):
            sent.setdefault("Content-Type", "application/json")
        trust = ssl.create_default_context(cafile=str(self._certificate.authority))
        connection = http.client.HTTPSConnection(address.hostname or "", address.port, timeout=REQUEST_SECONDS, context=trust)
        try:
            connection.request(method, path, body=content, headers=sent)
            response = connection.getresponse()
            return Answer(response.status, tuple(response.getheaders()), response.read())
        finally:
            connection.close()

    def master_key(self, slot: str = PRODUCTION, site: str | None = None) -> str:
        return keys_of(self._plane, self._wanted(site, slot).id).master

    def status(self, site: str | None = None, slot: str = PRODUCTION) -> Status:
        self.reconcile()
        return self._lanes[self._key(site, slot)].status

    def starts(self, site: str | None = None, slot: str = PRODUCTION) -> int:
        """How many processes were started under the identity that is in the slot now. The count moves with it at a swap."""
        return self._lanes[self._key(site, slot)].starts

    def wait_ready(self, site: str | None = None, slot: str = PRODUCTION, timeout: float = 60.0) -> Status:
        """Until the slot runs what the plane says now. Raises NotReady after seconds, or at once if only a change can help."""
        status = self.wait_settled(site, slot, timeout, good=lambda status: status.state == "Running" or status.final)
        if status.state != "Running":
            raise NotReady(f"{slot} is {status.state}: {'; '.join(status.errors) or 'no reason is known'}\n{self.log(site, slot)}")
        return status

    def wait_settled(self, site: str | None = None, slot: str = PRODUCTION, timeout: float = 60.0, *, good: Any = None) -> Status:
        """Until the slot is not starting any more, or as `good` says of a Status; the last status."""
        self.reconcile()
        return self._lanes[self._key(site, slot)].wait(good or (lambda status: status.state != "Starting"), timeout)

    def wait_updated(self, site: str | None = None, timeout: float = 60.0) -> list[Instance]:
        """Until every instance of a Flex Consumption app runs what the plane says now, and none is left that was replaced. Returns them.

        Azure tells nobody when that is. Raises what a hook raised, or NotReady after seconds.
        """
        self.reconcile()
        fleet = self._fleet(site)
        done = fleet.wait_drained(timeout)
        if self._errors:
            raise self._errors.pop(0)
        if not done:
            raise NotReady(f"the update is not over: {fleet.instances}\n{self.log(site)}")
        return fleet.instances

    def instances(self, site: str | None = None) -> list[Instance]:
        """Of a Flex Consumption app at this moment; those that drain come last."""
        return self._fleet(site).instances

    def executions(self) -> list[dict[str, Any]]:
        """Every call of a function, orchestrator, activity or entity so far, in the order in which they were noted."""
        file = self._launcher.executions
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def log(self, site: str | None = None, slot: str = PRODUCTION) -> str:
        """What the process that is in the slot now has written, and those before it under the same identity."""
        lane = self._lanes[self._key(site, slot)]
        return "".join(self._launcher.log_of(one) for one in (lane.lanes if isinstance(lane, Fleet) else [lane]))

    def _noticed(self, write: Write) -> None:
        self._look.set()

    def _follow(self) -> None:
        """Several writes in a row may be looked at once; none is missed, since the flag is taken down before the look."""
        while not self._closing:
            self._look.wait()
            self._look.clear()
            self.reconcile()

    def _after_phase(self, phase: Any) -> None:
        after_phase(phase, self)

    def _exchange(self, swap: Swapping) -> None:
        """Once per swap: from now on each of the two identities is in the other's slot."""
        if self._exchanged.get(swap.site) == swap.operation:
            return
        self._exchanged[swap.site] = swap.operation
        source, target = (swap.site, swap.source), (swap.site, swap.target)
        one, other = self._lanes.pop(source, None), self._lanes.pop(target, None)
        if one is not None:
            self._lanes[target] = one
        if other is not None:
            self._lanes[source] = other

    def _lane(self, wanted: Wanted) -> Lane | Fleet:
        slot, known = wanted.key, self._lanes.get(wanted.key)
        if known is not None and isinstance(known, Fleet) is (wanted.flex is not None):
            return known
        if known is not None:  # deleted and made again on another plan, between two looks
            threading.Thread(target=self._close, args=([known],), name="a slot that is gone", daemon=True).start()
        name = "/".join(slot)
        if wanted.flex is None:
            self._lanes[slot] = Lane(name, self._launcher.launch)
        else:
            site = wanted.id
            self._lanes[slot] = Fleet(name, self._launcher.launch, lambda stage: self._told(site, stage), self._ended)
        return self._lanes[slot]

    def _told(self, site: ResourceId, stage: Rollout) -> None:
        """In the fleet's thread: nothing goes on before this has returned."""
        self._plane.perform(lambda: self._journal(site, stage))
        for hook in list(self.rollout_hooks):
            try:
                hook(stage)
            except Exception as problem:
                self._errors.append(problem)
        self.reconcile()  # what a hook has written is known before the next batch

    def _journal(self, site: ResourceId, stage: Rollout) -> None:
        body = self._plane.store.get(site)
        if body is not None:
            self._plane.write(Request("PUT", site, None, None, "flex"), body, stage.operation)

    def _ended(self, lane: Lane) -> None:
        self._launcher.forget(lane, log=False)

    def _fleet(self, site: str | None) -> Fleet:
        fleet = self._lanes[self._key(site, PRODUCTION)]
        if not isinstance(fleet, Fleet):
            raise LookupError(f"{site or 'the site'} is not on Flex Consumption")
        return fleet

    def _live(self, owner: ResourceId) -> HostState | None:
        """For ARM, which asks under the store's lock: no lock is taken and nothing is waited for."""
        lane = self._lanes.get((site_of(owner).name.lower(), slot_of(owner)))
        if lane is None:
            return None
        wanted, status = lane.wanted, lane.next_answering()
        if status.state == "Stopped" and wanted is not None and wanted.enabled:
            return HostState("Error", ("The slot has no package.",))
        if status.port is None:
            return None
        uptime = None if status.began is None else int((time.monotonic() - status.began) * 1000)
        return HostState(status.state, status.errors, uptime, status.functions)

    def _keys_changed(self, owner: ResourceId) -> None:
        slot = slot_of(owner)
        for lane in list(self._lanes.values()):
            if lane.wanted is not None and lane.wanted.belongs_to == slot and lane.wanted.site.lower() == site_of(owner).name.lower():
                lane.give_keys(keys_of(self._plane, owner))

    def _key(self, site: str | None, slot: str) -> Slot:
        if site is not None:
            return site.lower(), slot.lower()
        sites = {key[0] for key in self._lanes}
        if len(sites) != 1:
            raise LookupError(f"name the site: there are {', '.join(sorted(sites)) or 'none'}")
        return sites.pop(), slot.lower()

    def _wanted(self, site: str | None, slot: str) -> Wanted:
        self.reconcile()
        wanted = self._lanes[self._key(site, slot)].wanted
        assert wanted is not None
        return wanted

    def _address(self, slot: Slot) -> str:
        """For a lane that starts. Raises NotLaunched for a slot that was deleted since: its lane hears of that from the next look, not here."""
        try:
            return self._door.url_of(slot)
        except KeyError:
            raise NotLaunched(f"{'/'.join(slot)} is gone.") from None

    def _close(self, lanes: list[Lane | Fleet]) -> None:
        """All at once: each may take a while to end its process."""
        closing = [threading.Thread(target=lane.close, daemon=True) for lane in lanes]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        for lane in lanes:
            for one in lane.lanes if isinstance(lane, Fleet) else [lane]:
                self._launcher.forget(one)


__all__ = ["FunctionsHost", "NotReady"]
