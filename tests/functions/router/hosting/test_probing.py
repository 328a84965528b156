"""Does it answer, with which version, and with which keys is it opened?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from functions.router.arm import ArmClient, Throttled
from functions.router.hosting import Apps, KeyRing, Keys, Probe
from functions.router.versions import Line, Version
from sandbox.functions.arm_types import HostState, runtime_of
from tests.functions.router.arm.transports import Credential, Said, Scripted, names_of, refused, said
from tests.functions.router.hosting.test_killed import DEDICATED, provisioning
from tests.functions.router.hosting.world import GROUP, OWNER, World, blueprint, line_row

HOST = "orders-1-0.azurewebsites.net"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/orders-1-0"


async def probe(apps: Apps) -> Probe:
    return await apps.probe(line_row())


def scripted(*answers: Said | BaseException, work: Any = probe) -> Any:
    async def pause(_: float) -> None: ...

    async def inside() -> Any:
        async with ArmClient(Credential(), transport=Scripted(*answers), pause=pause) as arm:
            return await work(Apps(blueprint(), arm, None))  # type: ignore[arg-type]

    return asyncio.run(inside())


def site(**tags: str) -> Said:
    marks = {name.replace("_", "-"): value for name, value in tags.items()}
    return said(200, {"properties": {"defaultHostName": HOST}, "tags": {"durable-deploy-owner": OWNER, **marks}})


def test_an_app_whose_host_runs_answers_with_the_version_that_was_deployed() -> None:
    world = World()
    world.run(provisioning(world))
    assert world.run(probe) == Probe(True, Version(1, 0, 0), "its host is 'Running'", HOST)


def test_an_app_without_code_does_not_answer() -> None:
    world = World(DEDICATED)
    world.run(lambda apps: apps.make(line_row()))
    assert world.run(probe) == Probe(False, None, "its host is 'Error': The slot has no package.", HOST)


def test_a_deployment_that_succeeded_to_an_app_that_is_silent_is_noticed() -> None:
    world = World()
    world.run(provisioning(world))
    runtime_of(world.plane).live = lambda _owner: None
    found = world.run(probe)
    assert (found.answering, found.version) == (False, None)
    assert found.detail.startswith("its host does not answer (503: ServiceUnavailable")


def test_a_host_in_error_says_its_first_error_without_secrets() -> None:
    world = World()
    world.run(provisioning(world))
    runtime_of(world.plane).live = lambda _owner: HostState("Error", ("GET https://a/b?sig=secret failed", "second"))
    assert world.run(probe).detail == "its host is 'Error': GET https://a/b?… failed"


def test_there_may_be_no_app() -> None:
    assert World().run(probe) == Probe(False, None, "there is no app")


def test_an_app_of_somebody_else_is_not_asked() -> None:
    transport_answers = (said(200, {"tags": {}, "properties": {}}), AssertionError("its host must not be asked"))
    assert scripted(*transport_answers) == Probe(None, None, "the app under this name is not the router's")


@pytest.mark.parametrize("status", [401, 403, 500])
def test_what_could_not_be_found_out_is_not_silence(status: int) -> None:
    assert scripted(site(), refused(status, "No", "never")).answering is None


def test_throttling_passes_through() -> None:
    with pytest.raises(Throttled):
        scripted(site(), refused(429, Retry_After="60"))


@pytest.mark.parametrize(
    ("tags", "version"),
    [
        ({"durable_deploy_version": "1.0.1"}, Version(1, 0, 1)),
        ({"durable_deploy_version": "1.0.1", "durable_deploy_deploying": ""}, Version(1, 0, 1)),
        ({"durable_deploy_version": "1.0.1", "durable_deploy_deploying": "1.0.2 abc -"}, None),
        ({"durable_deploy_version": "nonsense"}, None),
        ({}, None),
    ],
)
def test_while_another_package_is_on_its_way_the_version_is_unknown(tags: dict[str, str], version: Version | None) -> None:
    assert scripted(site(**tags), said(200, {"state": "Running"})).version == version


def test_keys_are_asked_for_once_and_again_when_forgotten() -> None:
    world = World()
    world.run(provisioning(world))
    world.transport.asked.clear()

    async def thrice(apps: Apps) -> list[Keys]:
        first, second = await apps.key(line_row()), await apps.key(line_row())
        apps.keys.forget(Line(1, 0))
        return [first, second, await apps.key(line_row())]

    found = world.run(thrice)
    assert found[0] == found[1] == found[2] and None not in (found[0].durable, found[0].function)
    assert names_of(world.transport.asked) == ["POST default/listkeys"] * 2


def test_keys_are_never_shown() -> None:
    assert repr(Keys("secret", "secret")) == "Keys()"


def test_keys_are_renewed_after_a_while() -> None:
    now = [0.0]
    ring = KeyRing(lambda: now[0])
    answers = [said(200, {"functionKeys": {"default": str(n)}, "systemKeys": {"durabletask_extension": "d"}}) for n in (1, 2)]

    async def work(apps: Apps) -> list[str | None]:
        apps.keys = ring
        found = [(await apps.key(line_row())).function]
        now[0] = 599.0
        found.append((await apps.key(line_row())).function)
        now[0] = 600.0
        return [*found, (await apps.key(line_row())).function]

    assert scripted(*answers, work=work) == ["1", "1", "2"]


def test_an_app_that_never_ran_has_no_durable_key_yet_and_is_asked_again() -> None:
    answers = [
        said(200, {"functionKeys": {"other": "f"}}),
        said(200, {"functionKeys": {"other": "f"}, "systemKeys": {"durabletask_extension": "d"}}),
    ]

    async def work(apps: Apps) -> list[Keys]:
        return [await apps.key(line_row()), await apps.key(line_row())]

    assert scripted(*answers, work=work) == [Keys("f", None), Keys("f", "d")]


def test_the_keys_of_a_line_that_was_made_anew_under_another_name_are_others() -> None:
    answers = [said(200, {"functionKeys": {"default": n}, "systemKeys": {"durabletask_extension": n}}) for n in ("a", "b")]

    async def work(apps: Apps) -> list[Keys]:
        return [await apps.key(line_row()), await apps.key(replace(line_row(), app="another"))]

    assert scripted(*answers, work=work) == [Keys("a", "a"), Keys("b", "b")]
