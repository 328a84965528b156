"""API Management as resources. Sources stand in `sandbox/resources/api_management`."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.arm import ArmError, Response

from .azure import GROUP, Azure

SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/orders"
API = f"{SERVICE}/apis/orders"
POLICY = f"{API}/policies/policy"
VALUE = f"{SERVICE}/namedValues/lines"
MASTER = f"{SERVICE}/subscriptions/master"
PUBLISHER = {"publisherEmail": "team@example.org", "publisherName": "team"}
ROUTED = '<policies><inbound><set-backend-service backend-id="router" /><set-variable name="v" value="{{default}}" /></inbound></policies>'


def service(azure: Azure, tier: str = "Developer", capacity: int = 1, **properties: Any) -> Any:
    return azure.put(SERVICE, location="West Europe", sku={"name": tier, "capacity": capacity}, properties={**PUBLISHER, **properties})


def named_value(azure: Azure, value: Any, if_match: str | None = None, **properties: Any) -> Response:
    body = {"properties": {"displayName": "lines", "secret": True, "value": value, **properties}}
    return azure.plane.request("PUT", VALUE, body, if_match=if_match)


def refusal(azure: Azure, path: str, **body: Any) -> str:
    with pytest.raises(ArmError) as refused:
        azure.put(path, **body)
    assert refused.value.status == 400
    return refused.value.message


def test_a_service_has_a_gateway(azure: Azure) -> None:
    assert service(azure)["properties"] == {
        **PUBLISHER,
        "gatewayUrl": "https://orders.azure-api.net",
        "provisioningState": "Succeeded",
    }


@pytest.mark.parametrize(("tier", "capacity"), [("Consumption", 1), ("Developer", 0), ("Free", 1)])
def test_a_service_without_a_real_tier_is_refused(azure: Azure, tier: str, capacity: int) -> None:
    assert "tier" in refusal(azure, SERVICE, location="westeurope", sku={"name": tier, "capacity": capacity}, properties=PUBLISHER)


def test_an_operation_s_template_and_its_parameters_agree(azure: Azure) -> None:
    service(azure)
    azure.put(API, properties={"path": "orders", "displayName": "orders"})
    all_get: dict[str, Any] = {"displayName": "any", "method": "GET", "urlTemplate": "/{*path}"}
    assert "templateParameters define []" in refusal(azure, f"{API}/operations/get", properties=all_get)
    azure.put(f"{API}/operations/get", properties={**all_get, "templateParameters": [{"name": "path", "type": "string"}]})


def test_a_policy_names_backends_and_values_that_exist(azure: Azure) -> None:
    service(azure)
    azure.put(API, properties={"path": "orders", "displayName": "orders"})
    assert "Cannot find a property 'default'" in refusal(azure, POLICY, properties={"value": ROUTED, "format": "rawxml"})
    azure.put(f"{SERVICE}/namedValues/default", properties={"displayName": "default", "value": "latest"})
    assert "Backend with id 'router' could not be found" in refusal(azure, POLICY, properties={"value": ROUTED, "format": "rawxml"})
    azure.put(f"{SERVICE}/backends/router", properties={"url": "https://router.azurewebsites.net", "protocol": "http"})
    azure.put(POLICY, properties={"value": ROUTED, "format": "rawxml"})


def test_a_policy_on_consumption_has_16_kib_at_most(azure: Azure) -> None:
    service(azure, "Consumption", 0)
    azure.put(API, properties={"path": "orders", "displayName": "orders"})
    long = f"<policies><!--{'x' * 16384}--></policies>"
    assert "Consumption takes 16384" in refusal(azure, POLICY, properties={"value": long})


def test_the_value_of_a_secret_is_not_shown(azure: Azure) -> None:
    service(azure)
    shown = azure.put(f"{SERVICE}/namedValues/key", properties={"displayName": "key", "value": "s3cret", "secret": True})
    assert shown["properties"] == {"displayName": "key", "secret": True, "provisioningState": "Succeeded"}


@pytest.mark.parametrize(
    ("policy", "why"),
    {
        "<policies><inbound><no-such /></inbound></policies>": "the element 'no-such' is not supported",
        '<policies><inbound><set-variable name="a" value="@(Regex.Escape("."))" /></inbound></policies>': "uses the member 'Escape' of Regex",
        '<policies><inbound><set-variable name="a" value="@(1 + true)" /></inbound></policies>': "has the expression '@(1 + true)'",
        "<policies>": "is no XML",
        "<other />": "a policy is one element <policies>",
    }.items(),
)
def test_a_policy_that_does_not_compile_is_refused(azure: Azure, policy: str, why: str) -> None:
    service(azure)
    azure.put(API, properties={"path": "", "displayName": "orders"})

    assert why in refusal(azure, POLICY, properties={"value": policy, "format": "rawxml"})
    assert azure.refusal("GET", POLICY)[0] == 404


def test_a_policy_in_the_default_format_is_xml(azure: Azure) -> None:
    service(azure)
    azure.put(API, properties={"path": "", "displayName": "orders"})
    text = '<policies><inbound><set-variable name="a" value="@(1 {} 2)" /></inbound></policies>'

    assert "is no XML" in refusal(azure, POLICY, properties={"value": text.format("<")})
    azure.put(POLICY, properties={"value": text.format("&lt;")})
    assert "formats xml and rawxml" in refusal(azure, POLICY, properties={"value": "https://a", "format": "xml-link"})


def test_the_value_of_a_secret_is_listed_with_its_etag(azure: Azure) -> None:
    service(azure)
    etag = named_value(azure, "s3cret").headers["ETag"]
    listed = azure.post(f"{VALUE}/listValue")

    assert (listed.status, listed.body, listed.headers) == (200, {"value": "s3cret"}, {"ETag": etag})
    assert azure.plane.request("GET", VALUE).headers == {"ETag": etag}
    assert azure.refusal("POST", f"{VALUE}/listSecrets")[0] == 404
    assert azure.refusal("POST", f"{SERVICE}/namedValues/no/listValue")[0] == 404


def test_every_write_gives_a_new_etag_also_one_that_changes_nothing(azure: Azure) -> None:
    service(azure)
    etags = [named_value(azure, "same").headers["ETag"] for _ in range(3)]

    assert len(set(etags)) == 3


def test_a_write_for_another_etag_is_refused_and_changes_nothing(azure: Azure) -> None:
    service(azure)
    first = named_value(azure, "first").headers["ETag"]
    second = named_value(azure, "second", first).headers["ETag"]
    for stale in (first, '"made up"'):
        with pytest.raises(ArmError) as refused:
            named_value(azure, "third", stale)
        assert (refused.value.status, refused.value.code) == (412, "PreconditionFailed")
    with pytest.raises(ArmError) as refused:
        azure.plane.request("DELETE", VALUE, if_match=first)
    assert refused.value.status == 412

    listed = azure.post(f"{VALUE}/listValue")
    assert (listed.body, listed.headers["ETag"]) == ({"value": "second"}, second)
    named_value(azure, "third", "*")
    assert azure.post(f"{VALUE}/listValue").body == {"value": "third"}


def test_a_value_that_has_been_deleted_has_no_etag_that_fits(azure: Azure) -> None:
    service(azure)
    etag = named_value(azure, "first").headers["ETag"]
    assert azure.plane.request("DELETE", VALUE, if_match=etag).status == 200
    for stale in (etag, "*"):
        with pytest.raises(ArmError) as refused:
            named_value(azure, "again", stale)
        assert refused.value.status == 412
    assert named_value(azure, "again").headers["ETag"] != etag


def test_a_patch_counts_as_a_write_too(azure: Azure) -> None:
    service(azure)
    etag = named_value(azure, "first").headers["ETag"]
    body = {"properties": {"value": "second"}}
    with pytest.raises(ArmError) as refused:
        azure.plane.request("PATCH", VALUE, body, if_match='"other"')
    assert refused.value.status == 412
    assert azure.plane.request("PATCH", VALUE, body, if_match=etag).headers["ETag"] != etag
    assert azure.post(f"{VALUE}/listValue").body == {"value": "second"}


@pytest.mark.parametrize(
    ("value", "name", "why"),
    [("x" * 4097, "lines", "4097 characters"), (" ", "lines", "is empty"), (None, "lines", "is empty"), ("x", "two words", "displayName")],
)
def test_a_named_value_has_limits(azure: Azure, value: str | None, name: str, why: str) -> None:
    service(azure)

    assert why in refusal(azure, VALUE, properties={"displayName": name, "value": value})
    named_value(azure, "x" * 4096)


def test_a_named_value_that_a_policy_names_stays(azure: Azure) -> None:
    service(azure)
    named_value(azure, "x")
    azure.put(API, properties={"path": "", "displayName": "orders"})
    azure.put(POLICY, properties={"value": "<policies><inbound><!-- {{lines}} --></inbound></policies>"})

    assert azure.refusal("DELETE", VALUE) == (400, "ValidationError")
    azure.delete(POLICY)
    assert (azure.delete(VALUE), azure.delete(VALUE)) == (200, 204)


def test_a_service_comes_with_a_subscription_whose_keys_no_get_shows(azure: Azure) -> None:
    assert azure.refusal("GET", MASTER)[0] == 404
    service(azure)
    keys = azure.post(f"{MASTER}/listSecrets").body

    assert azure.get(MASTER)["properties"] == {"displayName": "Built-in all-access subscription", "scope": f"{SERVICE}/", "state": "active"}
    assert sorted(keys) == ["primaryKey", "secondaryKey"]
    assert azure.post(f"{MASTER}/listSecrets").body == keys
    azure.put(SERVICE.replace("/orders", "/other"), location="westeurope", sku={"name": "Basic", "capacity": 1}, properties=PUBLISHER)
    other = azure.post(f"{SERVICE.replace('/orders', '/other')}/subscriptions/master/listSecrets").body
    assert not set(other.values()) & set(keys.values())


def test_the_keys_of_a_subscription_stay_until_others_are_put(azure: Azure) -> None:
    service(azure)
    team = f"{SERVICE}/subscriptions/team"
    properties = {"displayName": "team", "scope": f"{SERVICE}/apis"}
    shown = azure.put(team, properties=properties)
    assert shown["properties"] == {**properties, "state": "submitted"}
    keys = azure.post(f"{team}/listSecrets").body
    azure.put(team, properties={**properties, "secondaryKey": "mine"})

    assert azure.post(f"{team}/listSecrets").body == {"primaryKey": keys["primaryKey"], "secondaryKey": "mine"}
    assert "knows the scopes" in refusal(azure, team, properties={**properties, "scope": f"{SERVICE}/products/gold"})
