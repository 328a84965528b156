"""What ARM says of an app's host: by the real client, over REST. Without processes it follows from the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.web import WebSiteManagementClient

from sandbox.arm import ArmError
from sandbox.rest import answers
from sandbox.world import Sandbox
from tests.sandbox.functions.apps import GROUP, HTTP_APP, PLAN, Azure, Site, Wait, package

SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders"
STAGING = f"{SITE}/slots/staging"
ORDERS: dict[str, Any] = {"resource_group_name": "apps", "name": "orders"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A site with a slot, in a sandbox without an emulator."""
    with Sandbox(storage="memory") as sandbox:
        put(sandbox, GROUP, location="westeurope")
        put(sandbox, PLAN, location="westeurope", kind="linux", sku={"name": "P0v3"}, properties={"reserved": True})
        for id in (SITE, STAGING):
            put(sandbox, id, location="westeurope", kind="functionapp,linux", properties={"serverFarmId": PLAN})
        yield sandbox


def put(sandbox: Sandbox, id: str, **body: Any) -> None:
    sandbox.plane.request("PUT", id, body)


def deploy(sandbox: Sandbox, slot: str, *, exists: bool = True, content: bytes | None = None) -> str:
    """Names a package in the slot's settings; returns its URL."""
    account = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/packages"
    put(sandbox, account, location="westeurope", kind="StorageV2", sku={"name": "Standard_LRS"}, properties={})
    put(sandbox, f"{account}/blobServices/default/containers/code", properties={})
    if exists:
        sandbox.storage.put_blob("packages", "code", "app.zip", content or package(HTTP_APP))
    url = f"{sandbox.storage.endpoints('packages')['blob']}code/app.zip"
    put(sandbox, f"{slot}/config/appsettings", properties={"WEBSITE_RUN_FROM_PACKAGE": url})
    return url


def client(sandbox: Sandbox) -> WebSiteManagementClient:
    return WebSiteManagementClient(
        sandbox.credential(),
        sandbox.subscription,
        base_url=sandbox.arm_endpoint,
        credential_scopes=["https://management.azure.com/.default"],
        connection_verify=str(sandbox.ca_bundle),
        retry_total=0,
    )


def status(sandbox: Sandbox, slot: str) -> Any:
    return sandbox.plane.request("GET", f"{slot}/hostruntime/admin/host/status").body


def test_the_real_client_lists_the_keys_of_a_site_and_of_a_slot(sandbox: Sandbox) -> None:
    apps = client(sandbox).web_apps
    keys = [apps.list_host_keys(**ORDERS), apps.list_host_keys_slot(**ORDERS, slot="staging")]
    assert [(set(one.function_keys or {}), set(one.system_keys or {})) for one in keys] == [({"default"}, {"durabletask_extension"})] * 2
    assert len({one.master_key for one in keys}) == 2
    assert apps.list_host_keys(**ORDERS).master_key == keys[0].master_key


def test_the_real_client_sets_and_deletes_a_key(sandbox: Sandbox) -> None:
    apps = client(sandbox).web_apps
    made = apps.create_or_update_host_secret(**ORDERS, key_type="functionKeys", key_name="router", key={"value": "secret"})
    assert made.value == "secret"
    assert (apps.list_host_keys(**ORDERS).function_keys or {})["router"] == "secret"
    assert set(apps.list_host_keys_slot(**ORDERS, slot="staging").function_keys or {}) == {"default"}
    apps.delete_host_secret(**ORDERS, key_type="functionKeys", key_name="router")
    assert set(apps.list_host_keys(**ORDERS).function_keys or {}) == {"default"}


def test_the_real_client_synchronises_triggers(sandbox: Sandbox) -> None:
    deploy(sandbox, SITE)
    apps = client(sandbox).web_apps
    apps.sync_function_triggers(**ORDERS)
    apps.sync_functions(**ORDERS)
    apps.sync_function_triggers_slot(**ORDERS, slot="staging")
    apps.sync_functions_slot(**ORDERS, slot="staging")


def test_triggers_of_code_that_does_not_run_are_not_synchronised(sandbox: Sandbox) -> None:
    deploy(sandbox, STAGING, exists=False)
    with pytest.raises(HttpResponseError) as refused:
        client(sandbox).web_apps.sync_function_triggers_slot(**ORDERS, slot="staging")
    assert refused.value.status_code == 400
    assert "Encountered an error (ServiceUnavailable) from host runtime." in str(refused.value)


def test_without_processes_a_host_runs_if_its_package_exists(sandbox: Sandbox) -> None:
    assert (status(sandbox, STAGING)["state"], status(sandbox, STAGING)["errors"]) == ("Error", ["The slot has no package."])
    url = deploy(sandbox, STAGING, exists=False)
    assert status(sandbox, STAGING)["errors"] == [f"The package {url} could not be fetched: 404 BlobNotFound."]
    deploy(sandbox, STAGING)
    assert status(sandbox, STAGING) == {"id": "orders-staging", "state": "Running", "version": "4.0.0-sandbox"}
    assert status(sandbox, SITE)["state"] == "Error"


def test_the_status_is_to_be_had_over_rest(sandbox: Sandbox) -> None:
    import requests

    deploy(sandbox, STAGING)
    token = sandbox.credential().get_token("https://management.azure.com/.default").token
    answer = requests.get(
        f"{sandbox.arm_endpoint}{STAGING}/hostruntime/admin/host/status",
        params={"api-version": "2025-05-01"},
        headers={"Authorization": f"Bearer {token}"},
        verify=str(sandbox.ca_bundle),
        timeout=30,
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "Running")


