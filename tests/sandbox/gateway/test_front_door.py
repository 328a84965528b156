"""From the sandbox's front door to the gateway, and from there to an app: the whole way of a request, and what resolves the names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.world import Sandbox
from tests.sandbox.functions.apps import GROUP, Azure

from .stand_in import METHODS

pytestmark = pytest.mark.azurite
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/orders"
HOST = "orders.azure-api.net"
APP = """
    import json
    import os
    import urllib.request

    import azure.functions as func

    app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

    @app.route(route="orders", methods=["POST"])
    def orders(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(json.dumps({"url": req.url, "got": req.get_json(), "headers": dict(req.headers)}), status_code=201)

    @app.route(route="through", methods=["GET"])
    def through(req: func.HttpRequest) -> str:
        headers = {"Ocp-Apim-Subscription-Key": os.environ["KEY"], "Content-Type": "application/json"}
        return urllib.request.urlopen(urllib.request.Request("https://orders.azure-api.net/api/orders", b"[1]", headers)).read().decode()
"""


@pytest.fixture(scope="module")
def azure() -> Iterator[Azure]:
    if shutil.which("node") is None:
        pytest.fail("the storage emulator needs Node.js on PATH", pytrace=False)
    with Sandbox(functions=True, gateway_delay=0) as sandbox:
        yield Azure(sandbox)


@pytest.fixture(scope="module")
def key(azure: Azure, component_policy: str) -> str:
    """Of the built-in subscription; the service leads to an app with the policy that the component writes."""
    publisher = {"publisherEmail": "team@example.org", "publisherName": "team"}
    azure.put(SERVICE, location="westeurope", sku={"name": "BasicV2", "capacity": 1}, properties=publisher)
    key = str(azure.post(f"{SERVICE}/subscriptions/master/listSecrets").body["primaryKey"])
    site = azure.site()
    site.run("production", APP, KEY=key)
    function_key = azure.post(f"{site.id}/host/default/listkeys").body["functionKeys"]["default"]
    azure.put(f"{SERVICE}/backends/router", properties={"url": f"https://{site.name}.azurewebsites.net", "protocol": "http"})
    azure.put(f"{SERVICE}/namedValues/router-key", properties={"displayName": "router-key", "secret": True, "value": function_key})
    azure.put(f"{SERVICE}/apis/router", properties={"displayName": "router", "path": "", "subscriptionRequired": True})
    for method in METHODS:
        operation = {"displayName": method, "method": method, "urlTemplate": "/*"}
        azure.put(f"{SERVICE}/apis/router/operations/{method.lower()}", properties=operation)
    azure.put(f"{SERVICE}/apis/router/policies/policy", properties={"value": component_policy, "format": "rawxml"})
    return key


def call(azure: Azure, method: str, path: str, base: str, **options: Any) -> requests.Response:
    headers = {"Host": HOST, **options.pop("headers", {})}
    return requests.request(method, f"{base}{path}", headers=headers, verify=str(azure.sandbox.ca_bundle), timeout=60, **options)


@pytest.mark.parametrize("door", ["front door", "gateway"])
def test_a_request_goes_through_the_gateway_to_the_app(azure: Azure, key: str, door: str) -> None:
    base = azure.functions.front_door if door == "front door" else azure.sandbox.gateway.url
    answer = call(azure, "POST", "/api/orders?a=1", base, json={"id": 7}, headers={"Ocp-Apim-Subscription-Key": key})

    assert (answer.status_code, answer.json()["got"]) == (201, {"id": 7})
    assert "ocp-apim-subscription-key" not in {name.lower() for name in answer.json()["headers"]}
    assert azure.sandbox.gateway.failures == []


def test_without_a_key_nothing_reaches_the_app(azure: Azure, key: str) -> None:
    assert call(azure, "POST", "/api/orders", azure.functions.front_door, json={}).status_code == 401


def test_a_service_that_is_not_there_is_the_gateway_s_404(azure: Azure, key: str) -> None:
    answer = call(azure, "GET", "/", azure.functions.front_door, headers={"Host": "nobody.azure-api.net"})

    assert (answer.status_code, answer.json()) == (404, {"statusCode": 404, "message": "Resource not found"})


def test_the_front_door_lists_the_gateway_with_the_apps(azure: Azure, key: str) -> None:
    listed = call(azure, "GET", "/", azure.functions.front_door, headers={"Host": "nobody.example"})

    assert (listed.status_code, listed.json()["hosts"][HOST]) == (404, azure.sandbox.gateway.url)


def test_an_app_finds_the_gateway_by_its_name(azure: Azure, key: str) -> None:
    answer = call(azure, "GET", "/api/through", azure.functions.front_door, headers={"Ocp-Apim-Subscription-Key": key})

    assert (answer.status_code, answer.json()["got"]) == (200, [1])
