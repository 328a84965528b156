"""A line's app is made once, from whatever an earlier try has left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.router.arm import ArmProblem, NotOurs
from functions.router.describing import names
from functions.router.describing.settings import kept
from functions.router.hosting import Apps
from sandbox.arm.faults import Fault
from tests.functions.router.arm.transports import names_of
from tests.functions.router.hosting.world import GROUP, IDENTITY, OWNER, World, blueprint, line_row

TAGS = {
    "team": "shop",
    "durable-deploy-owner": OWNER,
    "durable-deploy-line": "1.0",
    "durable-deploy-blueprint": "b1",
}
SITES = f"{GROUP}/providers/Microsoft.Web/sites"


async def make(apps: Apps) -> str:
    return await apps.make(line_row())


def test_on_flex_consumption_it_is_a_plan_a_container_and_a_site() -> None:
    world = World()
    assert world.run(make) == "orders-1-0.azurewebsites.net"
    assert world.in_group() == ["serverfarms orders-1-0-plan", "sites orders-1-0"]
    assert world.containers("hosts") == ["app-package-orders-1-0"]
    assert names_of(world.transport.writes()) == [
        "PUT serverfarms/orders-1-0-plan",
        "PUT sites/orders-1-0",
        "PUT basicPublishingCredentialsPolicies/ftp",
        "PUT basicPublishingCredentialsPolicies/scm",
    ]


def test_the_site_is_closed_to_passwords_and_plain_http_and_signs_in_as_the_versions_identity() -> None:
    world = World()
    world.run(make)
    site = world.site()
    assert site["tags"] == TAGS
    assert (site["properties"]["httpsOnly"], site["kind"]) == (True, "functionapp,linux")
    assert list(site["identity"]["userAssignedIdentities"]) == [IDENTITY]
    web = world.get(f"{SITES}/orders-1-0/config/web")["properties"]
    assert (web["minTlsVersion"], web["scmMinTlsVersion"]) == ("1.2", "1.2")
    for kind in ("ftp", "scm"):
        assert world.get(f"{SITES}/orders-1-0/basicPublishingCredentialsPolicies/{kind}")["properties"] == {"allow": False}
    storage = site["properties"]["functionAppConfig"]["deployment"]["storage"]
    assert storage["value"].endswith("/hosts/app-package-orders-1-0")
    assert site["properties"]["functionAppConfig"]["scaleAndConcurrency"]["alwaysReady"] == [{"name": "durable", "instanceCount": 1}]


def test_making_it_again_writes_nothing() -> None:
    world = World()
    world.run(make)
    world.transport.asked.clear()
    world.run(make)
    assert world.transport.writes() == []
    assert world.starts() == 1


@pytest.mark.parametrize(
    ("plan", "kind", "sku", "always_on"),
    [
        ({"kind": "elastic_premium", "sku": "EP1"}, "elastic", "EP1", False),
        ({"kind": "dedicated", "sku": "P0v3"}, "linux", "P0v3", True),
    ],
)
def test_on_other_plans_it_is_a_plan_and_a_site_with_its_stack(plan: dict[str, Any], kind: str, sku: str, always_on: bool) -> None:
    world = World(blueprint(plan=plan))
    world.run(make)
    made = world.get(f"{GROUP}/providers/Microsoft.Web/serverfarms/orders-1-0-plan")
    assert (made["kind"], made["sku"]["name"], made["properties"]["reserved"]) == (kind, sku, True)
    web = world.get(f"{SITES}/orders-1-0/config/web")["properties"]
    assert (web["linuxFxVersion"], web["alwaysOn"], web["ftpsState"]) == ("PYTHON|3.13", always_on, "Disabled")
    assert world.containers("hosts") == []


def test_on_an_existing_plan_only_the_site_is_made() -> None:
    world = World()
    plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/shared"
    world.put(plan, {"location": "westeurope", "kind": "linux", "sku": {"name": "P1v3"}, "properties": {"reserved": True}})
    world.run(make, blueprint(plan={"kind": "existing", "existing_id": plan}))
    assert world.in_group() == ["serverfarms shared", "sites orders-1-0"]
    assert world.get(f"{SITES}/orders-1-0/config/web")["properties"]["alwaysOn"] is True
    assert "tags" not in world.get(plan)


def test_with_an_account_per_line_the_queues_are_in_it() -> None:
    wanted = blueprint(durable={"scheduling": "account_per_line"})
    world = World(wanted)
    world.run(make)
    name = names.account_name(wanted, line_row().line)
    made = world.get(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}")
    assert made["tags"] == TAGS
    assert made["properties"]["allowSharedKeyAccess"] is False
    assert world.settings()["DurableStorage__queueServiceUri"] == made["properties"]["primaryEndpoints"]["queue"]
    assert world.settings()["DurableTracking__tableServiceUri"] == wanted.durable.tracking_storage.table  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["serverfarms/orders-1-0-plan", "sites/orders-1-0"])
@pytest.mark.parametrize("tags", [{}, {"durable-deploy-owner": OWNER + "-other"}, {"durable-deploy-owner": ""}])
def test_what_another_owner_has_is_never_written_to(kind: str, tags: dict[str, str]) -> None:
    world = World(blueprint(plan={"kind": "dedicated", "sku": "P0v3"}))
    plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/{'orders-1-0-plan' if kind.startswith('server') else 'their-plan'}"
    world.put(plan, {"location": "westeurope", "kind": "linux", "sku": {"name": "P1v3"}, "properties": {"reserved": True}, "tags": tags})
    if kind.startswith("sites"):
        body = {"location": "westeurope", "kind": "functionapp,linux", "tags": tags, "properties": {"serverFarmId": plan, "reserved": True}}
        world.put(f"{SITES}/orders-1-0", body)
    with pytest.raises(NotOurs, match="lacks the owner's tag"):
        world.run(make)
    assert world.transport.writes() == []


def test_the_owner_is_compared_without_regard_to_case() -> None:
    world = World()
    world.run(make)
    world.run(make, blueprint(app={"owner": OWNER.upper()}, version="b2"))
    assert world.site()["tags"]["durable-deploy-blueprint"] == "b2"


def test_a_name_that_somebody_has_elsewhere_in_azure_is_not_ours() -> None:
    world = World(blueprint(plan={"kind": "dedicated", "sku": "P0v3"}))
    other = GROUP.replace("versions", "theirs")
    world.put(other, {"location": "westeurope"})
    plan = f"{other}/providers/Microsoft.Web/serverfarms/p"
    world.put(plan, {"location": "westeurope", "kind": "linux", "sku": {"name": "P1v3"}, "properties": {"reserved": True}})
    world.put(f"{other}/providers/Microsoft.Web/sites/orders-1-0", {"location": "westeurope", "properties": {"serverFarmId": plan}})
    with pytest.raises(NotOurs, match="which another group or subscription uses"):
        world.run(make)


def test_a_changed_blueprint_reaches_the_app_and_leaves_its_code_and_what_is_held() -> None:
    world = World(blueprint(plan={"kind": "dedicated", "sku": "P0v3"}))
    version = world.version()

    async def live(apps: Apps) -> None:
        await apps.make(line_row())
        await apps.deploy(line_row(), version)

    world.run(live)
    held = {**world.settings(), "AzureWebJobs.Nightly.Disabled": "true", names.HELD: "Nightly"}
    world.put(f"{SITES}/orders-1-0/config/appsettings", {"properties": held})
    world.run(make, blueprint(plan={"kind": "dedicated", "sku": "P0v3"}, version="b2", settings={"GREETING": "new"}))
    settings = world.settings()
    assert settings["GREETING"] == "new"
    assert kept(settings) == {
        "WEBSITE_RUN_FROM_PACKAGE": version.package,
        "DURABLE_DEPLOY_VERSION": "1.0.0",
        "AzureWebJobs.Nightly.Disabled": "true",
        "DURABLE_DEPLOY_HELD": "Nightly",
    }
    assert world.site()["tags"] == {**TAGS, "durable-deploy-blueprint": "b2", names.VERSION: "1.0.0", names.DEPLOYING: ""}


def test_a_setting_that_went_away_makes_the_app_anew_and_its_code_comes_back() -> None:
    world = World(blueprint(plan={"kind": "dedicated", "sku": "P0v3"}))
    world.run(make)
    world.put(f"{SITES}/orders-1-0/config/appsettings", {"properties": {}})
    version = world.version()
    world.run(lambda apps: apps.make(replace(line_row(), deployed=version.version), version))
    assert world.settings()["WEBSITE_RUN_FROM_PACKAGE"] == version.package


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("after", [False, True])
def test_faults_that_pass_leave_no_trace(status: int, after: bool) -> None:
    world = World()
    world.plane.faults.add(Fault(matching="put */microsoft.web/*", times=3, status=status, after=after))
    world.run(make)
    assert world.in_group() == ["serverfarms orders-1-0-plan", "sites orders-1-0"]


def test_a_connection_that_is_reset_after_the_write_makes_no_second_app() -> None:
    world = World()
    world.plane.faults.add(Fault(matching="put */sites/orders-1-0", drop=True, after=True))
    world.run(make)
    assert world.in_group() == ["serverfarms orders-1-0-plan", "sites orders-1-0"]
    assert world.starts() == 1


def test_a_quota_is_told_in_azures_words() -> None:
    world = World()
    fault = Fault(matching="put */serverfarms/*", status=409, code="Conflict", message="The quota of plans in this region is used up.")
    world.plane.faults.add(fault)
    with pytest.raises(ArmProblem) as caught:
        world.run(make)
    assert str(caught.value) == "409: Conflict: The quota of plans in this region is used up."
    assert world.in_group() == []
