"""A package reaches the app of its line, once, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from functions.router.arm import ArmProblem, Missing, OperationFailed, Silent, StillRunning
from functions.router.describing import names
from functions.router.hosting import Apps
from functions.router.lines import VersionRow
from functions.router.versions import Version
from sandbox.arm import ResourceId
from sandbox.arm.faults import Fault
from sandbox.deploying import deployments_of
from tests.functions.router.arm.transports import names_of
from tests.functions.router.hosting.world import GROUP, World, blueprint, line_row

SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders-1-0"
DEDICATED = blueprint(plan={"kind": "dedicated", "sku": "P0v3"})


def made(world: World) -> World:
    world.run(lambda apps: apps.make(line_row()))
    world.transport.asked.clear()
    return world


def deploy(world: World, version: VersionRow, patience: float | None = None) -> None:
    async def inside(apps: Apps) -> None:
        apps.patience = patience if patience is not None else apps.patience
        await apps.deploy(line_row(), version)

    world.run(inside)


def marks(world: World) -> tuple[str | None, str | None]:
    tags = world.site()["tags"]
    return tags.get(names.VERSION), tags.get(names.DEPLOYING)


def deployments(world: World) -> list[int]:
    found = world.plane.store.of_type("Microsoft.Web/sites/deployments")
    return [body["properties"]["status"] for _, body in found]


def test_on_flex_consumption_settings_come_first_then_one_deployment_then_the_mark() -> None:
    world = made(World())
    deploy(world, world.version())
    assert names_of(world.transport.writes()) == [
        "PATCH sites/orders-1-0",
        "PUT config/appsettings",
        "PUT extensions/onedeploy",
        "PATCH sites/orders-1-0",
    ]
    assert marks(world) == ("1.0.0", "")
    assert (deployments(world), world.settings()["DURABLE_DEPLOY_VERSION"]) == ([4], "1.0.0")


def test_the_signature_of_the_package_is_in_no_row_of_the_control_plane() -> None:
    world = made(World())
    deploy(world, world.version())
    assert not any("sig=" in str(world.plane.store.get(ResourceId.parse(id))) for id in world.plane.store.ids())


def test_a_patch_goes_into_the_same_app() -> None:
    world = made(World())
    deploy(world, world.version())
    deploy(world, world.version("1.0.1"))
    assert marks(world) == ("1.0.1", "")
    assert deployments(world) == [4, 4]


def test_a_deployment_that_fails_says_why_and_the_app_keeps_what_it_had() -> None:
    world = made(World())
    deploy(world, world.version())
    broken = world.version("1.0.1", b"no zip file")
    with pytest.raises(OperationFailed, match=r"the app runs what it ran before: .*not a valid zip file"):
        deploy(world, broken)
    assert (marks(world)[0], deployments(world)) == ("1.0.0", [4, 3])


def test_a_failed_deployment_is_begun_anew_by_the_next_try() -> None:
    world = made(World())
    with pytest.raises(OperationFailed):
        deploy(world, world.version(content=b"no zip file"))
    deploy(world, world.version())
    assert (marks(world), deployments(world)) == (("1.0.0", ""), [3, 4])


def test_a_deployment_that_takes_longer_is_found_again_and_not_begun_twice() -> None:
    world = made(World())
    with pytest.raises(StillRunning, match="goes on in Azure"):
        deploy(world, world.version(), patience=0.0)
    deploy(world, world.version())
    assert (marks(world), deployments(world)) == (("1.0.0", ""), [4])


def test_one_that_ended_meanwhile_is_taken_as_it_is() -> None:
    world = made(World())
    with pytest.raises(StillRunning):
        deploy(world, world.version(), patience=0.0)
    while deployments_of(world.plane).advance(SITE):
        pass
    deploy(world, world.version())
    assert (marks(world), deployments(world)) == (("1.0.0", ""), [4])


def test_another_package_waits_for_the_one_that_is_on_its_way() -> None:
    world = made(World())
    with pytest.raises(StillRunning):
        deploy(world, world.version(), patience=0.0)
    with pytest.raises(StillRunning, match="another deployment"):
        deploy(world, world.version("1.0.1"))
    assert names.DEPLOYING in world.site()["tags"] and marks(world)[1] == "1.0.0 100abcdef012 -"


def test_the_same_version_with_another_package_is_another_deployment() -> None:
    world = made(World())
    deploy(world, world.version())
    deploy(world, replace(world.version(), digest="f" * 64))
    assert deployments(world) == [4, 4]


def test_a_lost_answer_to_its_begin_makes_no_second_deployment() -> None:
    world = made(World())
    world.plane.faults.add(Fault(matching="put */extensions/onedeploy", drop=True, after=True))
    deploy(world, world.version())
    assert (marks(world), deployments(world)) == (("1.0.0", ""), [4])


def test_off_flex_it_is_a_setting_a_restart_and_the_triggers() -> None:
    world = made(World(DEDICATED))
    version = world.version()
    deploy(world, version)
    assert names_of(world.transport.writes()) == [
        "PATCH sites/orders-1-0",
        "PUT config/appsettings",
        "POST orders-1-0/restart",
        "POST orders-1-0/syncfunctiontriggers",
        "PATCH sites/orders-1-0",
    ]
    assert (marks(world), world.settings()["WEBSITE_RUN_FROM_PACKAGE"]) == (("1.0.0", ""), version.package)


def test_off_flex_an_app_that_does_not_start_is_noticed_although_every_write_succeeded() -> None:
    world = made(World(DEDICATED))
    missing = VersionRow(Version(1, 0, 0), f"{DEDICATED.stores.packages_url}/gone.zip", "0" * 64, world.apps(None).now(), "")  # type: ignore[arg-type]
    with pytest.raises(Silent, match="has its package and does not start"):
        deploy(world, missing)
    assert marks(world) == (None, "1.0.0 000000000000")


def test_off_flex_the_next_try_restarts_nothing_that_starts_already() -> None:
    world = made(World(DEDICATED))
    world.plane.faults.add(
        Fault(
            matching="post */syncfunctiontriggers",
            status=400,
            code="BadRequest",
            message="Encountered an error (ServiceUnavailable) from host runtime.",
        )
    )
    with pytest.raises(Silent):
        deploy(world, world.version())
    starts = world.starts()
    deploy(world, world.version())
    assert (marks(world), world.starts()) == (("1.0.0", ""), starts)


def test_a_blueprint_that_changed_reaches_no_app_by_a_deployment() -> None:
    world = made(World(DEDICATED))
    newer = blueprint(plan={"kind": "dedicated", "sku": "P0v3"}, version="b2", settings={"GREETING": "new"})
    version = world.version()
    world.run(lambda apps: apps.deploy(line_row(), version), newer)
    assert world.settings()["GREETING"] == "line 1.0 of orders-1-0, {hub OrdersV1x0}"
    assert world.site()["tags"]["durable-deploy-blueprint"] == "b1"


def test_there_must_be_an_app() -> None:
    world = World()
    with pytest.raises(Missing, match="the app 'orders-1-0' does not exist"):
        deploy(world, world.version())


@pytest.mark.parametrize("wanted", [blueprint(), DEDICATED], ids=["flex", "dedicated"])
def test_an_app_of_somebody_else_gets_no_code(wanted: object) -> None:
    world = made(World(wanted))  # type: ignore[arg-type]
    world.plane.request("PATCH", SITE, {"tags": {"durable-deploy-owner": "somebody"}})
    with pytest.raises(ArmProblem, match="NotOurs"):
        deploy(world, world.version())
    assert world.transport.writes() == []


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/package.zip",
        "{packages}",
        "{packages}/",
        "{packages}-others/1.zip",
        "{packages}/../secrets/1.zip",
        "{packages}/1.zip?sig=x",
        "http://169.254.169.254/metadata",
    ],
)
@pytest.mark.parametrize("wanted", [blueprint(), DEDICATED], ids=["flex", "dedicated"])
def test_code_comes_from_the_routers_container_alone(url: str, wanted: object) -> None:
    world = made(World(wanted))  # type: ignore[arg-type]
    row = replace(world.version(), package=url.replace("{packages}", DEDICATED.stores.packages_url))
    with pytest.raises(ArmProblem, match="is not in the router's container"):
        deploy(world, row)
    assert world.transport.asked == []


@pytest.mark.parametrize("plan", ["flex", "elastic_premium"])
def test_no_code_comes_to_an_app_that_is_still_published_by_password(plan: str) -> None:
    """A router died between the app and the two policies: the app carries every mark, so that nobody makes it again."""
    sku = {"flex": "FC1", "elastic_premium": "EP1"}[plan]
    world = World(blueprint(plan={"kind": plan, "sku": sku}))
    world.run(lambda apps: apps.make(line_row()))
    policies = [f"{GROUP}/providers/Microsoft.Web/sites/orders-1-0/basicPublishingCredentialsPolicies/{kind}" for kind in ("ftp", "scm")]
    for one in policies:
        world.put(one, {"properties": {"allow": True}})
    world.run(lambda apps: apps.deploy(line_row(), world.version()))
    assert [world.get(one)["properties"]["allow"] for one in policies] == [False, False]
