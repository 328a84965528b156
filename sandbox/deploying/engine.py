"""Deployments under way, one per site at most: a thread carries each through its three steps, or a test does, step by step.

1 the package is fetched and looked at; 2 it lands in the deployment container; 3 the app's instances are told to take it, and the deployment
has succeeded: Azure says nothing of when the last instance has it (Microsoft docs, "Site update strategies in Flex Consumption": no completion
signal). Steps and their order: Kudu's own log ([Kudu-UploadPackageStep] before [Kudu-RemoveWorkersStep]).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId, ResourceType, Response
from sandbox.arm.store import Body
from sandbox.web.slots import SITES, count_start

from . import deployment as known
from .packages import DeploymentProblem, PackageTransport, check_package

OPERATIONS = {1: "onedeploy 1 of 3: fetch", 2: "onedeploy 2 of 3: upload", 3: "onedeploy 3 of 3: workers"}
FAILURE = "onedeploy failed"
IN_PROGRESS = "There is a deployment currently in progress. Please try again when it completes."
"""As Kudu words it: projectkudu/kudu#3042."""


@dataclass(frozen=True)
class DeploymentPhase:
    """Handed to hooks right after the step was carried out."""

    number: int
    operation: str
    site: str
    deployment: str


class Deployments(ResourceType):
    """Also the type of `sites/X/deployments/ID`; `latest` is a name for the newest."""

    name = known.DEPLOYMENTS

    def __init__(self, transport: PackageTransport, *, manual: bool = False) -> None:
        self.manual = manual
        """True: nothing moves by itself; `advance` carries out the next step."""
        self.hooks: list[Callable[[DeploymentPhase], None]] = []
        """Called after each step, outside the store's lock. What one raises is raised again by `wait`."""
        self._transport = transport
        self._contents: dict[str, bytes | None] = {}
        self._errors: list[Exception] = []
        self._threads: dict[str, threading.Thread] = {}
        self._closing = threading.Event()

    def begin(self, site: ResourceId, package_uri: str, *, remote_build: bool) -> Body:
        """The new deployment's record. Called under the store's lock. 409 while another one runs."""
        if known.running(self.plane, site) is not None:
            raise ArmError(409, "Conflict", IN_PROGRESS)
        id = self._new_id(site)
        body = known.new_record(site, id, self.plane.clock())
        known.write(self.plane, known.deployment_id(site, id), body, "onedeploy")
        known.set_running(self.plane, site, {"id": id, "packageUri": package_uri, "remoteBuild": remote_build, "done": 0})
        self._start(site)
        return body

    def advance(self, site: ResourceId | str) -> DeploymentPhase | None:
        """Carries out the next step and calls the hooks. None: nothing is under way, or it has just failed."""
        site = ResourceId.parse(site) if isinstance(site, str) else site
        now = known.running(self.plane, site)
        if now is None or self.plane.store.get(site) is None:
            return None
        try:
            self._prepare(site, now)
            phase = self.plane.perform(lambda: self._step(site))
        except DeploymentProblem as problem:
            text = str(problem)
            self.plane.perform(lambda: self._fail(site, text))
            return None
        for hook in list(self.hooks):
            try:
                hook(phase)
            except Exception as problem:
                self._errors.append(problem)
        return phase

    def wait(self, site: ResourceId | str, timeout: float = 60.0) -> None:
        """Until no deployment runs. Raises what a hook raised, or TimeoutError after seconds."""
        site = ResourceId.parse(site) if isinstance(site, str) else site
        thread = self._threads.get(site.key)
        if thread is not None:
            thread.join(timeout)
            if thread.is_alive():
                raise TimeoutError(f"the deployment to {site.name} did not end within {timeout:g} seconds")
        if self._errors:
            raise self._errors.pop(0)

    def resume(self) -> None:
        """Goes on with what a store from disk holds unfinished. Call once at start."""
        for site, _ in self.plane.store.of_type(SITES):
            if known.running(self.plane, site) is not None:
                self._start(site)

    def close(self) -> None:
        """Lets steps under way end, and begins no more."""
        self._closing.set()
        for thread in list(self._threads.values()):
            thread.join()

    def get(self, request: Request) -> Response:
        return Response(200, self.existing(request.id))

    def existing(self, id: ResourceId) -> Body:
        site = id.parent
        assert site is not None
        found = known.records(self.plane, site)
        body = found[-1] if found and id.name.lower() == "latest" else self.plane.store.get(id)
        if body is None:
            raise ArmError(404, "NotFound", f"Deployment '{id.name}' not found.")
        return body

    def put(self, request: Request) -> Response:
        raise ArmError(405, "MethodNotAllowed", "Deployments are made by sites/NAME/extensions/onedeploy.")

    def delete(self, request: Request) -> Response:
        return self.put(request)

    def _prepare(self, site: ResourceId, now: Body) -> None:
        """What takes its time, outside the store's lock."""
        if now["remoteBuild"]:
            raise DeploymentProblem(
                "[Kudu-OryxBuildStep] The embedded Azure builds nothing: send 'remoteBuild': false and a package with its libraries."
            )
        if now["done"] < 2 and site.key not in self._contents:
            content = self._transport.fetch(self.plane, now["packageUri"])
            if content is not None:
                check_package(content)
            self._contents[site.key] = content
        content = self._contents.get(site.key)
        if now["done"] == 1 and content is not None:
            self._transport.upload(self.plane, site, self._container(site), content)

    def _step(self, site: ResourceId) -> DeploymentPhase:
        now = known.running(self.plane, site)
        assert now is not None
        step = now["done"] + 1
        id, operation = now["id"], OPERATIONS[step]
        if step == 3:
            self._succeed(site, now)
        else:
            content = self._contents.get(site.key)
            digest = None if content is None else hashlib.sha256(content).hexdigest()
            known.set_running(self.plane, site, {**now, "done": step, "sha256": digest})
            known.record(self.plane, site, id, operation, status=known.BUILDING if step == 1 else known.DEPLOYING)
        return DeploymentPhase(step, operation, str(site), id)

    def _succeed(self, site: ResourceId, now: Body) -> None:
        for earlier in known.records(self.plane, site):
            if earlier["properties"]["active"]:
                known.record(self.plane, site, earlier["name"], OPERATIONS[3], active=False)
        known.record(self.plane, site, now["id"], OPERATIONS[3], status=known.SUCCESS, active=True)
        url = f"{self._container(site).rstrip('/')}/{known.RELEASED}"
        known.release(self.plane, site, {"deployment": now["id"], "url": url, "sha256": now.get("sha256")})
        count_start(self.plane, site)
        self._end(site, now["id"], {"status": "Succeeded"})
        body = self.plane.store.get(site)
        assert body is not None
        known.write(self.plane, site, body, OPERATIONS[3])

    def _fail(self, site: ResourceId, text: str) -> None:
        now = known.running(self.plane, site)
        if now is not None:
            known.record(self.plane, site, now["id"], FAILURE, status=known.FAILED, status_text=text, progress="")
            self._end(site, now["id"], {"status": "Failed", "error": text})

    def _end(self, site: ResourceId, id: str, outcome: Body) -> None:
        known.set_running(self.plane, site, None)
        self._contents.pop(site.key, None)
        self._note(site, id, outcome)

    def _container(self, site: ResourceId) -> str:
        body = self.plane.store.get(site)
        assert body is not None
        return str(body["properties"]["functionAppConfig"]["deployment"]["storage"]["value"])

    def _start(self, site: ResourceId) -> None:
        if self.manual:
            return
        before = self._threads.get(site.key)
        thread = threading.Thread(target=self._run, args=(site, before), name=f"deployment to {site.name}", daemon=True)
        self._threads[site.key] = thread
        thread.start()

    def _run(self, site: ResourceId, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        while not self._closing.is_set() and self.advance(site) is not None:
            pass

    def _new_id(self, site: ResourceId) -> str:
        count = len(self.plane.store.hidden(site).get("operations", {})) + 1
        id = f"00000000-0000-4000-8000-{count:012d}"
        self._note(site, id, {"status": "InProgress"})
        return id

    def _note(self, site: ResourceId, id: str, outcome: Body) -> None:
        """Where `sites/X/operationresults/ID` reads it, with the operations of swaps."""
        hidden = self.plane.store.hidden(site)
        self.plane.store.set_hidden(site, {**hidden, "operations": {**hidden.get("operations", {}), id: outcome}})


def deployments_of(plane: ControlPlane) -> Deployments:
    return cast(Deployments, plane.type_named(Deployments.name))