def test_a_stopped_slot_does_not_answer_for_its_status(sandbox: Sandbox) -> None:
    deploy(sandbox, STAGING)
    sandbox.plane.request("POST", f"{STAGING}/stop")
    with pytest.raises(ArmError) as refused:
        status(sandbox, STAGING)
    assert refused.value.status == 503


@pytest.mark.parametrize(
    "path", ["slots/nowhere/host/default/listkeys", "slots/nowhere/syncfunctiontriggers", "host/default/somethingelse"]
)
def test_what_is_not_there_is_not_found(sandbox: Sandbox, path: str) -> None:
    with pytest.raises(ArmError) as refused:
        sandbox.plane.request("POST", f"{SITE}/{path}")
    assert refused.value.status == 404


def _token(sandbox: Sandbox) -> str:
    return f"Bearer {sandbox.credential().get_token('https://management.azure.com/.default').token}"


def functions(sandbox: Sandbox, slot: str) -> Any:
    return answers.answer(sandbox.plane, "GET", f"{slot}/functions?api-version=2024-04-01", _token(sandbox), b"").body["value"]


def test_without_processes_functions_are_those_of_function_json(sandbox: Sandbox) -> None:
    assert functions(sandbox, STAGING) == []
    deploy(sandbox, STAGING, content=package(HTTP_APP, Nightly__function___json='{"bindings": [{"type": "timerTrigger"}]}'))
    put(sandbox, f"{SITE}/config/appsettings", properties={})
    id = f"{STAGING}/functions/Nightly"
    assert functions(sandbox, STAGING) == [
        {
            "id": id,
            "name": "orders/staging/Nightly",
            "type": "Microsoft.Web/sites/slots/functions",
            "properties": {
                "name": "Nightly",
                "config": {"bindings": [{"type": "timerTrigger"}]},
                "isDisabled": False,
                "language": "python",
            },
        }
    ]
    assert sandbox.plane.request("GET", id).body == functions(sandbox, STAGING)[0]
    assert functions(sandbox, SITE) == []


def test_a_stopped_slot_and_a_broken_package_have_no_functions(sandbox: Sandbox) -> None:
    deploy(sandbox, STAGING, content=b"no zip")
    assert functions(sandbox, STAGING) == []
    deploy(sandbox, STAGING, content=package(HTTP_APP, Nightly__function___json="{}"))
    sandbox.plane.request("POST", f"{STAGING}/stop")
    assert functions(sandbox, STAGING) == []


@pytest.mark.parametrize("path", ["slots/nowhere/functions", "functions/nothing"])
def test_functions_that_are_not_there_are_not_found(sandbox: Sandbox, path: str) -> None:
    with pytest.raises(ArmError) as refused:
        answers.answer(sandbox.plane, "GET", f"{SITE}/{path}?api-version=2024-04-01", _token(sandbox), b"")
    assert refused.value.status == 404


def test_keys_survive_a_swap_in_their_slots(sandbox: Sandbox) -> None:
    put(sandbox, f"{STAGING}/host/default/functionKeys/mine", properties={"value": "staged"})
    from sandbox.web import swaps_of

    sandbox.plane.request("POST", f"{STAGING}/slotsswap", {"targetSlot": "production"})
    swaps_of(sandbox.plane).wait(SITE)
    keys = [sandbox.plane.request("POST", f"{slot}/host/default/listkeys").body["functionKeys"].get("mine") for slot in (SITE, STAGING)]
    assert keys == [None, "staged"]


def live(site: Site, slot: str = "production") -> Any:
    return site.azure.sandbox.plane.request("GET", f"{site.slot(slot)}/hostruntime/admin/host/status").body


def test_with_processes_arm_says_what_the_process_says(azure: Azure) -> None:
    site = azure.site("staging")
    site.run("production", HTTP_APP)
    setting, pid = functions(azure.sandbox, site.id)
    assert setting["properties"]["config"]["bindings"][0]["route"] == "setting/{name}"
    assert (pid["name"], pid["properties"]["name"]) == (f"{site.name}/pid", "pid")
    trigger = pid["properties"]["config"]["bindings"][0]
    assert (trigger["type"], trigger["authLevel"], trigger["direction"]) == ("httpTrigger", "anonymous", "in")
    status = live(site)
    assert status.pop("processUptime") >= 0
    assert status == {"id": site.name, "state": "Running", "version": "4.0.0-sandbox"}
    assert live(site, "staging")["errors"] == ["The slot has no package."]
    site.run("staging", "x = 1", ready=False)
    azure.functions.wait_settled(site.name, "staging")
    assert functions(azure.sandbox, site.slot("staging")) == []
    assert (live(site, "staging")["state"], len(live(site, "staging")["errors"])) == ("Error", 1)
    with pytest.raises(ArmError, match="from host runtime"):
        azure.post(f"{site.slot('staging')}/host/default/sync")
    assert azure.post(f"{site.id}/host/default/sync").status == 204


def test_a_host_without_a_process_does_not_answer_for_its_status(azure: Azure) -> None:
    site = azure.site()
    site.run("production", b"no zip", ready=False)
    assert azure.functions.wait_settled(site.name).state == "Error"
    with pytest.raises(ArmError, match="from host runtime") as refused:
        live(site)
    assert refused.value.status == 503


def test_a_key_that_is_put_opens_the_running_app_without_a_restart(azure: Azure, eventually: Wait) -> None:
    site = azure.site()
    site.run("production", HTTP_APP.replace("ANONYMOUS", "FUNCTION"))
    assert site.get("/api/pid", key="secret").status == 401
    azure.put(f"{site.id}/host/default/functionKeys/mine", properties={"value": "secret"})
    eventually(lambda: site.get("/api/pid", key="secret").status == 200)
    assert azure.functions.starts(site.name) == 1
