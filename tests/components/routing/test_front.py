"""API Management in front of the router: what is declared, what the router is told, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from components import ArgumentErrors
from components._routing.front import METHODS
from components._routing.front_policy import policy
from functions.router.gateway import Listing
from sandbox.gateway import Policy

from ..deploying import Deployment
from ..mocked_azure import SUBSCRIPTION, MockedAzure
from .gateways import LISTED, ROUTER_KEY, arguments
from .routers import of, router, routing
from .test_application_routing import blueprint, grants, standard

FRONT = {"publisher_email": "shop@example.com"}
DIRECT = {"api_management": {**FRONT, "direct": True}}
ROUTED = policy(arguments(api_management={"direct": False}))
SMALL = {"maximum_body_bytes": 1_000_000, "maximum_stored_bytes": 1_000_000}


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
    assert (declared.inputs["value"], declared.inputs["format"]) == (ROUTED, "rawxml")
    assert {"orders-gateway-router", "orders-gateway-key"} <= declared.depends_on
    for part in (
        '<set-header name="x-functions-key" exists-action="override"><value>{{router-key}}</value></set-header>',
        '<set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />',
        '<set-query-parameter name="subscription-key" exists-action="delete" />',
        '<set-backend-service backend-id="router" />',
        'follow-redirects="false" buffer-request-body="false" buffer-response="false" fail-on-error-status-code="false"',
    ):
        assert part in ROUTED
    assert len(ROUTED.encode()) < 16 * 1024


def test_direct_adds_the_list_and_the_right_to_write_it_and_nothing_else(tmp_path: Path) -> None:
    routed, direct = deployed(tmp_path), deployed(tmp_path, **DIRECT)
    assert {one for one in set(direct.children) - set(routed.children) if not one.startswith("storage:Blob ")} == {
        "apimanagement:NamedValue orders-gateway-lines",
        "authorization:RoleAssignment orders-gateway-list-contributor",
    }
    assert grants(direct) - grants(routed) == {"orders-gateway-list-contributor"}


def test_the_list_is_a_secret_that_begins_with_nothing_and_whose_value_is_the_routers(tmp_path: Path) -> None:
    found = deployed(tmp_path, **DIRECT)
    listed = found.child("orders-gateway-lines")
    assert {name: listed.inputs[name] for name in ("namedValueId", "displayName", "secret", "value", "serviceName")} == {
        "namedValueId": "direct-lines",
        "displayName": "direct-lines",
        "secret": True,
        "value": "none",
        "serviceName": "orders-gateway",
    }
    assert Listing.read("none") == Listing()
    policy_ = found.child("orders-gateway-policy")
    assert {"orders-gateway-lines", "orders-gateway-router", "orders-gateway-key"} <= policy_.depends_on
    assert policy_.inputs["value"] == policy(arguments())


def test_the_router_may_write_that_one_named_value_and_is_told_which(tmp_path: Path) -> None:
    found = deployed(tmp_path, api_management={**FRONT, "direct": True, "gateway_seconds": 60})
    id = f"{SUBSCRIPTION}/orders-gateway-lines"
    grant = found.child("orders-gateway-list-contributor").inputs
    assert (grant["scope"], grant["principalId"], grant["principalType"]) == (id, "principal-id", "ServicePrincipal")
    assert str(grant["roleDefinitionId"]).endswith("/312a565d-c81f-4fd8-895a-4e21e48d571c")
    told = blueprint(found).gateway
    assert told is not None and (told.list_id, told.seconds) == (id, 60)


def test_a_direct_gateway_is_no_part_of_what_makes_up_an_app(tmp_path: Path) -> None:
    """Apps that exist are not touched by it."""
    direct = deployed(tmp_path, **DIRECT)
    assert direct.outputs["blueprint_version"] == standard().outputs["blueprint_version"]
    assert blueprint(deployed(tmp_path)).gateway is None
    told = blueprint(direct).gateway
    assert told is not None and told.seconds == 120


def test_the_direct_policy_fits_into_the_tier_with_the_smallest_limit() -> None:
    """16 KiB on Consumption: Microsoft docs, "API Management limits"."""
    longest = {"version_header": "x" * 64, "version_query": "-" * 64, "public_url": f"https://{'a' * 240}.example:44300"}
    assert len(policy(arguments(http=longest)).encode()) < 16 * 1024


def test_the_direct_policy_names_no_values_but_the_two_and_holds_for_every_public_url() -> None:
    for public_url in (None, "https://shop.example.com:8443"):
        text = policy(arguments(http={"public_url": public_url}))
        assert re.findall(r"\{\{.*?\}\}", text) == ["{{direct-lines}}", "{{router-key}}"]
        assert "}}" not in text.replace("{{direct-lines}}", "").replace("{{router-key}}", "")
        Policy.read(text, {"router-key": ROUTER_KEY, "direct-lines": LISTED}, {"router": "https://orders.azurewebsites.net"})


def test_without_direct_the_policy_knows_no_list() -> None:
    assert "direct-lines" not in ROUTED and "@(" not in ROUTED and "@{" not in ROUTED


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
            "http": SMALL,
        },
        "api_management.capacity = 2: is ignored on Consumption",
    ),
    "bodies that Consumption does not take": (
        {"api_management": {**FRONT, "sku": "Consumption"}},
        "is more than a gateway of the tier Consumption takes",
    ),
    "direct without a gateway": ({"api_management": {"direct": True}}, "api_management.publisher_email: is required"),
    "seconds of a gateway that knows no lines": (
        {"api_management": {**FRONT, "gateway_seconds": 60}},
        "api_management.gateway_seconds = 60: has no meaning without api_management.direct",
    ),
    "too few seconds": ({"api_management": {**FRONT, "direct": True, "gateway_seconds": 29}}, "api_management.gateway_seconds = 29"),
    "too many seconds": ({"api_management": {**FRONT, "direct": True, "gateway_seconds": 3601}}, "api_management.gateway_seconds = 3601"),
    "apps that a gateway of that tier never reaches": (
        {**DIRECT, "apps": {"public_access": False}},
        "apps.public_access = False: keeps the gateway out, which has to reach the apps with api_management.direct: "
        "a gateway of the tier BasicV2 is in no network",
    ),
    "apps that a gateway in a network would reach": (
        {"api_management": {**FRONT, "direct": True, "sku": "Premium"}, "apps": {"public_access": False}},
        "the tier Premium can be put into a network, but this component puts no gateway into one",
    ),
    "a version header that sends everything to the router": (
        {**DIRECT, "http": {"version_header": "X-Durable-Version"}},
        "http.version_header = 'X-Durable-Version': is of a family of headers",
    ),
    "a version parameter that is dropped": ({**DIRECT, "http": {"version_query": "code"}}, "http.version_query = 'code': is a parameter"),
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


@pytest.mark.parametrize(
    "changes",
    [
        {**DIRECT, "apps": {"subnet_id": "/subnet"}},
        {"api_management": {**FRONT, "direct": True, "sku": "Consumption"}, "http": SMALL},
        {"api_management": FRONT, "apps": {"public_access": False}},
        {"api_management": FRONT, "http": {"version_header": "X-Durable-Version"}},
    ],
    ids=["apps that go out through a subnet", "Consumption", "closed apps behind the router", "any header, where the router reads it"],
)
def test_a_gateway_is_allowed_with(changes: dict[str, Any], tmp_path: Path) -> None:
    assert "orders-gateway-policy" in deployed(tmp_path, **changes).of_type("apimanagement:ApiPolicy")


def test_consumption_has_no_units(tmp_path: Path) -> None:
    found = deployed(tmp_path, api_management={**FRONT, "sku": "Consumption"}, http=SMALL)
    assert found.child("orders-gateway").inputs["sku"] == {"name": "Consumption", "capacity": 0}
