"""What ARM says and does about a running app: host keys, the synchronisation of triggers, the host's status.

Operations: Microsoft docs, "Web Apps - List Functions", "Web Apps - List Host Keys", "Create Or Update Host Secret", "Sync Functions", "Sync
Function Triggers"; the status is the host's own `admin/host/status` behind `hostruntime`. A host that does not answer: 503 for the status, and
for a synchronisation 400 with "Encountered an error (ServiceUnavailable) from host runtime." (azure-pipelines-tasks#16942).
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId, ResourceType, Response
from sandbox.arm.errors import not_found
from sandbox.arm.store import Body
from sandbox.deploying.deployment import released
from sandbox.storage.service import StorageService
from sandbox.web.slots import SITES, SLOTS, config, site_of, slot_of

from .keys import KINDS, keys_of, put_key, remove_key
from .wanted import RUN_FROM_PACKAGE, setting
from .worker.app import is_disabled
from .worker.naming import host_id

_ACCOUNTS = "Microsoft.Storage/storageAccounts"


@dataclass(frozen=True)
class HostState:
    state: str
    """`Running` or `Error`."""
    errors: tuple[str, ...] = ()
    uptime: int | None = None
    """Milliseconds that its process has run; None: there is none."""
    functions: tuple[Body, ...] = ()
    """`name` and `config` of each."""


class AppRuntime:
    """What is known of a slot's host. Without processes it follows from the store: Running if the slot names a package that exists."""

    def __init__(self, storage: StorageService | None) -> None:
        self._storage = storage
        self.live: Callable[[ResourceId], HostState | None] | None = None
        """Of a slot's process, of several by turns; None in the answer: nothing answers there. Set by the functions host."""
        self.keys_changed: Callable[[ResourceId], None] = lambda owner: None

    def state(self, plane: ControlPlane, owner: ResourceId) -> HostState | None:
        """None while nothing answers."""
        if self.live is not None:
            return self.live(owner)
        if _enabled(plane, owner) is False:
            return None
        url = package_url(plane, owner).partition("?")[0]
        if not url:
            return HostState("Error", ("The slot has no package.",))
        found = self._package(plane, url)
        if found is not None:
            return HostState("Running", functions=tuple(functions_in(found)))
        return HostState("Error", (f"The package {url} could not be fetched: 404 BlobNotFound.",))

    def _package(self, plane: ControlPlane, url: str) -> bytes | None:
        """None: it does not exist."""
        if self._storage is None:
            return b""
        for id, _ in plane.store.of_type(_ACCOUNTS):
            base = self._storage.endpoints(id.name)["blob"].rstrip("/") + "/"
            if url.startswith(base):
                container, _, name = url.removeprefix(base).partition("/")
                return self._storage.get_blob(id.name, container, name)
        return None


class _OfSlot(ResourceType):
    """Something below a site or a slot that exists with it."""

    def __init__(self, name: str, runtime: AppRuntime) -> None:
        self.name, self.runtime = name, runtime

    def owner(self, id: ResourceId) -> ResourceId:
        """Raises ArmError 404 if there is no such site or slot."""
        depth = 2 if id.type.lower().startswith(SLOTS.lower() + "/") else 1
        owner = ResourceId(id.scope, SLOTS if depth == 2 else SITES, id.names[:depth])
        if self.plane.store.get(owner) is None:
            raise not_found(owner.type, "/".join(owner.names), id.resource_group)
        return owner

    def put(self, request: Request) -> Response:
        raise _not_allowed(request)

    def delete(self, request: Request) -> Response:
        raise _not_allowed(request)


class Hosts(_OfSlot):
    """`sites/X[/slots/Y]/host/default`: only its actions."""

    def get(self, request: Request) -> Response:
        raise _not_allowed(request)

    def post(self, request: Request) -> Response:
        owner = self.owner(request.id)
        action = (request.action or "").lower()
        if action == "listkeys":
            keys = keys_of(self.plane, owner)
            return Response(200, {"masterKey": keys.master, "functionKeys": keys.functions, "systemKeys": keys.system})
        if action == "sync":
            return self.sync(owner)
        if action == "listsyncstatus":
            return Response(204)
        return super().post(request)

    def sync(self, owner: ResourceId) -> Response:
        """A slot that never had code has no triggers, and nothing to fail."""
        state = self.runtime.state(self.plane, owner)
        has_code = bool(package_url(self.plane, owner))
        if has_code and (state is None or state.state != "Running"):
            raise ArmError(400, "BadRequest", "Encountered an error (ServiceUnavailable) from host runtime.")
        return Response(204)


