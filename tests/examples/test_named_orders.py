"""The app with its versions side by side: they index, replay by their own code, and are what the migration makes of the working copy."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import azure.functions as func
import pytest

from components._code.package import read_package
from operations.migrate.acting import check_app, freeze_app
from operations.migrate.freezing import Choice
from operations.migrate.lock import digest

pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads was called:DeprecationWarning")  # the SDK, of itself

EXAMPLE = Path(__file__).parents[2] / "examples" / "named_orders"
ORDER = {"customer": "ann", "items": [{"quantity": 2, "cents": 450}]}
WORKING = {"ProcessOrder": "orchestrator", "ShipOrder": "orchestrator", "ChargeOrder": "activity", "CallCarrier": "activity"}
VERSIONS = {"v1": WORKING, "v2": {**WORKING, "CheckCustomer": "activity"}}
FROZEN = {f"{name}_{version}": kind for version, functions in VERSIONS.items() for name, kind in functions.items()}


@pytest.fixture
def app(load_app: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("LATEST_VERSION", "LATEST_VERSION_ProcessOrder", "DURABLE_DEPLOY_VERSIONS"):
        monkeypatch.delenv(name, raising=False)
    return load_app("named_orders")


@pytest.fixture(scope="module")
def starting() -> ModuleType:
    spec = importlib.util.spec_from_file_location("starting_of_the_named_example", EXAMPLE / "starting.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sdk_indexes_all_versions_and_one_client(app: Any) -> None:
    trigger = {"orchestrator": ["orchestrationTrigger"], "activity": ["activityTrigger"]}
    assert app.bindings() == {
        "StartOrder": ["durableClient", "httpTrigger", "http"],
        **{name: trigger[kind] for name, kind in {**VERSIONS["v2"], **FROZEN}.items()},
    }


def test_the_text_gives_the_same_functions_as_the_sdk_and_what_is_no_code_stays_out(app: Any) -> None:
    package = read_package(str(EXAMPLE))
    assert {one.name for one in package.functions} == set(app.functions)
    assert (package.starters, package.unnamed) == ((), ())
    notes = [file for file in package.files if not file.endswith((".py", ".json", "requirements.txt"))]
    assert (notes, "versions.lock.json" in package.files) == ([], True)


@pytest.mark.parametrize(
    ("version", "scheduled", "output"),
    [
        ("v1", ["ChargeOrder_v1", "ShipOrder_v1"], {"status": "done", "charged_cents": 900, "shipped": "post"}),
        ("v2", ["CheckCustomer_v2", "ChargeOrder_v2", "ShipOrder_v2"], {"status": "done", "charged_cents": 1390, "shipped": "courier"}),
    ],
)
def test_each_version_is_executed_by_its_own_code(app: Any, play: Any, version: str, scheduled: list[str], output: dict[str, Any]) -> None:
    def answer(name: str, value: Any) -> Any:
        if not name.startswith("ShipOrder"):
            return app.function(name)(value)
        child = play(app.function(name), value)
        child.work(answer)
        assert child.scheduled == [f"CallCarrier_{version}"]
        return child.output

    order = play(app.function(f"ProcessOrder_{version}"), ORDER)
    order.work(answer)
    assert (order.scheduled, order.done, order.output) == (scheduled, True, output)


def test_an_unknown_customer_is_refused_from_v2_on(app: Any, play: Any) -> None:
    order = play(app.function("ProcessOrder_v2"), {**ORDER, "customer": "nobody"})
    order.work(lambda name, value: app.function(name)(value))
    assert (order.scheduled, order.output) == (["CheckCustomer_v2"], {"status": "refused"})


def test_nothing_in_it_is_wrong_and_only_the_client_s_name_is_to_be_known() -> None:
    said: list[str] = []
    findings = check_app(EXAMPLE, said.append)
    assert [(one.rule, one.wrong, one.place.partition(":")[0]) for one in findings] == [("dynamic", False, "function_app.py")]
    assert said == []


def test_the_lock_file_names_every_frozen_function_and_the_hash_of_every_frozen_file() -> None:
    lock = json.loads((EXAMPLE / "versions.lock.json").read_text())
    assert (lock["format"], lock["language"], list(lock["versions"])) == (1, "python", ["v1", "v2"])
    named = {name: facts for one in lock["versions"].values() for name, facts in one["functions"].items()}
    assert named == {name: {"kind": kind, "of": name[: -len("_v1")]} for name, kind in FROZEN.items()}
    hashes = {file: hash for one in lock["versions"].values() for file, hash in one["files"].items()}
    assert hashes == {str(file.relative_to(EXAMPLE)): digest(file.read_bytes()) for file in (EXAMPLE / "versions").rglob("*.py")}


def test_the_working_copy_is_what_v2_was_frozen_from() -> None:
    effect, plan = freeze_app(EXAMPLE, "v2", Choice(), act=False, say=lambda _: None)
    assert (plan.is_done, effect.writes, effect.deletes) == (True, {}, ())


@pytest.mark.parametrize(
    ("settings", "version", "name"),
    [
        ({"LATEST_VERSION": "v1"}, None, "ProcessOrder_v1"),
        ({"LATEST_VERSION": "v10"}, None, "ProcessOrder_v10"),
        ({"LATEST_VERSION": "v1.2.10"}, None, "ProcessOrder_v1_2_10"),
        ({"LATEST_VERSION": "v2", "LATEST_VERSION_ProcessOrder": "v1"}, None, "ProcessOrder_v1"),
        ({"LATEST_VERSION": "v2", "LATEST_VERSION_ShipOrder": "v1"}, None, "ProcessOrder_v2"),
        ({"LATEST_VERSION": "v2", "LATEST_VERSION_ProcessOrder": ""}, None, "ProcessOrder_v2"),
        ({"LATEST_VERSION": "v1", "DURABLE_DEPLOY_VERSIONS": "v1,v2"}, "v2", "ProcessOrder_v2"),
        ({"LATEST_VERSION": "v1", "DURABLE_DEPLOY_VERSIONS": "v1,v2"}, "", "ProcessOrder_v1"),
        ({"LATEST_VERSION": "v2", "LATEST_VERSION_ProcessOrder": "v2", "DURABLE_DEPLOY_VERSIONS": "v1,v2"}, "v1", "ProcessOrder_v1"),
    ],
)
def test_the_helper_puts_the_name_together(starting: ModuleType, settings: dict[str, str], version: str | None, name: str) -> None:
    assert starting.name_of("ProcessOrder", version, settings) == name


@pytest.mark.parametrize("version", ["v3", "v1,v2", "v", "2", "V1"])
def test_a_version_that_this_package_lacks_is_refused_whoever_asks(starting: ModuleType, version: str) -> None:
    with pytest.raises(starting.NoSuchVersion, match="there is no version"):
        starting.name_of("ProcessOrder", version, {"LATEST_VERSION": "v1", "DURABLE_DEPLOY_VERSIONS": "v1,v2"})
    with pytest.raises(starting.NoSuchVersion, match="there is no version"):
        starting.name_of("ProcessOrder", version, {"LATEST_VERSION": "v1"})


@pytest.mark.parametrize("settings", [{}, {"LATEST_VERSION": ""}, {"LATEST_VERSION": "1.0"}, {"LATEST_VERSION": "v1_2"}])
def test_without_a_version_the_working_copy_is_not_started_in_its_place(starting: ModuleType, settings: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="no version such as v1"):
        starting.name_of("ProcessOrder", None, settings)


def post(app: Any, instances: Any, **query: str) -> func.HttpResponse:
    request = func.HttpRequest(
        "POST", "http://localhost/api/orders/o-1", params=query, route_params={"id": "o-1"}, body=json.dumps(ORDER).encode()
    )
    return asyncio.run(app.function("StartOrder")(req=request, client=instances.binding))


def test_the_client_starts_what_the_setting_names_or_what_the_request_asks_for(
    app: Any, instances: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATEST_VERSION", "v1")
    monkeypatch.setenv("DURABLE_DEPLOY_VERSIONS", "v1,v2")
    assert [post(app, instances).status_code, post(app, instances, version="v2").status_code] == [202, 202]
    assert instances.started == [("ProcessOrder_v1", "o-1", ORDER), ("ProcessOrder_v2", "o-1", ORDER)]
    refused = post(app, instances, version="v3")
    assert (refused.status_code, refused.get_body()) == (400, b"there is no version 'v3' here")
    assert len(instances.started) == 2
