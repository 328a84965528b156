"""OneDeploy. Sources: Microsoft docs, "Automate resource deployment for your function app" (extensions/onedeploy, packageUri, remoteBuild,
released-package.zip); Azure/azure-dev#3658 (the record and its status codes) and #4439 (a refused upload); projectkudu/kudu#3042 (409)."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

import pytest

from sandbox.arm import ArmError, ControlPlane, Store
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION
from sandbox.deploying import DeploymentPhase, deployments_of
from sandbox.resources import all_types
from sandbox.resources.role_ids import STORAGE_BLOB_DATA_CONTRIBUTOR, STORAGE_BLOB_DATA_READER
from sandbox.storage import MemoryStorage
from sandbox.web import web_types

GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/rg"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/packages"
CONTAINERS = f"{ACCOUNT}/blobServices/default/containers"
FIRST = "00000000-0000-4000-8000-000000000001"


def zipped(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        for name in names:
            package.writestr(name, "{}")
    return content.getvalue()


class Azure:
    """A Flex Consumption site whose own identity writes its deployment container, and packages that wait in another one."""

    def __init__(self, *, manual: bool = True, role: str = STORAGE_BLOB_DATA_CONTRIBUTOR) -> None:
        self.storage = MemoryStorage()
        types = [*all_types(self.storage), *web_types(swapping="manual" if manual else "background", storage=self.storage)]
        self.plane = ControlPlane(Store(), types, clock=lambda: 0.0)
        self.deployments = deployments_of(self.plane)
        self.put(GROUP, location="westeurope")
        self.put(ACCOUNT, location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"}, properties={})
        for name in ("code", "waiting"):
            self.put(f"{CONTAINERS}/{name}", properties={})
        self.base = self.storage.endpoints("packages")["blob"]
        plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
        self.put(plan, location="westeurope", sku={"name": "FC1"}, properties={"reserved": True})
        storage = {"type": "blobContainer", "value": f"{self.base}code", "authentication": {"type": "SystemAssignedIdentity"}}
        config = {"deployment": {"storage": storage}, "runtime": {"name": "python", "version": "3.11"}}
        properties = {"serverFarmId": plan, "functionAppConfig": config}
        site = self.put(SITE, location="westeurope", kind="functionapp,linux", identity={"type": "SystemAssigned"}, properties=properties)
        definition = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        granted = {"principalId": site["identity"]["principalId"], "roleDefinitionId": definition}
        self.put(f"{CONTAINERS}/code/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}", properties=granted)

    def put(self, path: str, **body: Any) -> Any:
        return self.plane.request("PUT", path, body).body

    def get(self, path: str) -> Any:
        return self.plane.request("GET", path).body

    def deploy(self, content: bytes, *, sas: str = "?sig=signed", method: str = "PUT", **more: Any) -> Any:
        """Uploads the package and asks for it; the response."""
        self.storage.put_blob("packages", "waiting", "app.zip", content)
        properties = {"packageUri": f"{self.base}waiting/app.zip{sas}", **more}
        return self.plane.request(method, f"{SITE}/extensions/onedeploy", {"properties": properties})

    def ended(self) -> dict[str, Any]:
        """The record of the newest deployment, once nothing is under way."""
        while self.deployments.advance(SITE) is not None:
            pass
        return dict(self.get(f"{SITE}/deployments/latest")["properties"])

    def released(self) -> bytes | None:
        return self.storage.get_blob("packages", "code", "released-package.zip")


def test_a_package_goes_through_its_steps_and_lands_in_the_apps_container() -> None:
    azure, package, seen = Azure(), zipped("host.json"), []
    azure.deployments.hooks.append(lambda phase: seen.append((phase.number, status(azure), azure.released() is not None)))
    response = azure.deploy(package, remoteBuild=False)
    assert (response.status, response.headers["Location"]) == (202, f"{SITE}/operationresults/{FIRST}")
    assert (response.body["properties"]["id"], response.body["properties"]["provisioningState"]) == (FIRST, "InProgress")
    assert (status(azure), polled(azure)) == (0, 202)
    record = azure.ended()
    assert seen == [(1, 1, False), (2, 2, True), (3, 4, True)]
    assert azure.released() == package
    assert (record["status"], record["complete"], record["active"], record["end_time"]) == (4, True, True, "1970-01-01T00:00:00.000000Z")
    assert polled(azure) == 200
    assert azure.get(f"{SITE}/extensions/onedeploy")["properties"]["provisioningState"] == "Succeeded"
    assert azure.get(f"{SITE}/deploymentStatus/{FIRST}")["properties"] == {
        "deploymentId": FIRST,
        "status": "RuntimeSuccessful",
        "errors": [],
    }


def status(azure: Azure) -> int:
    return int(azure.get(f"{SITE}/deployments/{FIRST}")["properties"]["status"])


def polled(azure: Azure) -> int:
    return azure.plane.request("GET", f"{SITE}/operationresults/{FIRST}").status


def test_the_request_may_be_a_post_and_needs_no_remote_build() -> None:
    azure = Azure()
    assert azure.deploy(zipped("host.json"), method="POST").status == 202
    assert azure.ended()["status"] == 4


def test_a_second_deployment_is_refused_while_one_runs() -> None:
    azure = Azure()
    azure.deploy(zipped("host.json"))
    azure.deployments.advance(SITE)
    with pytest.raises(ArmError) as refused:
        azure.deploy(zipped("host.json"))
    assert (refused.value.status, refused.value.message) == (
        409, "There is a deployment currently in progress. Please try again when it completes.",
    )  # fmt: skip
    azure.ended()
    azure.deploy(zipped("host.json", "newer"))
    azure.ended()
    active = [body["properties"]["active"] for _, body in azure.plane.store.of_type("Microsoft.Web/sites/deployments")]
    assert active == [False, True]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"no zip", "[Kudu-ValidationStep] The package is not a valid zip file."),
        (zipped("src/host.json"), "[Kudu-ContentValidationStep] Cannot find required host.json file in the root of the package."),
    ],
)
def test_a_wrong_package_fails_and_the_app_keeps_the_one_it_has(content: bytes, text: str) -> None:
    azure, good = Azure(), zipped("host.json")
    azure.deploy(good)
    azure.ended()
    azure.deploy(content)
    record = azure.ended()
    assert (record["status"], record["status_text"], record["active"]) == (3, text, False)
    assert azure.released() == good
    assert azure.get(f"{SITE}/deployments/{FIRST}")["properties"]["active"] is True
    with pytest.raises(ArmError, match="Kudu"):
        azure.get(f"{SITE}/operationresults/00000000-0000-4000-8000-000000000002")


def test_a_private_blob_needs_a_sas() -> None:
    azure = Azure()
    azure.deploy(zipped("host.json"), sas="")
    shown = f"{azure.base}waiting/app.zip"
    text = f"[Kudu-SourcePackageUriDownloadStep] Failed to download package from {shown}: 409 PublicAccessNotPermitted."
    assert azure.ended()["status_text"] == text


def test_the_apps_identity_must_be_allowed_to_write_its_container() -> None:
    azure = Azure(role=STORAGE_BLOB_DATA_READER)
    azure.deploy(zipped("host.json"))
    record = azure.ended()
    assert (record["status"], "Azure Storage responded with Forbidden : 403" in record["status_text"]) == (3, True)
    assert azure.released() is None


def test_a_container_that_is_gone_fails_the_deployment() -> None:
    azure = Azure()
    azure.plane.request("DELETE", f"{CONTAINERS}/code")
    azure.deploy(zipped("host.json"))
    assert azure.ended()["status_text"].endswith(f"the container {azure.base}code does not exist.")


def test_nothing_is_built() -> None:
    azure = Azure()
    azure.deploy(zipped("host.json"), remoteBuild=True)
    assert "builds nothing" in azure.ended()["status_text"]


def test_a_request_without_a_package_is_refused() -> None:
    azure = Azure()
    for body in (None, {}, {"properties": {"packageUri": "http://x/y.zip"}}):
        with pytest.raises(ArmError) as refused:
            azure.plane.request("PUT", f"{SITE}/extensions/onedeploy", body)
        assert (refused.value.status, refused.value.code) == (400, "BadRequest")
    with pytest.raises(ArmError, match="Nothing was deployed"):
        azure.get(f"{SITE}/extensions/onedeploy")


def test_other_plans_are_told_to_run_from_a_package() -> None:
    azure = Azure()
    plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/dedicated"
    azure.put(plan, location="westeurope", sku={"name": "P0v3"}, properties={"reserved": True})
    azure.put(f"{SITE}2", location="westeurope", kind="functionapp,linux", properties={"serverFarmId": plan})
    with pytest.raises(ArmError, match="to Flex Consumption only"):
        azure.plane.request("PUT", f"{SITE}2/extensions/onedeploy", {"properties": {"packageUri": "https://x/y.zip"}})


def test_the_journal_shows_the_steps_and_not_the_signature() -> None:
    azure = Azure()
    begun = len(azure.plane.journal)
    azure.deploy(zipped("host.json"))
    azure.ended()
    writes = azure.plane.journal.since(begun)
    record = f"/deployments/{FIRST}"
    assert [(write.operation, write.id.removeprefix(SITE), write.caller) for write in writes] == [
        ("onedeploy", record, "onedeploy"),
        ("onedeploy 1 of 3: fetch", record, "onedeploy"),
        ("onedeploy 2 of 3: upload", record, "onedeploy"),
        ("onedeploy 3 of 3: workers", record, "onedeploy"),
        ("onedeploy 3 of 3: workers", "", "onedeploy"),
    ]
    assert "sig=" not in json.dumps([write.after for write in writes])


def test_a_deployment_in_the_background_ends_by_itself_and_a_hook_is_heard() -> None:
    azure, seen = Azure(manual=False), list[DeploymentPhase]()

    def hook(phase: DeploymentPhase) -> None:
        seen.append(phase)
        if phase.number == 2:
            raise RuntimeError("of a test")

    azure.deployments.hooks.append(hook)
    azure.deploy(zipped("host.json"))
    with pytest.raises(RuntimeError, match="of a test"):
        azure.deployments.wait(SITE)
    assert [phase.number for phase in seen] == [1, 2, 3]
    assert azure.get(f"{SITE}/hostruntime/admin/host/status")["state"] == "Running"