class HostSecrets(_OfSlot):
    """`host/default/functionKeys/NAME` and `systemKeys/NAME`. No GET shows a key; listkeys does."""

    def get(self, request: Request) -> Response:
        raise _not_allowed(request)

    def put(self, request: Request) -> Response:
        owner, kind = self.owner(request.id), self._kind()
        asked: Body = request.body or {}
        # The body's shape changed between versions of the API: under `properties` once, flat in the newest SDKs.
        value = {**asked, **(asked.get("properties") or {})}.get("value")
        known = put_key(self.plane, owner, kind, request.id.name, value)
        self.runtime.keys_changed(owner)
        body = {"id": str(request.id), "name": request.id.name, "type": request.id.type}
        return Response(201, {**body, "value": known, "properties": {"name": request.id.name, "value": known}})

    def delete(self, request: Request) -> Response:
        owner = self.owner(request.id)
        if not remove_key(self.plane, owner, self._kind(), request.id.name):
            raise ArmError(404, "NotFound", f"The key '{request.id.name}' was not found.")
        self.runtime.keys_changed(owner)
        return Response(204)

    def _kind(self) -> str:
        return next(kind for kind in KINDS if self.name.lower().endswith(kind.lower()))


class HostStatus(_OfSlot):
    """GET `hostruntime/admin/host/status`, which parses as the resource `status` of type `hostruntime/host`."""

    def get(self, request: Request) -> Response:
        owner = self.owner(request.id)
        if [name.lower() for name in request.id.names[-2:]] != ["admin", "status"]:
            raise ArmError(404, "NotFound", f"The embedded Azure knows hostruntime/admin/host/status, not {request.id}.")
        state = self.runtime.state(self.plane, owner)
        if state is None:
            raise ArmError(503, "ServiceUnavailable", "Encountered an error (ServiceUnavailable) from host runtime.")
        return Response(200, status_body(site_of(owner).name, slot_of(owner), config(self.plane, owner, "appsettings"), state))


class Functions(_OfSlot):
    """`sites/X[/slots/Y]/functions`: what the host has found in the package. Without a host that runs, Azure knows of none."""

    def get(self, request: Request) -> Response:
        owner = self.owner(request.id)
        found = next((one for one in self.below(owner) if one["properties"]["name"].lower() == request.id.name.lower()), None)
        if found is None:
            raise not_found(request.id.type, "/".join(request.id.names), request.id.resource_group)
        return Response(200, found)

    def below(self, parent: ResourceId) -> list[Body]:
        state = self.runtime.state(self.plane, parent)
        return [] if state is None or state.state != "Running" else [self._shown(parent, one) for one in state.functions]

    def _shown(self, owner: ResourceId, function: Body) -> Body:
        id, settings = owner.child("functions", function["name"]), config(self.plane, owner, "appsettings")
        language = setting(settings, "FUNCTIONS_WORKER_RUNTIME") or "python"
        properties = {**function, "isDisabled": is_disabled(function["name"], settings), "language": language}
        return {"id": str(id), "name": "/".join(id.names), "type": id.type, "properties": properties}


def functions_in(package: bytes) -> list[Body]:
    """By their function.json. What is declared in code alone takes a process to be found."""
    if not package:
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            named = [
                (name.partition("/"), archive.read(name)) for name in archive.namelist() if re.fullmatch(r"[^/]+/function\.json", name)
            ]
        return [{"name": name, "config": json.loads(text)} for (name, _, _), text in sorted(named)]
    except (zipfile.BadZipFile, ValueError):
        return []


def status_body(site: str, slot: str, settings: Body, state: HostState) -> Body:
    """azure-functions-host HostStatus.cs; `errors` is there only if there are some, `processUptime` only where a process runs."""
    known: Body = {
        "id": setting(settings, "AzureFunctionsWebHost__hostid") or host_id(site, slot),
        "state": state.state,
        "version": "4.0.0-sandbox",
        **({} if state.uptime is None else {"processUptime": state.uptime}),
    }
    return {**known, "errors": list(state.errors)} if state.errors else known


def arm_types(storage: StorageService | None) -> list[ResourceType]:
    """`storage` None: every package that a slot names is taken to exist."""
    runtime = AppRuntime(storage)
    types: list[ResourceType] = []
    for name in (SITES, SLOTS):
        types += [Hosts(f"{name}/host", runtime), HostStatus(f"{name}/hostruntime/host", runtime), Functions(f"{name}/functions", runtime)]
        types += [HostSecrets(f"{name}/host/{kind}", runtime) for kind in KINDS]
    return types


def package_url(plane: ControlPlane, owner: ResourceId) -> str:
    """Where a slot's code comes from: its setting, or what OneDeploy brought to a Flex Consumption app. Empty: nowhere."""
    return (released(plane, owner) or {}).get("url") or setting(config(plane, owner, "appsettings"), RUN_FROM_PACKAGE)


def runtime_of(plane: ControlPlane) -> AppRuntime:
    return cast(Hosts, plane.type_named(f"{SITES}/host")).runtime


def _enabled(plane: ControlPlane, owner: ResourceId) -> bool:
    properties: Any = (plane.store.get(owner) or {}).get("properties", {})
    return properties.get("enabled", True) is not False and properties.get("state") != "Stopped"


def _not_allowed(request: Request) -> ArmError:
    return ArmError(405, "MethodNotAllowed", f"The requested resource does not support http method '{request.method}'.")
