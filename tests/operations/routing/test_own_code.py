"""Bringing the router's own code to Flex Consumption: what is decided, and what is done in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from components._hosting import package_key
from operations.problem import USAGE, OperationProblem
from operations.reporting import Reporter
from operations.rollout import Manner
from operations.routing import bringing
from operations.routing.bringing import bring
from operations.routing.opening import RouterSession
from operations.routing.own_code import OwnCode, decide, own_code
from operations.routing.place import Router

KEY = "0123456789abcdef"
URL = f"https://orderspkgs.blob.core.windows.net/packages/orders-router-{KEY}.zip"
CODE = OwnCode(URL)
FOR_IT = {"DURABLE_DEPLOY_PACKAGE": KEY}


def refused(work: Callable[[], object]) -> OperationProblem:
    with pytest.raises(OperationProblem) as caught:
        work()
    return caught.value


def test_the_outputs_name_the_package() -> None:
    assert own_code("prod", {"hosting": "flex", "router_package_url": URL}) == CODE
    assert (CODE.key, CODE.container_url) == (KEY, "https://orderspkgs.blob.core.windows.net/packages")


@pytest.mark.parametrize("url", [URL, "https://x/packages/mine.zip", "https://x/packages/mine.zip?sig=a", f"https://x/p/{KEY}.zip"])
def test_a_package_is_called_as_the_component_calls_it(url: str) -> None:
    assert OwnCode(url).key == package_key(url)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a router with slots": ({"hosting": "slots", "router_package_url": URL}, "az webapp deployment slot swap"),
    "outputs of an older program": ({}, "pulumi up --stack prod"),
    "no package": ({"hosting": "flex", "router_package_url": None}, "pulumi up --stack prod"),
    "an address that is none": ({"hosting": "flex", "router_package_url": "packages/x.zip"}, "pulumi up --stack prod"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_deployed_is_refused_with_the_way_out(case: str) -> None:
    outputs, way_out = REFUSED[case]
    problem = refused(lambda: own_code("prod", outputs))
    assert problem.code == USAGE and way_out in str(problem)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [({}, "deploy"), ({"live": f"{KEY};"}, "there"), ({"live": f"{KEY};1.0"}, "there"), ({"live": "fedcba9876543210;"}, "deploy")],
)
def test_what_is_noted_as_live_is_not_deployed_again(metadata: dict[str, str], expected: str) -> None:
    assert decide(CODE, FOR_IT, metadata, "prod") == expected


@pytest.mark.parametrize("settings", [{}, {"DURABLE_DEPLOY_PACKAGE": "fedcba9876543210"}])
def test_code_does_not_come_before_its_settings(settings: dict[str, str]) -> None:
    assert "Run pulumi up --stack prod" in str(refused(lambda: decide(CODE, settings, {}, "prod")))


@dataclass
class Azure:
    """The container's metadata and the router's settings, and what was done."""

    metadata: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=lambda: dict(FOR_IT))
    done: list[str] = field(default_factory=list)
    dies_at: str = ""
    meanwhile: Callable[[], None] = lambda: None

    def did(self, what: str) -> None:
        self.done.append(what)
        if what == self.dies_at:
            raise KeyboardInterrupt

    def post(self, path: str) -> Any:
        return type("Answer", (), {"body": {"properties": dict(self.settings)}})


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Azure:
    azure = Azure()

    class Container:
        def __init__(self, url: str, group: str, *_: Any, **__: Any) -> None:
            assert (url, group) == (CODE.container_url, "/subscriptions/1/resourceGroups/orders-rg")

        def metadata(self) -> dict[str, str]:
            return dict(azure.metadata)

        def change_metadata(self, add: dict[str, str]) -> None:
            azure.did("noted")
            azure.metadata |= add

        def close(self) -> None: ...

    def deployed(_arm: Any, site: str, package: str, *_: Any, **__: Any) -> None:
        azure.did(f"{site.rpartition('/')[2]} gets {package}")
        azure.meanwhile()

    monkeypatch.setattr(bringing, "PackageContainer", Container)
    monkeypatch.setattr(bringing, "one_deploy", deployed)
    monkeypatch.setattr(bringing, "wait_until_rolled", lambda *_: azure.did("everywhere"))
    return azure


def brought(azure: Azure, *, dry_run: bool = False) -> str:
    site = "/subscriptions/1/resourceGroups/orders-rg/providers/Microsoft.Web/sites/orders"
    group = "/subscriptions/1/resourceGroups/orders-rg"
    router = Router("prod", "https://orders.azurewebsites.net", site, group, "orders", "https://ordersstate/versions")
    parts: Any = (router, None, None, azure, Reporter(as_json=True))
    found = bring(RouterSession(*parts), CODE, Manner(quiet=timedelta(0), every=0), dry_run=dry_run)
    assert (found["package"], found["key"]) == (URL, KEY)
    return str(found["done"])


STEPS = [f"orders gets {URL}", "everywhere", "noted"]


def test_it_is_deployed_waited_for_and_noted_and_a_second_run_does_nothing(azure: Azure) -> None:
    assert (brought(azure), azure.done, azure.metadata) == ("deployed", STEPS, {"live": f"{KEY};"})
    assert (brought(azure), azure.done) == ("there", STEPS)


def test_a_dry_run_does_nothing(azure: Azure) -> None:
    assert (brought(azure, dry_run=True), azure.done, azure.metadata) == ("would deploy", [], {})


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_the_next_run_ends_it(azure: Azure, step: str) -> None:
    azure.dies_at = step
    with pytest.raises(KeyboardInterrupt):
        brought(azure)
    assert azure.metadata == {}
    azure.dies_at = ""
    assert (brought(azure), azure.metadata) == ("deployed", {"live": f"{KEY};"})


def test_what_an_update_has_overtaken_is_not_noted_as_live(azure: Azure) -> None:
    azure.meanwhile = lambda: azure.settings.update(DURABLE_DEPLOY_PACKAGE="fedcba9876543210")
    assert "Run pulumi up" in str(refused(lambda: brought(azure)))
    assert azure.metadata == {}
