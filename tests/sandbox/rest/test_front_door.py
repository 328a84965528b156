"""What ARM itself does before a resource provider sees a request. Source: Microsoft docs, "Azure REST API reference", and Azure/azure-resource-manager-rpc
(common API contracts: errors, collections, asynchronous operations)."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import requests

from sandbox.arm import Fault
from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.rest import ArmServer
from sandbox.storage.certificate import Certificate

from .azure import GROUP, PLAN, SITE, SUBSCRIPTION_ID, TOKEN, Azure

SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"


@pytest.mark.parametrize(("token", "code"), [(None, "AuthenticationFailed"), ("not a token", "InvalidAuthenticationToken")])
def test_a_request_without_a_good_token_is_refused(azure: Azure, token: str | None, code: str) -> None:
    response = azure.call("GET", SITE, token=token)
    assert (response.status_code, response.json()["error"]["code"]) == (401, code)
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_token_check_of_ones_own_decides(azure: Azure, certificate: Certificate) -> None:
    server = ArmServer(
        azure.plane, certificate.chain, certificate.key, token_check=lambda token: OPERATOR_OBJECT_ID if token == "sesame" else None
    )
    azure.endpoint = f"https://127.0.0.1:{server.start()}"
    assert [azure.call("GET", SITE, token=token).status_code for token in ("sesame", TOKEN)] == [200, 401]
    server.stop()


def test_a_request_without_api_version_is_refused(azure: Azure) -> None:
    response = azure.call("GET", SITE, version=None)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "MissingApiVersionParameter")


def test_a_body_that_is_no_json_is_refused(azure: Azure) -> None:
    response = azure.call("PUT", f"{SITE}/config/appsettings", data="{")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "InvalidRequestContent")


def test_an_unknown_type_is_refused(azure: Azure) -> None:
    response = azure.call("GET", f"{GROUP}/providers/Microsoft.Cache/redis/x")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "InvalidResourceType")


def test_the_operation_of_a_swap_is_an_absolute_location_with_the_api_version(azure: Azure) -> None:
    response = azure.call("POST", f"{SITE}/slotsswap", json={"targetSlot": "staging"})
    assert (response.status_code, response.headers["Retry-After"], response.content) == (202, "0", b"")
    location = response.headers["Location"]
    assert location.startswith(f"{azure.endpoint}{SITE}/operationresults/")
    assert location.endswith("?api-version=2025-05-01")
    azure.swaps.wait(SITE)
    path = location.removeprefix(azure.endpoint).partition("?")[0]
    assert azure.call("GET", path).status_code == 200


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (f"{SUBSCRIPTION}/resourceGroups", ["rg"]),
        (f"{GROUP}/providers/Microsoft.Web/sites", ["orders"]),
        (f"{SUBSCRIPTION}/providers/microsoft.web/SITES", ["orders"]),
        (f"{SITE}/slots", ["orders/staging"]),
        (f"{GROUP}/resources", ["plan", "orders"]),
        (f"{SUBSCRIPTION}/resources", ["plan", "orders"]),
        ("/subscriptions/00000000-0000-4000-8000-00000000ffff/resourceGroups", []),
    ],
)
def test_collections_are_listed(azure: Azure, path: str, names: list[str]) -> None:
    assert [item["name"] for item in azure.call("GET", path).json()["value"]] == names


def test_resources_can_be_filtered_by_type(azure: Azure) -> None:
    found = azure.call("GET", f"{SUBSCRIPTION}/resources", params={"$filter": "resourceType eq 'Microsoft.Web/serverfarms'"}).json()[
        "value"
    ]
    assert [item["id"] for item in found] == [PLAN]


def test_a_listed_site_shows_no_settings(azure: Azure) -> None:
    listed = azure.call("GET", f"{GROUP}/providers/Microsoft.Web/sites").json()["value"]
    assert listed == [azure.call("GET", SITE).json()]
    assert "old" not in str(listed)


@pytest.mark.parametrize("path", [f"{SITE}x/slots", f"{GROUP}x/providers/Microsoft.Web/sites"])
def test_a_collection_of_what_is_not_there_is_404(azure: Azure, path: str) -> None:
    assert azure.call("GET", path).status_code == 404


def test_a_group_can_be_read_and_a_subscription_too(azure: Azure) -> None:
    assert azure.call("GET", GROUP).json()["tags"] == {"a": "1"}
    assert azure.call("GET", SUBSCRIPTION).json()["state"] == "Enabled"


def test_an_injected_error_has_arms_shape(azure: Azure) -> None:
    azure.plane.faults.add(Fault("post */config/appsettings/list", status=403, code="AuthorizationFailed", message="no"))
    response = azure.call("POST", f"{SITE}/config/appsettings/list")
    assert (response.status_code, response.json()) == (403, {"error": {"code": "AuthorizationFailed", "message": "no"}})


def test_an_injected_error_may_say_when_to_come_again(azure: Azure) -> None:
    azure.plane.faults.add(Fault("get */sites/orders", status=429, code="TooManyRequests", headers={"Retry-After": "7"}))
    response = azure.call("GET", SITE)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert "Retry-After" not in azure.call("GET", f"{SITE}x").headers


def test_a_collection_is_struck_by_faults_too(azure: Azure) -> None:
    azure.plane.faults.add(Fault("get */sites/orders/slots", status=500))
    assert [azure.call("GET", f"{SITE}/slots").status_code for _ in range(2)] == [500, 200]


def test_a_dropped_connection_gets_no_answer(azure: Azure) -> None:
    azure.plane.faults.add(Fault("get *", drop=True))
    with pytest.raises(requests.ConnectionError):
        azure.call("GET", SITE)
    assert azure.call("GET", SITE).status_code == 200


def test_garbage_is_sent_as_it_is(azure: Azure) -> None:
    azure.plane.faults.add(Fault("get *", garbage="<html>"))
    response = azure.call("GET", SITE)
    assert (response.status_code, response.text) == (200, "<html>")


def test_writes_through_rest_are_journalled_as_rest(azure: Azure) -> None:
    begun = len(azure.plane.journal)
    azure.call("PUT", f"{SITE}/config/appsettings", json={"properties": {}})
    assert [(write.operation, write.caller) for write in azure.plane.journal.since(begun)] == [("PUT", "rest")]


def test_a_client_that_never_speaks_holds_up_nobody(azure: Azure, authority: Path) -> None:
    port = int(azure.endpoint.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)):
        assert azure.call("GET", SITE).status_code == 200


def test_a_client_that_does_not_trust_the_authority_is_not_served(azure: Azure) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(azure.endpoint + SITE, timeout=30, verify=True)


def test_a_stopped_server_listens_no_more(azure: Azure) -> None:
    azure.__exit__()
    with pytest.raises(requests.ConnectionError):
        azure.call("GET", SITE)
