"""Named values of API Management over HTTPS: ETags and `If-Match` are headers there."""

from __future__ import annotations

from .azure import GROUP, Azure

SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/orders"
VALUE = f"{SERVICE}/namedValues/lines"


def put(azure: Azure, value: str, **headers: str) -> tuple[int, str]:
    body = {"properties": {"displayName": "lines", "secret": True, "value": value}}
    token = azure.call("PUT", VALUE, json=body, extra=headers)
    return token.status_code, token.headers.get("ETag", "")


def test_a_write_carries_the_etag_that_was_read(azure: Azure) -> None:
    publisher = {"publisherEmail": "team@example.org", "publisherName": "team"}
    azure.plane.request("PUT", SERVICE, {"location": "westeurope", "sku": {"name": "Basic", "capacity": 1}, "properties": publisher})

    status, first = put(azure, "first")
    assert (status, bool(first)) == (201, True)
    listed = azure.call("POST", f"{VALUE}/listValue")
    assert (listed.status_code, listed.json(), listed.headers["ETag"]) == (200, {"value": "first"}, first)
    assert "value" not in azure.call("GET", VALUE).json()["properties"]

    status, second = put(azure, "second", **{"If-Match": first})
    assert (status, second != first) == (200, True)
    assert put(azure, "third", **{"If-Match": first})[0] == 412
    assert azure.call("DELETE", VALUE, extra={"If-Match": first}).status_code == 412
    assert azure.call("POST", f"{VALUE}/listValue").json() == {"value": "second"}
    assert azure.call("DELETE", VALUE, extra={"If-Match": second}).status_code == 200
