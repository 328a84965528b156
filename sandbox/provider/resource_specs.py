"""The resource types that the stand-in serves, one line of facts each; names and types of properties come from the SDK's classes.

Paths, singletons and defaults: pulumi-azure-native, provider/pkg/openapi/defaults and provider/pkg/gen/replacement.go. What forces a
replacement beside the path: replacement.go, and for `reserved`, `isXenon`, `hyperV` the `x-ms-mutability` of Azure's specification.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from .problem import ProviderError
from .shapes import sdk
from .shapes.sdk import Object, Shape
from .shapes.wire import Properties

_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_ACCOUNT = _GROUP + "/providers/Microsoft.Storage/storageAccounts/{accountName}"
_SITE = _GROUP + "/providers/Microsoft.Web/sites/{name}"
_SLOT = _SITE + "/slots/{slot}"
_SCHEDULER = _GROUP + "/providers/Microsoft.DurableTask/schedulers/{schedulerName}"
_ENVELOPE = frozenset({"location", "tags", "kind", "identity", "sku", "zones", "extendedLocation", "managedBy"})
_GATEWAY = _GROUP + "/providers/Microsoft.ApiManagement/service/{serviceName}"
_IN_PATH = "$&+=:@~!'()*,;-._"
"""What Go's url.PathEscape leaves as it is in one segment of a path."""


@dataclass(frozen=True)
class ResourceSpec:
    token: str
    path: str
    force_new: frozenset[str] = frozenset()
    default_body: Mapping[str, Any] | None = None
    """Set for singletons, which exist with their parent: creating one over another succeeds, deleting it writes this body."""
    listed: bool = False
    """Read by POST …/list, since a GET would not show its values."""
    autoname: str = "random"
    """For a last path parameter that the SDK leaves optional: `random`, `uuid` or `copy`."""
    custom: str = ""
    """`site` or `blob`: read, or read and written, in its own way."""
    envelope: frozenset[str] = _ENVELOPE
    renames: Mapping[str, str] = field(default_factory=dict, hash=False)

    @cached_property
    def resource_class(self) -> type:
        return self._sdk_class("")

    @cached_property
    def inputs(self) -> Object:
        return Object(self._sdk_class("Args"))

    @cached_property
    def outputs(self) -> dict[str, Shape]:
        return Object(self.resource_class).fields

    @cached_property
    def api_version(self) -> str | None:
        return sdk.api_version(self.resource_class)

    @cached_property
    def path_parameters(self) -> tuple[str, ...]:
        return tuple(name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId")

    @cached_property
    def body_fields(self) -> dict[str, Shape]:
        return {name: shape for name, shape in self.inputs.fields.items() if name not in self.path_parameters}

    @property
    def autonamed(self) -> str | None:
        last = self.path_parameters[-1]
        return None if last in self.inputs.required or not self.autoname else last

    @property
    def replaces_on(self) -> frozenset[str]:
        return self.force_new | frozenset(self.path_parameters)

    def id(self, inputs: Properties, subscription: str) -> str:
        return fill(self.path, inputs, subscription)

    def path_values(self, id: str) -> Properties:
        """The path parameters that `id` holds. Raises ProviderError if it is not an id of this type."""
        pattern = re.sub(r"{(\w+)}", lambda match: f"(?P<{match[1]}>{'.+' if match[1] == 'scope' else '[^/]+'})", self.path)
        found = re.fullmatch(pattern, id, re.IGNORECASE)
        if found is None:
            raise ProviderError(f"'{id}' is not an id of {self.token}: expected {self.path}")
        return {name: unquote(found[name]) for name in self.path_parameters}

    def _sdk_class(self, suffix: str) -> type:
        _, module, name = self.token.split(":")
        return getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name + suffix)  # type: ignore[no-any-return]


