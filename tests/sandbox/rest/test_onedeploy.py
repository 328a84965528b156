"""OneDeploy over REST, as a release tool speaks to it. The SDK's own PUT carries no body; it can read what became of a deployment."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError

from tests.sandbox.web.azure import FLEX

from .azure import GROUP, Azure

PLAN = f"{GROUP}/providers/Microsoft.Web/serverfarms/flex"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/flex"
NAMED: dict[str, Any] = {"resource_group_name": "rg", "name": "flex"}
PACKAGE = {"properties": {"packageUri": "https://127.0.0.1/packages/app.zip?sig=1", "remoteBuild": False}}


def test_a_deployment_is_begun_by_a_raw_put_and_followed_by_the_real_client(azure: Azure) -> None:
    azure.plane.request("PUT", PLAN, {"location": "westeurope", "sku": {"name": "FC1"}, "properties": {"reserved": True}})
    properties = {"serverFarmId": PLAN, "functionAppConfig": FLEX}
    azure.plane.request("PUT", SITE, {"location": "westeurope", "kind": "functionapp,linux", "properties": properties})
    apps = azure.client().web_apps
    with pytest.raises(HttpResponseError, match="packageUri"):
        apps.create_one_deploy_operation(**NAMED)
    answer = azure.call("PUT", f"{SITE}/extensions/onedeploy", json=PACKAGE)
    assert answer.status_code == 202
    location = answer.headers["Location"].removeprefix(azure.endpoint).partition("?")[0]
    while azure.call("GET", location).status_code == 202:
        pass
    id = answer.json()["properties"]["id"]
    assert apps.get_deployment(**NAMED, id=id).status == 4
    assert [(one.name, one.active) for one in apps.list_deployments(**NAMED)] == [(id, True)]
    assert apps.get_one_deploy_status(**NAMED)["properties"]["provisioningState"] == "Succeeded"
    assert azure.call("POST", f"{SITE}/extensions/onedeploy", json=PACKAGE).status_code == 202
