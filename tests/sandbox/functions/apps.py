"""An embedded Azure that runs code, and apps small enough to read in a test."""

from __future__ import annotations

import io
import itertools
import textwrap
import uuid
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import BlobSasPermissions, generate_blob_sas
from azure.storage.queue import QueueClient

from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION
from sandbox.deploying import Deployments, deployments_of
from sandbox.functions.fleet import Instance
from sandbox.functions.host import FunctionsHost
from sandbox.functions.serving import Answer
from sandbox.web import Process, Swaps, processes, swaps_of
from sandbox.world import Sandbox

GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/apps"
PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/apps"
BLOB_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
BLOB_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
QUEUE_CONTRIBUTOR = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
_numbers = itertools.count(1)

HTTP_APP = """
    import os
    import azure.functions as func

    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

    @app.route(route="setting/{name}")
    def setting(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(os.environ.get(req.route_params["name"], ""))

    @app.route(route="pid")
    def pid(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(str(os.getpid()))
"""

QUEUE_APP = """
    import os
    import azure.functions as func

    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

    @app.queue_trigger(arg_name="message", queue_name="incoming", connection="AzureWebJobsStorage")
    @app.function_name("Take")
    def take(message: func.QueueMessage) -> None:
        print("took", message.get_body().decode(), "with", os.environ.get("CODE"))
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def package(code: str, **files: str) -> bytes:
    """A zip with function_app.py, a plain host.json, and other files by name with `__` for `/` and `___` for a dot."""
    content = {"function_app.py": textwrap.dedent(code), "host.json": '{"version": "2.0"}'}
    content |= {name.replace("___", ".").replace("__", "/"): text for name, text in files.items()}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return zipped.getvalue()


class Azure:
    """One sandbox for many tests; each makes sites of its own in it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.put(GROUP, location="westeurope")
        self.put(PLAN, location="westeurope", kind="linux", sku={"name": "P0v3"}, properties={"reserved": True})
        self.put(IDENTITY, location="westeurope")
        self.packages = self.account()
        self.put(f"{self._account_id(self.packages)}/blobServices/default/containers/packages", properties={})
        self.grant(BLOB_READER, self._account_id(self.packages))

    @property
    def functions(self) -> FunctionsHost:
        return self.sandbox.functions

    @property
    def swaps(self) -> Swaps:
        return swaps_of(self.sandbox.plane)

    @property
    def deployments(self) -> Deployments:
        return deployments_of(self.sandbox.plane)

    def flex(self, **config: Any) -> FlexSite:
        """A new app on a Flex Consumption plan of its own, with its own deployment container; `config` goes into functionAppConfig."""
        return FlexSite(self, f"flex{next(_numbers)}", config)

    def put(self, id: str, **body: Any) -> Any:
        return self.sandbox.plane.request("PUT", id, body).body

    def post(self, id: str, **body: Any) -> Any:
        return self.sandbox.plane.request("POST", id, body)

    def account(self) -> str:
        name = f"account{next(_numbers)}"
        self.put(self._account_id(name), location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"}, properties={})
        return name

    def grant(self, role: str, scope: str) -> None:
        principal = self.sandbox.plane.request("GET", IDENTITY).body["properties"]["principalId"]
        definition = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        properties = {"principalId": principal, "roleDefinitionId": definition, "principalType": "ServicePrincipal"}
        self.put(f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}", properties=properties)

    def upload(self, content: bytes, account: str | None = None) -> str:
        """The URL of a new blob with it."""
        name, account = f"app-{next(_numbers)}.zip", account or self.packages
        self.sandbox.storage.put_blob(account, "packages", name, content)
        return f"{self.sandbox.storage.endpoints(account)['blob']}packages/{name}"

    def signed(self, url: str) -> str:
        """The URL of a package with a SAS, as OneDeploy needs it."""
        name = url.rsplit("/", 1)[1]
        key = self.post(f"{self._account_id(self.packages)}/listKeys").body["keys"][0]["value"]
        ends, may = datetime.now(UTC) + timedelta(hours=1), BlobSasPermissions(read=True)
        return f"{url}?{generate_blob_sas(self.packages, 'packages', name, account_key=key, permission=may, expiry=ends)}"

    def site(self, *slots: str) -> Site:
        site = Site(self, f"site{next(_numbers)}")
        for slot in ("production", *slots):
            site.create(slot)
        return site

    def client_id(self) -> str:
        return str(self.sandbox.plane.request("GET", IDENTITY).body["properties"]["clientId"])

    def account_id(self, name: str) -> str:
        return self._account_id(name)

    def queue(self, account: str, name: str) -> QueueClient:
        key = self.post(f"{self._account_id(account)}/listKeys").body["keys"][0]["value"]
        url = self.sandbox.storage.endpoints(account)["queue"]
        return QueueClient(url, name, credential=AzureNamedKeyCredential(account, key), connection_verify=str(self.sandbox.ca_bundle))

    def connection_string(self, account: str) -> str:
        key = self.post(f"{self._account_id(account)}/listKeys").body["keys"][0]["value"]
        ends = self.sandbox.storage.endpoints(account)
        kinds = ";".join(f"{kind.capitalize()}Endpoint={ends[kind].rstrip('/')}" for kind in ("blob", "queue", "table"))
        return f"AccountName={account};AccountKey={key};{kinds}"

    def _account_id(self, name: str) -> str:
        return f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}"


