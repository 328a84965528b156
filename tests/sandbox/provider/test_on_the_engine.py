"""The stand-in under the real Pulumi engine: what a program sees from nothing to nothing."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_azure_native as az
import pytest
from pulumi import automation as auto

from sandbox.arm import ControlPlane, ResourceId
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION, OPERATOR_OBJECT_ID
from sandbox.storage.memory import MemoryStorage

from .conftest import GROUP

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

READER = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
SECRET = "a value nobody should read"


def everything(*, slot: str = "staging", tag: str = "1") -> None:
    """One resource of each type, with the names of a small function app."""
    group = az.resources.ResourceGroup("rg", resource_group_name="rg2", location="West Europe")
    inside: dict[str, Any] = {"resource_group_name": group.name}
    identity = az.managedidentity.UserAssignedIdentity("identity", **inside)
    account = storage(inside, identity)
    plan = az.web.AppServicePlan("plan", kind="linux", reserved=True, sku={"name": "P0v3", "tier": "Premium0V3"}, **inside)
    app: dict[str, Any] = {
        **inside,
        "kind": "functionapp,linux",
        "server_farm_id": plan.id,
        "https_only": True,
        "identity": {"type": "UserAssigned", "user_assigned_identities": [identity.id]},
        "site_config": {"always_on": True, "linux_fx_version": "Python|3.11", "app_settings": [{"name": "INLINE", "value": "1"}]},
        "tags": {"tag": tag},
    }
    site = az.web.WebApp("site", name="orders", **app)
    staging = az.web.WebAppSlot("slot", name=site.name, slot=slot, **app)
    settings({**inside, "name": site.name}, staging.id.apply(lambda id: id.split("/")[-1]))
    monitoring(inside)
    flex(inside, account)
    pulumi.export("endpoint", account.primary_endpoints.apply(lambda endpoints: endpoints.blob))
    pulumi.export("host", site.default_host_name)
    pulumi.export("me", az.authorization.get_client_config().object_id)


def storage(inside: dict[str, Any], identity: az.managedidentity.UserAssignedIdentity) -> az.storage.StorageAccount:
    account = az.storage.StorageAccount("account", account_name="packages2", kind="StorageV2", sku={"name": "Standard_LRS"}, **inside)
    within = {**inside, "account_name": account.name}
    az.storage.BlobServiceProperties(
        "service", blob_services_name="default", delete_retention_policy={"enabled": True, "days": 7}, **within
    )
    container = az.storage.BlobContainer("code", container_name="code", **within)
    az.storage.Blob("note.txt", container_name=container.name, source=pulumi.StringAsset("hello"), content_type="text/plain", **within)
    package = pulumi.AssetArchive({"host.json": pulumi.StringAsset("{}")})
    az.storage.Blob("package", blob_name="v1/app.zip", container_name=container.name, source=package, **within)
    az.storage.Table("table", table_name="HubInstances", **within)
    az.storage.Queue("queue", queue_name="hub-control-00", **within)
    principal = {"principal_id": identity.principal_id, "principal_type": "ServicePrincipal"}
    az.authorization.RoleAssignment("role", scope=account.id, role_definition_id=READER, **principal)
    return account


def settings(of: dict[str, Any], slot: pulumi.Output[str]) -> None:
    names = az.web.WebAppSlotConfigurationNames("names", app_setting_names=["STICKY"], **of)
    after = pulumi.ResourceOptions(depends_on=[names])
    az.web.WebAppApplicationSettings("settings", properties={"A": "1", "SECRET": pulumi.Output.secret(SECRET)}, opts=after, **of)
    az.web.WebAppApplicationSettingsSlot("slot-settings", slot=slot, properties={"A": "2"}, opts=after, **of)
    az.web.WebAppConnectionStrings("strings", properties={"db": {"type": "Custom", "value": "x"}}, **of)
    az.web.WebAppConnectionStringsSlot("slot-strings", slot=slot, properties={}, **of)
    az.web.WebAppFtpAllowed("ftp", allow=False, **of)
    az.web.WebAppScmAllowed("scm", allow=False, **of)
    az.web.WebAppFtpAllowedSlot("slot-ftp", slot=slot, allow=False, **of)
    az.web.WebAppScmAllowedSlot("slot-scm", slot=slot, allow=False, **of)


def monitoring(inside: dict[str, Any]) -> None:
    workspace = az.operationalinsights.Workspace("workspace", sku={"name": "PerGB2018"}, retention_in_days=30, **inside)
    az.applicationinsights.Component("insights", kind="web", workspace_resource_id=workspace.id, disable_local_auth=True, **inside)


def flex(inside: dict[str, Any], account: az.storage.StorageAccount) -> None:
    """An app on Flex Consumption, and the backend that it would use."""
    plan = az.web.AppServicePlan("flex-plan", kind="functionapp", reserved=True, sku={"name": "FC1", "tier": "FlexConsumption"}, **inside)
    container = account.primary_endpoints.apply(lambda endpoints: f"{endpoints.blob}code")
    storage = {"type": "blobContainer", "value": container, "authentication": {"type": "SystemAssignedIdentity"}}
    ready = {"always_ready": [{"name": "durable", "instance_count": 1}], "instance_memory_mb": 2048, "maximum_instance_count": 40}
    az.web.WebApp(
        "flex",
        name="flex",
        kind="functionapp,linux",
        server_farm_id=plan.id,
        identity={"type": "SystemAssigned"},
        function_app_config={
            "deployment": {"storage": storage},
            "runtime": {"name": "python", "version": "3.11"},
            "scale_and_concurrency": ready,
            "site_update_strategy": {"type": "RollingUpdate"},
        },
        **inside,
    )
    properties = {"ip_allowlist": ["0.0.0.0/0"], "sku": {"name": "Consumption"}}
    scheduler = az.durabletask.Scheduler("scheduler", scheduler_name="orders", properties=properties, **inside)
    az.durabletask.TaskHub("hub", scheduler_name=scheduler.name, task_hub_name="production", **inside)


@pytest.fixture
def stack_of(engine: Path, port: int, tmp_path: Path) -> Iterator[Callable[..., auto.Stack]]:
    """Makes a stack of an inline program, on a file backend of its own, with the stand-in attached."""
    (tmp_path / "state").mkdir()
    variables = {
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_PROVIDERS": f"azure-native:{port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

    def make(program: Callable[[], None], name: str = "test-provider") -> auto.Stack:
        command = auto.PulumiCommand(root=str(Path(engine).parent))
        options = auto.LocalWorkspaceOptions(pulumi_home=str(tmp_path / "home"), pulumi_command=command, env_vars=variables)
        return auto.create_or_select_stack(name, "provider", program=program, opts=options)

    yield make
    gc.collect()  # the event loops that the Automation API leaves open: their warnings belong to this module, not to whichever test comes later


def changes(result: Any) -> dict[str, int]:
    summary = result.change_summary if isinstance(result, auto.PreviewResult) else result.summary.resource_changes
    return {str(getattr(key, "value", key)): count for key, count in (summary or {}).items()}


def test_a_program_goes_from_nothing_to_nothing(
    stack_of: Callable[..., auto.Stack], plane: ControlPlane, storage: MemoryStorage, tmp_path: Path
) -> None:
    before = plane.store.ids()
    stack = stack_of(everything)
    planned = changes(stack.preview())
    assert plane.store.ids() == before

    outputs = stack.up().outputs
    total = planned["create"]
    assert (planned, total) == ({"create": total}, 29)
    assert outputs["host"].value == "orders.azurewebsites.net"
    assert outputs["me"].value == OPERATOR_OBJECT_ID
    assert outputs["endpoint"].value == storage.endpoints("packages2")["blob"]
    assert storage.get_blob("packages2", "code", "note.txt") == b"hello"
    assert storage.get_blob("packages2", "code", "v1/app.zip") is not None

    stack.preview(expect_no_changes=True)
    assert changes(stack.refresh()) == {"same": total}
    stack.preview(expect_no_changes=True, refresh=True)
    assert changes(stack.up()) == {"same": total}

    written = [path.read_text() for path in (tmp_path / "state").rglob("*.json*")]
    assert written
    assert not [text for text in written if SECRET in text]
    assert secret_of(stack) == {
        "A": "1",
        "SECRET": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": json.dumps(SECRET)},
    }

    stack.destroy()
    assert plane.store.ids() == before


def secret_of(stack: auto.Stack) -> dict[str, Any]:
    """The outputs of the production settings in the exported state, which an export decrypts but leaves marked."""
    resources = stack.export_stack().deployment["resources"]
    return next(dict(entry["outputs"]["properties"]) for entry in resources if entry["type"].endswith(":WebAppApplicationSettings"))


def test_one_changed_input_touches_one_resource(stack_of: Callable[..., auto.Stack], plane: ControlPlane) -> None:
    tag = ["1"]
    stack = stack_of(lambda: everything(tag=tag[0]))
    stack.up()
    tag[0], before = "2", len(plane.journal)
    assert changes(stack.up()) == {"same": 27, "update": 2}

    touched = {ResourceId.parse(write.id).type for write in plane.journal.since(before)}
    assert {kind.lower() for kind in touched} <= {
        "microsoft.web/sites",
        "microsoft.web/sites/slots",
        "microsoft.web/sites/config",
        "microsoft.web/sites/slots/config",
    }


def test_a_renamed_slot_is_replaced_with_all_that_belongs_to_it(stack_of: Callable[..., auto.Stack], plane: ControlPlane) -> None:
    slot = ["staging"]
    stack = stack_of(lambda: everything(slot=slot[0]))
    stack.up()
    slot[0] = "next"

    assert changes(stack.up()) == {"replace": 5, "same": 24}
    assert [id for id in plane.store.ids() if "/slots/staging" in id] == []
    assert [id for id in plane.store.ids() if id.endswith("/slots/next")]


def test_drift_of_settings_is_put_right_by_the_next_update(stack_of: Callable[..., auto.Stack], plane: ControlPlane) -> None:
    stack = stack_of(everything)
    stack.up()
    settings = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/rg2/providers/Microsoft.Web/sites/orders/config/appsettings"
    plane.request("PUT", settings, {"properties": {"A": "by hand"}})
    assert changes(stack.up(refresh=True)) == {"same": 28, "update": 1}

    assert plane.request("POST", f"{settings}/list").body["properties"] == {"A": "1", "SECRET": SECRET}


def misspelt() -> None:
    site: Any = {"linux_fx_version": "Python|3.11", "linuxFxVerson": "Python|3.12"}
    az.web.WebApp("site", resource_group_name="rg", site_config=site)


def test_a_misspelt_property_fails_the_preview_with_its_path(stack_of: Callable[..., auto.Stack]) -> None:
    with pytest.raises(auto.CommandError, match=r"unknown property 'siteConfig.linuxFxVerson': did you mean 'linuxFxVersion'"):
        stack_of(misspelt).preview()


def test_another_stack_is_refused_before_anything_is_written(stack_of: Callable[..., auto.Stack], plane: ControlPlane) -> None:
    stack, before = stack_of(everything, "prod"), len(plane.journal)

    for operation in (stack.preview, stack.up):
        with pytest.raises(
            auto.CommandError, match=r"this provider is the embedded Azure, which writes to no cloud: the stack 'prod' may not use it"
        ):
            operation()
    assert len(plane.journal) == before


def reading() -> None:
    found = az.web.list_web_app_application_settings(name="nosite", resource_group_name="rg")
    pulumi.export("found", found.properties)


def test_a_failed_function_stops_the_program_with_azures_words(stack_of: Callable[..., auto.Stack]) -> None:
    with pytest.raises(auto.CommandError) as error:
        stack_of(reading).preview()

    path = f"{GROUP}/providers/Microsoft.Web/sites/nosite/config/appsettings/list"
    assert f'request failed {path}: Status=404 Code="ResourceNotFound" Message="The Resource' in str(error.value)


def importing() -> None:
    group = az.resources.ResourceGroup.get("found", GROUP)
    pulumi.export("location", group.location)


def test_what_exists_can_be_looked_up_by_its_id(stack_of: Callable[..., auto.Stack]) -> None:
    assert stack_of(importing).up().outputs["location"].value == "westeurope"
