"""The embedded control plane with everything that the component makes beforehand, and `Apps` that works on it, all in this process."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from functions.router.arm import ArmClient
from functions.router.blueprint import Blueprint
from functions.router.hosting import Apps
from functions.router.lines import LineRow, State, VersionRow
from functions.router.versions import Line, Version
from sandbox.arm import ControlPlane, ResourceId, Store
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION
from sandbox.deploying import deployments_of
from sandbox.resources import all_types
from sandbox.storage.memory import MemoryStorage
from sandbox.web import web_types
from taskhub import Hub
from tests.functions.router.arm.transports import Credential, OfPlane

GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/versions"
OTHERS = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/router"
OWNER = f"{OTHERS}/providers/Microsoft.Web/sites/router"
IDENTITY = f"{OTHERS}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/versions"
ROLE = "/providers/Microsoft.Authorization/roleDefinitions/b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
ONE = Line(1, 0)
_Result = TypeVar("_Result")


class Killed(BaseException):
    """The process ends here: nobody handles it."""


def account(name: str) -> dict[str, str]:
    ends = MemoryStorage().endpoints(name)
    return {"account": name, **ends}


def blueprint(**changes: Any) -> Blueprint:
    """Flex Consumption, one account with a hub per line, shared tracking. `plan`, `durable`, `app` and `policy` are laid over."""
    document: dict[str, Any] = {
        "version": "b1",
        "app": {
            "resource_group_id": GROUP,
            "location": "westeurope",
            "prefix": "orders",
            "owner": OWNER,
            "identity": {"id": IDENTITY, "client_id": "client", "principal_id": "principal"},
            "plan": {"kind": "flex"} | changes.pop("plan", {}),
            "runtime_name": "python",
            "runtime_version": "3.13",
            "tags": {"team": "shop"},
        }
        | changes.pop("app", {}),
        "settings": {"GREETING": "line {line} of {app}, {{hub {hub}}}"},
        "host_storage": account("hosts"),
        "durable": {"storage": account("queues"), "hub_prefix": "Orders", "tracking_storage": account("tracking")}
        | changes.pop("durable", {}),
        "stores": {"state": account("state"), "packages_url": account("packages")["blob"] + "packages"},
        "insights_connection_string": "InstrumentationKey=k",
        "policy": changes.pop("policy", {}),
    }
    return Blueprint.model_validate({**document, **changes})


def line_row(line: Line = ONE, **changes: Any) -> LineRow:
    row = LineRow(
        line,
        State.PROVISIONING,
        AT,
        "first request",
        f"orders-{line.major}-{line.minor}",
        f"OrdersV{line.major}x{line.minor}",
        wanted=Version(line.major, line.minor, 0),
    )
    return replace(row, **changes)


def package(host_json: str = '{"version": "2.0"}') -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("host.json", host_json)
    return buffer.getvalue()


@dataclass
class FakeData:
    """The data plane over the memory storage. A deployment container is known to the control plane too, as one made by ARM is."""

    plane: ControlPlane
    storage: MemoryStorage
    done: list[str] = field(default_factory=list)
    step: Callable[[str], None] = lambda _what: None

    async def ensure_container(self, blob: str, name: str) -> None:
        self.step(f"container {name}")
        container = self._container(blob, name)
        if self.plane.store.get(ResourceId.parse(container)) is None:
            self.done.append(f"made {name}")
            self.plane.request("PUT", container, {})

    async def delete_container(self, blob: str, name: str) -> None:
        self.step(f"delete container {name}")
        if self.plane.store.get(ResourceId.parse(self._container(blob, name))) is not None:
            self.done.append(f"deleted {name}")
            self.plane.request("DELETE", self._container(blob, name))

    async def containers(self, blob: str, prefix: str) -> Sequence[str]:
        account = blob.rstrip("/").rsplit("/", 1)[-1]
        kept = self.plane.store.of_type("Microsoft.Storage/storageAccounts/blobServices/containers")
        return [id.name for id, _ in kept if id.names[0] == account and id.name.startswith(prefix)]

    async def delete_queues(self, hub: Hub) -> Sequence[str]:
        self.step("delete queues")
        account = hub.queue.rstrip("/").rsplit("/", 1)[-1]
        known = {*self.storage._account(account).queues} if account in self.storage._accounts else set()
        found = hub.own_queues(known)
        for name in found:
            self.done.append(f"deleted {name}")
            self.storage.delete_queue(account, name)
        return found

    async def signed(self, url: str, now: datetime) -> str:
        return f"{url}?sig=signature"

    def _container(self, blob: str, name: str) -> str:
        account = blob.rstrip("/").rsplit("/", 1)[-1]
        id = next(id for id, _ in self.plane.store.of_type("Microsoft.Storage/storageAccounts") if id.name == account)
        return f"{id}/blobServices/default/containers/{name}"


class World:
    """A deployment moves by one step whenever somebody waits."""

    def __init__(self, wanted: Blueprint | None = None) -> None:
        self.storage = MemoryStorage()
        types = [*all_types(self.storage), *web_types(swapping="manual", storage=self.storage)]
        self.plane = ControlPlane(Store(None), types)
        self.blueprint = wanted or blueprint()
        for group in (GROUP, OTHERS):
            self.put(group, {"location": "westeurope"})
        self.put(IDENTITY, {"location": "westeurope"})
        for name in ("hosts", "queues", "tracking", "packages"):
            id = f"{OTHERS}/providers/Microsoft.Storage/storageAccounts/{name}"
            self.put(id, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}})
        packages = f"{OTHERS}/providers/Microsoft.Storage/storageAccounts/packages/blobServices/default/containers/packages"
        self.put(packages, {})
        principal = self.get(IDENTITY)["properties"]["principalId"]
        scope = f"{OTHERS}/providers/Microsoft.Storage/storageAccounts/hosts"
        grant = {"properties": {"roleDefinitionId": ROLE, "principalId": principal, "principalType": "ServicePrincipal"}}
        self.put(f"{scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-000000000001", grant)
        self.transport = OfPlane(self.plane)
        self.data = FakeData(self.plane, self.storage)
        self.slept: list[float] = []

    def run(self, work: Callable[[Apps], Coroutine[Any, Any, _Result]], wanted: Blueprint | None = None) -> _Result:
        """In a process of its own, as it were: nothing is remembered from the last one."""

        async def inside() -> _Result:
            async with self.arm() as arm:
                return await work(self.apps(arm, wanted))

        return asyncio.run(inside())

    def arm(self) -> ArmClient:
        return ArmClient(Credential(), transport=self.transport, pause=self.pause, clock=lambda: sum(self.slept))

    def apps(self, arm: ArmClient, wanted: Blueprint | None = None) -> Apps:
        return Apps(wanted or self.blueprint, arm, self.data, lambda: AT)

    async def pause(self, seconds: float) -> None:
        self.slept.append(seconds)
        for id, _ in list(self.plane.store.of_type("Microsoft.Web/sites")):
            deployments_of(self.plane).advance(id)

    def version(self, text: str = "1.0.0", content: bytes | None = None) -> VersionRow:
        """Deployed: its package lies in the router's container."""
        self.storage.put_blob("packages", "packages", f"{text}.zip", content or package())
        url = f"{self.blueprint.stores.packages_url}/{text}.zip"
        return VersionRow(Version.parse(text), url, f"{text.replace('.', '')}abcdef0123456789", AT, "")

    def put(self, path: str, body: Any) -> Any:
        return self.plane.request("PUT", path, body).body

    def get(self, path: str) -> Any:
        return self.plane.request("GET", path).body

    def site(self, name: str = "orders-1-0") -> Any:
        return self.plane.store.get(ResourceId.parse(f"{GROUP}/providers/Microsoft.Web/sites/{name}"))

    def settings(self, name: str = "orders-1-0") -> dict[str, str]:
        found = self.plane.request("POST", f"{GROUP}/providers/Microsoft.Web/sites/{name}/config/appsettings/list").body
        return dict(found["properties"])

    def starts(self, name: str = "orders-1-0") -> int:
        id = ResourceId.parse(f"{GROUP}/providers/Microsoft.Web/sites/{name}")
        return int(self.plane.store.hidden(id).get("starts", 0))

    def in_group(self) -> list[str]:
        """Type and name of every resource of the version apps' group."""
        found = [ResourceId.parse(text) for text in self.plane.store.ids()]
        return sorted(
            f"{id.type.rpartition('/')[2]} {id.name}" for id in found if id.key.startswith(f"{GROUP.lower()}/") and len(id.names) == 1
        )

    def containers(self, account: str) -> list[str]:
        return sorted(self.storage._account(account).containers)
