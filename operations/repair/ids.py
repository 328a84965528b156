"""Which Azure resource a creation of azure-native was about: its id, from its type and its inputs.

Paths: Azure's REST specifications, as pulumi-azure-native forms ids from them. Singletons exist with their parent: creating one is a
PUT over what is there, so nobody has to know whether it took place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

PREFIX = "azure-native:"

_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_ACCOUNT = _GROUP + "/providers/Microsoft.Storage/storageAccounts/{accountName}"
_CONTAINER = _ACCOUNT + "/blobServices/default/containers/{containerName}"
_SITE = _GROUP + "/providers/Microsoft.Web/sites/{name}"
_GATEWAY = _GROUP + "/providers/Microsoft.ApiManagement/service/{serviceName}"

_PATHS = {
    "resources:ResourceGroup": _GROUP,
    "managedidentity:UserAssignedIdentity": _GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    "operationalinsights:Workspace": _GROUP + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "applicationinsights:Component": _GROUP + "/providers/Microsoft.Insights/components/{resourceName}",
    "authorization:RoleAssignment": "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    "storage:StorageAccount": _ACCOUNT,
    "storage:BlobContainer": _CONTAINER,
    "storage:Blob": _CONTAINER + "/blobs/{blobName}",
    "storage:ManagementPolicy": _ACCOUNT + "/managementPolicies/{managementPolicyName}",
    "storage:Table": _ACCOUNT + "/tableServices/default/tables/{tableName}",
    "storage:Queue": _ACCOUNT + "/queueServices/default/queues/{queueName}",
    "durabletask:Scheduler": _GROUP + "/providers/Microsoft.DurableTask/schedulers/{schedulerName}",
    "durabletask:TaskHub": _GROUP + "/providers/Microsoft.DurableTask/schedulers/{schedulerName}/taskHubs/{taskHubName}",
    "apimanagement:ApiManagementService": _GATEWAY,
    "apimanagement:Api": _GATEWAY + "/apis/{apiId}",
    "apimanagement:ApiOperation": _GATEWAY + "/apis/{apiId}/operations/{operationId}",
    "apimanagement:ApiPolicy": _GATEWAY + "/apis/{apiId}/policies/{policyId}",
    "apimanagement:NamedValue": _GATEWAY + "/namedValues/{namedValueId}",
    "apimanagement:Backend": _GATEWAY + "/backends/{backendId}",
    "web:AppServicePlan": _GROUP + "/providers/Microsoft.Web/serverfarms/{name}",
    "web:WebApp": _SITE,
    "web:WebAppSlot": _SITE + "/slots/{slot}",
}

_SINGLETONS = frozenset(
    {
        "storage:BlobServiceProperties",
        "web:WebAppSlotConfigurationNames",
        *(
            f"web:{name}{slot}"
            for name in ("WebAppApplicationSettings", "WebAppConnectionStrings", "WebAppFtpAllowed", "WebAppScmAllowed")
            for slot in ("", "Slot")
        ),
    }
)
_IN_PATH = "$&+=:@~!'()*,;-._"
"""What Go's url.PathEscape leaves as it is in one segment of a path."""


class NoId(Exception):
    """The id can't be told; why, as the end of a sentence."""


def is_singleton(type_: str) -> bool:
    return _kind(type_) in _SINGLETONS


def resource_id(type_: str, inputs: Mapping[str, Any], subscription: str | None) -> str:
    """Raises NoId."""
    path = _PATHS.get(_kind(type_))
    if path is None:
        raise NoId(f"'{type_}' is no type that this command knows the ids of")

    def value(match: re.Match[str]) -> str:
        name = match[1]
        given = subscription if name == "subscriptionId" else _in_clear(inputs.get(name))
        if name == "subscriptionId" and given is None:
            raise NoId("the subscription isn't known: set azure-native:subscriptionId, or ARM_SUBSCRIPTION_ID")
        if not isinstance(given, str) or not given:
            raise NoId(f"its '{name}' is missing in the state")
        return given.strip("/") if name == "scope" else quote(given, safe=_IN_PATH)

    return re.sub(r"{(\w+)}", value, path)


def _kind(type_: str) -> str:
    """`web:WebApp` for `azure-native:web:WebApp` and for `azure-native:web/v20240401:WebApp`."""
    return re.sub(r"/v\w+:", ":", type_.removeprefix(PREFIX)) if type_.startswith(PREFIX) else ""


def _in_clear(value: Any) -> Any:
    """A secret of an export with secrets shown: JSON text beside a mark."""
    return json.loads(value["plaintext"]) if isinstance(value, Mapping) and "plaintext" in value else value