def fill(path: str, values: Properties, subscription: str) -> str:
    """`path` with its parameters put in, each escaped as one segment; a scope is a path of its own."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == "subscriptionId":
            return subscription
        if not isinstance(values.get(name), str):
            raise ProviderError(f"expected string value for path parameter '{name}', got {type(values.get(name)).__name__}")
        return values[name].strip("/") if name == "scope" else quote(values[name], safe=_IN_PATH)

    return re.sub(r"{(\w+)}", value, path)


def find(token: str) -> ResourceSpec:
    """Raises ProviderError for a type that the embedded Azure does not have."""
    try:
        return SPECS[token]
    except KeyError:
        known = ", ".join(sorted(SPECS))
        raise ProviderError(f"Resource type {token} not found: the embedded Azure has {known}") from None


def _spec(token: str, path: str, *force_new: str, **facts: Any) -> ResourceSpec:
    return ResourceSpec(f"azure-native:{token}", path, frozenset(force_new), **facts)


def _of_site(token: str, end: str, default: Mapping[str, Any], **facts: Any) -> list[ResourceSpec]:
    """A singleton of a site, and its twin for slots."""
    return [
        _spec(f"web:{token}", f"{_SITE}/{end}", default_body=default, **facts),
        _spec(f"web:{token}Slot", f"{_SLOT}/{end}", default_body=default, **facts),
    ]


_SITE_FORCE_NEW = ("location", "kind", "reserved", "isXenon", "hyperV")
_MAP_OF_SETTINGS: Mapping[str, Any] = {"listed": True, "envelope": frozenset({"kind", "properties"})}
_ALLOW: Mapping[str, Any] = {"properties": {"allow": True}}

_CAPITALISED = (
    *("disableIpMasking", "disableLocalAuth", "forceCustomerStorageForProfiler", "hockeyAppId", "immediatePurgeDataOn30Days"),
    *("ingestionMode", "retentionInDays", "samplingPercentage", "workspaceResourceId"),
)
_COMPONENT_NAMES = {"applicationType": "Application_Type", "flowType": "Flow_Type", "requestSource": "Request_Source"}
_COMPONENT_NAMES |= {name: name[0].upper() + name[1:] for name in _CAPITALISED}

_ALL = [
    _spec("resources:ResourceGroup", _GROUP, "location"),
    _spec(
        "managedidentity:UserAssignedIdentity",
        _GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
        "location",
    ),
    _spec(
        "operationalinsights:Workspace",
        _GROUP + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
        "location",
        envelope=_ENVELOPE - {"sku"},
    ),
    _spec(
        "applicationinsights:Component",
        _GROUP + "/providers/Microsoft.Insights/components/{resourceName}",
        "location",
        renames=_COMPONENT_NAMES,
    ),
    _spec(
        "authorization:RoleAssignment",
        "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        "principalId",
        autoname="uuid",
    ),
    _spec(
        "storage:StorageAccount",
        _ACCOUNT,
        "location",
        "isHnsEnabled",
        renames={"enableHttpsTrafficOnly": "supportsHttpsTrafficOnly", "networkRuleSet": "networkAcls", "enableNfsV3": "isNfsV3Enabled"},
    ),
    _spec("storage:BlobServiceProperties", _ACCOUNT + "/blobServices/{blobServicesName}", default_body={}),
    _spec("storage:BlobContainer", _ACCOUNT + "/blobServices/default/containers/{containerName}"),
    _spec(
        "storage:Blob",
        _ACCOUNT + "/blobServices/default/containers/{containerName}/blobs/{blobName}",
        "contentMd5",
        "source",
        "type",
        autoname="copy",
        custom="blob",
    ),
    _spec("storage:ManagementPolicy", _ACCOUNT + "/managementPolicies/{managementPolicyName}"),
    _spec("storage:Table", _ACCOUNT + "/tableServices/default/tables/{tableName}"),
    _spec("storage:Queue", _ACCOUNT + "/queueServices/default/queues/{queueName}"),
    _spec("web:AppServicePlan", _GROUP + "/providers/Microsoft.Web/serverfarms/{name}", "location", "reserved", "isXenon", "hyperV"),
    _spec("web:WebApp", _SITE, *_SITE_FORCE_NEW, custom="site"),
    _spec("web:WebAppSlot", _SLOT, *_SITE_FORCE_NEW, custom="site"),
    *_of_site("WebAppApplicationSettings", "config/appsettings", {"properties": {}}, **_MAP_OF_SETTINGS),
    *_of_site("WebAppConnectionStrings", "config/connectionstrings", {"properties": {}}, **_MAP_OF_SETTINGS),
    _spec("web:WebAppSlotConfigurationNames", _SITE + "/config/slotConfigNames", default_body={"properties": {"appSettingNames": []}}),
    *_of_site("WebAppFtpAllowed", "basicPublishingCredentialsPolicies/ftp", _ALLOW),
    *_of_site("WebAppScmAllowed", "basicPublishingCredentialsPolicies/scm", _ALLOW),
    # The SDK does not flatten the properties of these.
    _spec("durabletask:Scheduler", _SCHEDULER, "location", envelope=_ENVELOPE | {"properties"}),
    _spec("durabletask:TaskHub", _SCHEDULER + "/taskHubs/{taskHubName}"),
    _spec("apimanagement:ApiManagementService", _GATEWAY, "location"),
    _spec("apimanagement:Api", _GATEWAY + "/apis/{apiId}"),
    _spec("apimanagement:ApiOperation", _GATEWAY + "/apis/{apiId}/operations/{operationId}"),
    _spec("apimanagement:ApiPolicy", _GATEWAY + "/apis/{apiId}/policies/{policyId}"),
    _spec("apimanagement:NamedValue", _GATEWAY + "/namedValues/{namedValueId}"),
    _spec("apimanagement:Backend", _GATEWAY + "/backends/{backendId}"),
]

SPECS = {spec.token: spec for spec in _ALL}
