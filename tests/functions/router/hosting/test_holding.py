"""Functions that start work by themselves are off while their line drains, and on again if it comes back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from functions.router.arm import ArmClient
from functions.router.hosting import Apps
from tests.functions.router.arm.transports import Credential, Said, refused, said
from tests.functions.router.hosting.world import OWNER, blueprint, line_row

FUNCTIONS = {
    "Nightly": ["timerTrigger", "durableClient"],
    "Orders": ["queueTrigger"],
    "Start": ["httpTrigger", "durableClient"],
    "Run": ["orchestrationTrigger"],
    "Work": ["activityTrigger"],
    "Count": ["entityTrigger"],
}


class App:
    """One live app: its settings, its functions."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings
        self.asked: list[str] = []
        self.synchronised: Said = said(204)

    async def __aenter__(self) -> App:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def close(self) -> None: ...

    async def send(self, request: Any, **_: Any) -> Said:
        path = request.url.partition("?")[0]
        self.asked.append(f"{request.method} {path.rpartition('/')[2]}")
        if path.endswith("/appsettings/list"):
            return said(200, {"properties": self.settings})
        if path.endswith("/appsettings"):
            self.settings = json.loads(request.content)["properties"]
            return said(200)
        if path.endswith("/functions"):
            found = [
                {"name": f"a/{name}", "properties": {"name": name, "config": {"bindings": [{"type": t} for t in types]}}}
                for name, types in FUNCTIONS.items()
            ]
            return said(200, {"value": found})
        if path.endswith("/syncfunctiontriggers"):
            return self.synchronised
        return said(200, {"tags": {"durable-deploy-owner": OWNER}})


def on(app: App, work: Any) -> Any:
    async def inside() -> Any:
        async with ArmClient(Credential(), transport=app) as arm:
            return await work(Apps(blueprint(), arm, None))  # type: ignore[arg-type]

    return asyncio.run(inside())


async def hold(apps: Apps) -> Any:
    return await apps.hold(line_row())


async def release(apps: Apps) -> Any:
    return await apps.release(line_row())


HELD = {
    "A": "1",
    "AzureWebJobs.Nightly.Disabled": "true",
    "AzureWebJobs.Orders.Disabled": "true",
    "DURABLE_DEPLOY_HELD": "Nightly,Orders",
}


def test_timers_and_queues_are_held_and_nothing_that_is_called() -> None:
    app = App({"A": "1"})
    assert on(app, hold) == ("Nightly", "Orders")
    assert app.settings == HELD


def test_holding_again_writes_nothing() -> None:
    app = App(dict(HELD))
    on(app, hold)
    assert "PUT appsettings" not in app.asked


def test_releasing_brings_back_what_was() -> None:
    app = App(dict(HELD))
    on(app, release)
    assert app.settings == {"A": "1"}


def test_releasing_what_is_not_held_writes_nothing() -> None:
    app = App({"A": "1", "AzureWebJobs.Nightly.Disabled": "true"})
    on(app, release)
    assert "PUT appsettings" not in app.asked


@pytest.mark.parametrize("by_hand", ["true", "1", "True"])
def test_what_somebody_else_switched_off_stays_off_afterwards(by_hand: str) -> None:
    app = App({"AzureWebJobs.Nightly.Disabled": by_hand})
    on(app, hold)
    assert app.settings["DURABLE_DEPLOY_HELD"] == "Orders"
    on(app, release)
    assert app.settings == {"AzureWebJobs.Nightly.Disabled": by_hand}


def test_a_host_that_restarts_meanwhile_is_no_failure() -> None:
    app = App({"A": "1"})
    app.synchronised = refused(400, "BadRequest", "Encountered an error (ServiceUnavailable) from host runtime.")
    on(app, hold)
    assert app.settings == HELD
