"""The pure parts: routes, schedules, settings, what restarts a process."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.arm import ResourceId
from sandbox.functions.environment import environment_of
from sandbox.functions.wanted import Wanted
from sandbox.functions.worker.app import AppFunction, is_disabled
from sandbox.functions.worker.host_json import section
from sandbox.functions.worker.naming import host_id
from sandbox.functions.worker.problem import AppProblem
from sandbox.functions.worker.resolving import resolved
from sandbox.functions.worker.routes import find, routes_of
from sandbox.functions.worker.timers import schedule


def http(name: str, route: str | None, *methods: str) -> AppFunction:
    trigger = SimpleNamespace(type="httpTrigger", route=route, methods=methods or None)
    return AppFunction(name, SimpleNamespace(get_trigger=lambda: trigger), disabled=False)


@pytest.mark.parametrize(
    ("route", "path", "parameters"),
    [
        ("orders", "/api/orders", {}),
        ("orders", "/API/Orders/", {}),
        ("orders/{id}", "/api/orders/a%2Fb", {"id": "a/b"}),
        ("orders/{id}", "/api/orders", None),
        ("orders/{id}", "/api/orders/1/2", None),
        ("orders/{id:int}", "/api/orders/12", {"id": "12"}),
        ("orders/{id:int}", "/api/orders/twelve", None),
        ("orders/{id?}", "/api/orders", {}),
        ("orders/{id?}", "/api/orders/1", {"id": "1"}),
        ("files/{*rest}", "/api/files/a/b", {"rest": "a/b"}),
        ("files/{*rest}", "/api/files", {}),
        ("v{version}/x.{kind}", "/api/v1/x.json", {"version": "1", "kind": "json"}),
        (None, "/api/named", {}),
    ],
)
def test_a_route_template_matches(route: str | None, path: str, parameters: dict[str, str] | None) -> None:
    found = find(routes_of([http("Named", route)], "api"), "GET", path)
    assert (found and found[1]) == parameters


def test_what_is_more_exact_wins_in_any_order() -> None:
    functions = [http("rest", "{*all}"), http("one", "orders/{id}"), http("new", "orders/new"), http("post", "orders/{id}", "POST")]
    for ordered in (functions, functions[::-1]):
        routes = routes_of(ordered, "")
        asked = [("GET", "/orders/new"), ("GET", "/orders/7"), ("GET", "/else/7/8")]
        found = [find(routes, method, path) for method, path in asked]
        assert [one and one[0].name for one in found] == ["new", "one", "rest"]


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("0 */5 * * * *", datetime(2026, 1, 1, 10, 5, tzinfo=UTC)),
        ("*/10 * * * * *", datetime(2026, 1, 1, 10, 0, 10, tzinfo=UTC)),
        ("*/5 * * * *", datetime(2026, 1, 1, 10, 5, tzinfo=UTC)),
        ("0 30 9 * * MON-FRI", datetime(2026, 1, 2, 9, 30, tzinfo=UTC)),
        ("1.00:00:30", datetime(2026, 1, 2, 10, 0, 33, tzinfo=UTC)),
    ],
)
def test_a_schedule_says_what_is_due_next(text: str, following: datetime) -> None:
    assert schedule(text)(datetime(2026, 1, 1, 10, 0, 3, tzinfo=UTC)) == following


@pytest.mark.parametrize("text", ["", "every day", "* * *", "0 61 * * * *"])
def test_a_schedule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(AppProblem):
        schedule(text)


@pytest.mark.parametrize(
    ("setting", "value", "off"),
    [
        ("AzureWebJobs.Take.Disabled", "true", True),
        ("AzureWebJobs.Take.Disabled", "1", True),
        ("azurewebjobs.take.disabled", "TRUE", True),
        ("AzureWebJobs_Take_Disabled", "true", True),
        ("AzureWebJobs__Take__Disabled", "true", True),
        ("AzureWebJobs.Take.Disabled", "false", False),
        ("AzureWebJobs.Take.Disabled", "0", False),
        ("AzureWebJobs.TakeOther.Disabled", "true", False),
    ],
)
def test_a_setting_holds_a_function_off(setting: str, value: str, off: bool) -> None:
    assert is_disabled("Take", {setting: value}) is off


def test_settings_win_over_host_json_in_any_case() -> None:
    host_json = {"extensions": {"Queues": {"batchSize": 1, "maxDequeueCount": 2}}}
    settings = {"AZUREFUNCTIONSJOBHOST__extensions__queues__BatchSize": "9", "AzureFunctionsJobHost__extensions__http__routePrefix": "x"}
    assert section(host_json, settings, "extensions", "queues") == {"batchsize": "9", "maxdequeuecount": 2}


def test_a_setting_in_percent_signs_is_put_in() -> None:
    assert resolved("a-%NAME%-%Other%", {"name": "b", "OTHER": "c"}) == "a-b-c"
    with pytest.raises(AppProblem, match=r"'%NAME%' does not resolve to a value\."):
        resolved("%NAME%", {})


def test_a_host_id_is_cut_so_that_two_slots_of_a_long_name_share_one() -> None:
    assert host_id("Orders", "staging") == "orders-staging"
    assert host_id("o" * 40, "production") == host_id("o" * 40, "staging") == "o" * 32


def wanted(**changes: Any) -> Wanted:
    base: dict[str, Any] = {
        "id": ResourceId.parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/Orders"),
        "slot": "production",
        "host_name": "orders.azurewebsites.net",
        "belongs_to": "production",
        "enabled": True,
        "settings": {"WEBSITE_RUN_FROM_PACKAGE": "https://127.0.0.1/a/b/c.zip", "MINE": "1"},
        "connection_strings": {},
        "stack": "PYTHON|3.11",
        "starts": 1,
        "identity": None,
    }
    return Wanted(**{**base, **changes})


def test_only_what_the_code_runs_with_restarts_it() -> None:
    base = wanted()
    assert all(wanted(**same).run_as == base.run_as for same in ({"slot": "staging"}, {"host_name": "x"}, {"belongs_to": "staging"}))
    settings = {**base.settings, "MINE": "2"}
    changes: list[dict[str, Any]] = [{"starts": 2}, {"stack": "PYTHON|3.12"}, {"settings": settings}, {"connection_strings": {"a": "b"}}]
    assert all(wanted(**change).run_as != base.run_as for change in changes)


@pytest.mark.parametrize("without", [{"enabled": False}, {"settings": {}}, {"settings": {"WEBSITE_RUN_FROM_PACKAGE": "1"}}])
def test_what_is_stopped_or_has_no_code_runs_as_nothing(without: dict[str, Any]) -> None:
    assert wanted(**without).run_as is None


def test_the_code_sees_its_settings_the_platforms_variables_and_nothing_of_the_machine() -> None:
    from pathlib import Path

    one = wanted(connection_strings={"Db": {"value": "v", "type": "SQLAzure"}, "Own": {"value": "w", "type": "Custom"}})
    machine = {"PATH": "/bin", "AZURE_CLIENT_SECRET": "x", "PULUMI_ACCESS_TOKEN": "y"}
    seen = environment_of(machine, one, Path("/app"), ca_bundle=Path("/ca.pem"), identity_endpoint="http://i", identity_header="h")
    assert seen == {
        "PATH": "/bin",
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "WEBSITE_RUN_FROM_PACKAGE": "https://127.0.0.1/a/b/c.zip",
        "MINE": "1",
        "SQLAZURECONNSTR_Db": "v",
        "CUSTOMCONNSTR_Own": "w",
        "WEBSITE_SITE_NAME": "Orders",
        "WEBSITE_SLOT_NAME": "Production",
        "WEBSITE_HOSTNAME": "orders.azurewebsites.net",
        "WEBSITE_INSTANCE_ID": "sandbox",
        "AzureWebJobsScriptRoot": "/app",
        "IDENTITY_ENDPOINT": "http://i",
        "IDENTITY_HEADER": "h",
        "REQUESTS_CA_BUNDLE": "/ca.pem",
        "SSL_CERT_FILE": "/ca.pem",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",
    }
