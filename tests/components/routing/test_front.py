"""API Management in front of the router: what is declared, what the router is told, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components import ArgumentErrors
from components._routing.front import METHODS, policy

from ..deploying import Deployment
from ..mocked_azure import MockedAzure
from .routers import of, router, routing
from .test_application_routing import blueprint, standard

FRONT = {"publisher_email": "shop@example.com"}


def deployed(folder: Path, **changes: Any) -> Deployment:
    return routing(MockedAzure(), of(router(folder), **{"api_management": FRONT, **changes}))


def test_a_gateway_adds_these_resources_and_no_other(tmp_path: Path) -> None:
    more = set(deployed(tmp_path).children) - set(standard().children)
    assert {one for one in more if not one.startswith("storage:Blob ")} == {
        "apimanagement:ApiManagementService orders-gateway",
        "apimanagement:Backend orders-gateway-router",
        "apimanagement:NamedValue orders-gateway-key",
        "apimanagement:Api orders-gateway-api",
        *(f"apimanagement:ApiOperation orders-gateway-{method.lower()}" for method in METHODS),
        "apimanagement:ApiPolicy orders-gateway-policy",
    }


def test_an_empty_group_is_no_gateway(tmp_path: Path) -> None:
    assert not [one for one in deployed(tmp_path, api_management={}).children if one.startswith("apimanagement:")]


def test_clients_call_the_gateway_and_operators_the_router(tmp_path: Path) -> None:
    found = deployed(tmp_path)
    assert (found.outputs["router_url"], found.outputs["operators_url"]) == (
        "https://orders-gateway.azure-api.net",
        "https://orders.azurewebsites.net",
    )
    assert blueprint(found).http.public_url == "https://orders-gateway.azure-api.net"
    own = deployed(tmp_path, http={"public_url": "https://shop.example.com"})
    assert (own.outputs["router_url"], blueprint(own).http.public_url) == ("https://shop.example.com", "https://shop.example.com")


def test_the_routers_key_is_a_secret_that_only_the_gateway_has(tmp_path: Path) -> None:
    key = deployed(tmp_path).child("orders-gateway-key")
    assert (key.inputs["value"], key.inputs["secret"], key.secret) == ("host-key", True, frozenset({"value"}))
    backend = deployed(tmp_path).child("orders-gateway-router").inputs
    assert (backend["url"], backend["protocol"]) == ("https://orders.azurewebsites.net", "http")


def test_the_policy_is_static_streams_and_passes_no_key_of_the_client_on(tmp_path: Path) -> None:
    declared = deployed(tmp_path).child("orders-gateway-policy")
    assert (declared.inputs["value"], declared.inputs["format"]) == (policy(), "rawxml")
    assert {"orders-gateway-router", "orders-gateway-key"} <= declared.depends_on
    for part in (
        '<set-header name="x-functions-key" exists-action="override"><value>{{router-key}}</value></set-header>',
        '<set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />',
        '<set-query-parameter name="subscription-key" exists-action="delete" />',
        '<set-backend-service backend-id="router" />',
        'follow-redirects="false" buffer-request-body="false" buffer-response="false" fail-on-error-status-code="false"',
    ):
        assert part in policy()
    assert len(policy().encode()) < 16 * 1024


@pytest.mark.parametrize("wanted", [True, False])
def test_the_api_stands_at_the_root_takes_every_path_by_https_alone_and_wants_a_subscription_unless_told(
    wanted: bool, tmp_path: Path
) -> None:
    found = deployed(tmp_path, api_management={**FRONT, **({} if wanted else {"subscription_required": False})})
    api = found.child("orders-gateway-api").inputs
    assert (api["path"], api["protocols"], api["subscriptionRequired"]) == ("", ["https"], wanted)
    operations = [child.inputs for child in found.of_type("apimanagement:ApiOperation").values()]
    assert {one["method"]: one["urlTemplate"] for one in operations} == dict.fromkeys(METHODS, "/*")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no publisher": ({"api_management": {"sku": "BasicV2"}}, "api_management.publisher_email: is required"),
    "a publisher without a mailbox": ({"api_management": {"publisher_email": "shop"}}, "api_management.publisher_email = 'shop'"),
    "an unknown tier": ({"api_management": {**FRONT, "sku": "Free"}}, "api_management.sku = 'Free': is not one of the choices"),
    "a name that Azure refuses": ({"api_management": {**FRONT, "name": "1-orders"}}, "api_management.name = '1-orders'"),
    "units on Consumption": (
        {
            "api_management": {**FRONT, "sku": "Consumption", "capacity": 2},
            "http": {"maximum_body_bytes": 1_000_000, "maximum_stored_bytes": 1_000_000},
        },
        "api_management.capacity = 2: is ignored on Consumption",
    ),
    "bodies that Consumption does not take": (
        {"api_management": {**FRONT, "sku": "Consumption"}},
        "is more than a gateway of the tier Consumption takes",
    ),
    "a router that is open beside it": (
        {"api_management": FRONT, "http": {"anonymous": True}},
        "http.anonymous = True: lets everybody pass the gateway by",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_gateway_is_refused_for(what: str, tmp_path: Path) -> None:
    changes, expected = REFUSED[what]
    failed = routing(MockedAzure(), of(router(tmp_path), **changes), fails=True)
    assert isinstance(failed.error, ArgumentErrors)
    assert expected in str(failed.error)
    assert failed.children == {}


def test_consumption_has_no_units(tmp_path: Path) -> None:
    small = {"maximum_body_bytes": 1_000_000, "maximum_stored_bytes": 1_000_000}
    found = deployed(tmp_path, api_management={**FRONT, "sku": "Consumption"}, http=small)
    assert found.child("orders-gateway").inputs["sku"] == {"name": "Consumption", "capacity": 0}
