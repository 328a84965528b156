"""API Management as resources. Sources stand in `sandbox/resources/api_management.py`."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.arm import ArmError

from .azure import GROUP, Azure

SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/orders"
API = f"{SERVICE}/apis/orders"
POLICY = f"{API}/policies/policy"
PUBLISHER = {"publisherEmail": "team@example.org", "publisherName": "team"}
ROUTED = '<policies><inbound><set-backend-service backend-id="router" /><set-variable name="v" value="{{default}}" /></inbound></policies>'


def service(azure: Azure, tier: str = "Developer", capacity: int = 1, **properties: Any) -> Any:
    return azure.put(SERVICE, location="West Europe", sku={"name": tier, "capacity": capacity}, properties={**PUBLISHER, **properties})


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
