"""The engine that carries swaps through their phases, in the background or step by step, and remembers how they ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId, ResourceType, Response
from sandbox.arm.store import Body

from .slots import SITES, site_of, slot_of
from .swap_phase import PAUSE, SwapPhase, SwapState, carry_out_next, forget, revert


class Swaps(ResourceType):
    """Also the type of `sites/X/operationresults/ID`: 202 while the swap is under way, then 200, or the error that it ended with."""

    name = f"{SITES}/operationresults"

    def __init__(self, *, manual: bool = False) -> None:
        self.manual = manual
        """True: nothing moves by itself; `advance` carries out the next phase."""
        self.hooks: list[Callable[[SwapPhase], None]] = []
        """Called after each phase, outside the store's lock and before the next phase: the windows that tests look into.

        One that raises in phase 1 or 2 is a staged app that does not start: the swap is reverted. Later ones can't stop the swap; what they
        raise is raised again by `wait`.
        """
        self._errors: list[Exception] = []
        self._threads: dict[str, threading.Thread] = {}
        self._not_yet_told: dict[str, SwapPhase] = {}
        self._closing = threading.Event()

    def state(self, site: ResourceId) -> SwapState | None:
        return SwapState.of(self.plane, site)

    def begin(self, site: ResourceId, source: str, target: str, *, until: int) -> str:
        """Called under the store's lock. A swap with preview applies the settings before it answers, as applySlotConfig does."""
        state = SwapState(self._new_id(site), source, target, 0, until, self.plane.clock())
        state.save(self.plane, site)
        if until == PAUSE:
            self._not_yet_told[site.key] = carry_out_next(self.plane, site, state).phase(site)
        self._start(site)
        return state.id

    def complete(self, site: ResourceId, state: SwapState) -> str:
        """The second half of a swap with preview: the same phases go on as a new operation."""
        operation = self._new_id(site)
        SwapState(operation, state.source, state.target, state.done, 4, self.plane.clock()).save(self.plane, site)
        self._start(site)
        return operation

    def advance(self, site: ResourceId | str) -> SwapPhase | None:
        """Carries out the next phase and calls the hooks. None: there is none, the swap waits for its second half, or it was reverted."""
        site = ResourceId.parse(site) if isinstance(site, str) else site
        phase = self._not_yet_told.pop(site.key, None) or self.plane.perform(lambda: self._step(site))
        if phase is None:
            return None
        for hook in list(self.hooks):
            try:
                hook(phase)
            except Exception as problem:  # whatever a staged app, or a test in its place, fails with
                if phase.number <= PAUSE:
                    self.plane.perform(lambda: self._fail(site))
                    return None
                self._errors.append(problem)
        self.plane.perform(lambda: self._finish(site))
        return phase

    def wait(self, site: ResourceId | str, timeout: float = 30.0) -> None:
        """Until nothing moves: the swap is complete, paused or reverted. Raises what a hook raised, or TimeoutError after seconds."""
        site = ResourceId.parse(site) if isinstance(site, str) else site
        while (thread := self._threads.get(site.key)) is not None and thread.is_alive():
            thread.join(timeout)
            if thread.is_alive():
                raise TimeoutError(f"the swap of {site.name} did not end within {timeout:g} seconds")
        if self._errors:
            raise self._errors.pop(0)

    def resume(self) -> None:
        """Goes on with every swap that a store from disk holds unfinished: in Azure a swap runs on the server. Call once at start."""
        for id, _ in self.plane.store.of_type(SITES):
            state = self.state(id)
            if state is not None and (state.done < state.until or state.done == 4):
                self._start(id)

    def close(self) -> None:
        """Lets running swaps end their phase and no more; a store on disk keeps the rest for `resume`."""
        self._closing.set()
        for thread in list(self._threads.values()):
            thread.join()

    def refuse_while_swapping(self, id: ResourceId) -> None:
        """409 as Azure words it: azure-pipelines-tasks#11384 for a swap, azure-cli#27820 between the halves of one with preview."""
        site = site_of(id)
        state = self.state(site)
        if state is None:
            return
        if state.until != PAUSE:
            raise ArmError(409, "Conflict", _in_progress(site, state))
        if slot_of(id) in (state.source, state.target) or id.name.lower() == "slotconfignames":
            raise ArmError(409, "Conflict", "The slot cannot be changed because its configuration settings have been prepared for swap.")

    def operation(self, id: ResourceId) -> Response:
        """The answer to a GET of an operation's result, for a site's and for a slot's."""
        known: Body | None = self.plane.store.hidden(site_of(id)).get("operations", {}).get(id.name)
        if known is None:
            raise ArmError(404, "NotFound", f"The operation {id.name} was not found.")
        if known["status"] == "Failed":
            raise ArmError(400, "BadRequest", known["error"])
        if known["status"] == "InProgress":
            return Response(202, None, {"Location": str(id), "Retry-After": "0"})
        return Response(200, None)

    def get(self, request: Request) -> Response:
        return self.operation(request.id)

    def put(self, request: Request) -> Response:
        raise ArmError(405, "MethodNotAllowed", "The result of an operation can only be read.")

    def delete(self, request: Request) -> Response:
        return self.put(request)

    def _start(self, site: ResourceId) -> None:
        if self.manual:
            return
        before = self._threads.get(site.key)
        thread = threading.Thread(target=self._run, args=(site, before), name=f"swap of {site.name}", daemon=True)
        self._threads[site.key] = thread
        thread.start()

    def _run(self, site: ResourceId, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        while not self._closing.is_set() and self.advance(site) is not None:
            pass

    def _step(self, site: ResourceId) -> SwapPhase | None:
        state = self.state(site)
        if state is None or self.plane.store.get(site) is None:
            return None
        if state.done >= state.until:
            self._finish(site)
            return None
        return carry_out_next(self.plane, site, state).phase(site)

    def _finish(self, site: ResourceId) -> None:
        state = self.state(site)
        if state is not None and state.done == 4:
            forget(self.plane, site)
            self._note(site, state.id, {"status": "Succeeded"})

    def _fail(self, site: ResourceId) -> None:
        state = self.state(site)
        if state is not None:
            revert(self.plane, site, state, "swap reverted: warm-up failed")
            message = f"Cannot swap slots for site '{site.name}' because the worker process for '{state.source}' slot could not be started."
            self._note(site, state.id, {"status": "Failed", "error": message})

    def _new_id(self, site: ResourceId) -> str:
        count = len(self.plane.store.hidden(site).get("operations", {})) + 1
        operation = f"00000000-0000-4000-8000-{count:012d}"
        self._note(site, operation, {"status": "InProgress"})
        return operation

    def _note(self, site: ResourceId, operation: str, outcome: Body) -> None:
        hidden = self.plane.store.hidden(site)
        self.plane.store.set_hidden(site, {**hidden, "operations": {**hidden.get("operations", {}), operation: outcome}})


def swaps_of(plane: ControlPlane) -> Swaps:
    return cast(Swaps, plane.type_named(Swaps.name))


def _in_progress(site: ResourceId, state: SwapState) -> str:
    created = datetime.fromtimestamp(state.started, UTC).strftime("%m/%d/%Y %I:%M:%S %p")
    return (
        f"Cannot modify this site because another operation is in progress. Details: Id: {state.id}, OperationName: SwapSiteSlots, "
        f"CreatedTime: {created}, WebSystemName: websites, SubscriptionName: {site.subscription}, WebspaceName: {site.resource_group}webspace, "
        f"SiteName: {site.name}, SlotName: {state.source}, ServerFarmName: , GeoOperationId: (null)"
    )