class Site:
    def __init__(self, azure: Azure, name: str) -> None:
        self.azure, self.name = azure, name
        self.id = f"{GROUP}/providers/Microsoft.Web/sites/{name}"

    def slot(self, slot: str) -> str:
        return self.id if slot == "production" else f"{self.id}/slots/{slot}"

    def create(self, slot: str) -> None:
        identity = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
        site_config = {"linuxFxVersion": "PYTHON|3.11"}
        self.azure.put(
            self.slot(slot),
            location="westeurope",
            kind="functionapp,linux",
            identity=identity,
            properties={"serverFarmId": PLAN, "siteConfig": site_config},
        )

    def set(self, slot: str, settings: Mapping[str, str], **more: str) -> None:
        self.azure.put(f"{self.slot(slot)}/config/appsettings", properties={**settings, **more})

    def run(self, slot: str, code: str | bytes, *, ready: bool = True, **settings: str) -> None:
        """Deploys the code with these settings alone, and waits until it runs."""
        url = self.azure.upload(package(code) if isinstance(code, str) else code)
        self.set(slot, {"WEBSITE_RUN_FROM_PACKAGE": url, "WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID": IDENTITY}, **settings)
        if ready:
            self.ready(slot)

    def stick(self, *names: str) -> None:
        self.azure.put(f"{self.id}/config/slotConfigNames", properties={"appSettingNames": list(names)})

    def ready(self, slot: str = "production") -> None:
        self.azure.functions.wait_ready(self.name, slot)

    def get(self, path: str, slot: str = "production", **options: Any) -> Answer:
        return self.request("GET", path, slot, **options)

    def request(self, method: str, path: str, slot: str = "production", body: Any = None, **options: Any) -> Answer:
        return self.azure.functions.request(slot, method, path, body, site=self.name, **{"key": False, **options})

    def process(self, slot: str = "production") -> Process:
        return processes(self.azure.sandbox.plane, self.id)[slot]

    def swap(self, source: str = "staging", target: str = "production") -> None:
        """From beginning to end. Raises what a hook raised in phase 3 or 4."""
        self.azure.post(f"{self.slot(source)}/slotsswap", targetSlot=target)
        self.azure.swaps.wait(self.id, 120)

    def executions(self, **where: Any) -> list[dict[str, Any]]:
        found = self.azure.functions.executions()
        return [one for one in found if one["site"] == self.name and all(one[name] == value for name, value in where.items())]

    def log(self, slot: str = "production") -> str:
        return self.azure.functions.log(self.name, slot)


class FlexSite(Site):
    """Its identity may write the deployment container. Its settings are set apart from its code, as two updates."""

    def __init__(self, azure: Azure, name: str, config: Mapping[str, Any]) -> None:
        super().__init__(azure, name)
        self._plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/{name}"
        self.container = f"{azure.sandbox.storage.endpoints(azure.packages)['blob']}{name}"
        azure.put(self._plan, location="westeurope", kind="functionapp", sku={"name": "FC1"}, properties={"reserved": True})
        container = f"{azure.account_id(azure.packages)}/blobServices/default/containers/{name}"
        azure.put(container, properties={})
        azure.grant(BLOB_CONTRIBUTOR, container)
        self.configure(**config)

    def configure(self, **config: Any) -> None:
        """PUTs the site with this functionAppConfig beside what it must have."""
        storage = {
            "type": "blobContainer",
            "value": self.container,
            "authentication": {"type": "UserAssignedIdentity", "userAssignedIdentityResourceId": IDENTITY},
        }
        whole = {"deployment": {"storage": storage}, "runtime": {"name": "python", "version": "3.11"}, **config}
        self.azure.put(
            self.id,
            location="westeurope",
            kind="functionapp,linux",
            identity={"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}},
            properties={"serverFarmId": self._plan, "functionAppConfig": whole},
        )

    def deploy(self, code: str | bytes) -> dict[str, Any]:
        """By OneDeploy; returns the deployment's record once it has ended, whatever the instances do."""
        url = self.azure.signed(self.azure.upload(package(code) if isinstance(code, str) else code))
        self.azure.put(f"{self.id}/extensions/onedeploy", properties={"packageUri": url, "remoteBuild": False})
        self.azure.deployments.wait(self.id)
        return dict(self.azure.sandbox.plane.request("GET", f"{self.id}/deployments/latest").body["properties"])

    def updated(self) -> list[Instance]:
        """The instances, once no update is under way and no replaced one is left."""
        return self.azure.functions.wait_updated(self.name)


Wait = Callable[[Callable[[], Any]], Any]
