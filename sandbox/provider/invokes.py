"""The functions that programs call: one GET or POST each, with its answer in the shape that the SDK declares."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace

from sandbox.arm import ArmError

from .client import ArmClient, Body
from .problem import ProviderError
from .resource_specs import SPECS, ResourceSpec, fill
from .shapes import convert
from .shapes.sdk import Object, Shape
from .shapes.wire import Properties

AZURE_CLI_CLIENT_ID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""The application id of the Azure CLI: what `getClientConfig` names when the CLI's sign-in is used."""


@dataclass(frozen=True)
class Function:
    token: str
    spec: ResourceSpec
    action: str | None = None
    """The action that is POSTed; None for a GET."""

    @property
    def result(self) -> dict[str, Shape]:
        _, module, name = self.token.split(":")
        found = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name[0].upper() + name[1:] + "Result")
        return Object(found).fields


def invoke(token: str, arguments: Properties, subscription: str, arm: ArmClient) -> Properties:
    """Raises ProviderError, worded as the real provider's."""
    function = _FUNCTIONS.get(token)
    if function is None:
        raise ProviderError(f"Invoke type {token} not found: the embedded Azure has {', '.join(sorted([*_FUNCTIONS, CLIENT_CONFIG]))}")
    path = fill(function.spec.path, arguments, subscription)
    url = f"{path}/{function.action}" if function.action else path
    try:
        body = arm.post(path, function.action) if function.action else arm.get(path)
    except (ArmError, ProviderError) as problem:
        raise ProviderError(f"request failed {url}: {problem}") from problem
    return _result(function, body)


def client_config(subscription: str, tenant: str, object_id: str) -> Properties:
    return {"clientId": AZURE_CLI_CLIENT_ID, "objectId": object_id, "subscriptionId": subscription, "tenantId": tenant}


def _result(function: Function, body: Body) -> Properties:
    outputs = convert.from_body(body, function.result, function.spec.envelope, function.spec.renames)
    version = function.spec.api_version
    return outputs | ({"azureApiVersion": version} if version and "azureApiVersion" in function.result else {})


def _function(token: str, resource: str, action: str | None = None) -> Function:
    return Function(f"azure-native:{token}", SPECS[f"azure-native:{resource}"], action)


CLIENT_CONFIG = "azure-native:authorization:getClientConfig"

_GETTERS = (
    *("web:AppServicePlan", "web:WebApp", "web:WebAppSlot", "web:WebAppSlotConfigurationNames"),
    *("web:WebAppFtpAllowed", "web:WebAppFtpAllowedSlot", "web:WebAppScmAllowed", "web:WebAppScmAllowedSlot"),
    *("storage:StorageAccount", "storage:BlobServiceProperties", "storage:BlobContainer", "storage:Table", "storage:Queue"),
    *("resources:ResourceGroup", "managedidentity:UserAssignedIdentity", "authorization:RoleAssignment"),
    *("operationalinsights:Workspace", "applicationinsights:Component", "durabletask:Scheduler", "durabletask:TaskHub"),
    "apimanagement:ApiManagementService",
)
_LISTS = (*("WebAppApplicationSettings", "WebAppApplicationSettingsSlot", "WebAppConnectionStrings", "WebAppConnectionStringsSlot"),)

_HOST = replace(SPECS["azure-native:web:WebApp"], path=SPECS["azure-native:web:WebApp"].path + "/host/default")
"""Of production: not a resource, but what has the keys."""

_FUNCTIONS = {
    function.token: function
    for function in (
        *(_function(resource.replace(":", ":get"), resource) for resource in _GETTERS),
        *(_function(f"web:list{name}", f"web:{name}", "list") for name in _LISTS),
        _function("storage:listStorageAccountKeys", "storage:StorageAccount", "listKeys"),
        Function("azure-native:web:listWebAppHostKeys", _HOST, "listkeys"),
    )
}
