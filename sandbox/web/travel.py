"""What travels with the code at a swap and what stays with the slot.

Source, unless a line says otherwise: Microsoft docs, "Set up staging environments in Azure App Service", section "Which settings are
swapped?" (the include app-service-deployment-slots-settings), and "Azure Functions deployment slots", section "Manage settings".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

_Value = TypeVar("_Value")

TRAVELLING_CONFIG = frozenset(
    {
        # language stack and version
        "linuxFxVersion", "windowsFxVersion", "netFrameworkVersion", "nodeVersion", "pythonVersion", "phpVersion", "powerShellVersion",
        "javaVersion", "javaContainer", "javaContainerVersion", "appCommandLine",
        # 32-bit or 64-bit, web sockets ("general settings, such as framework version, 32/64-bit, web sockets" in earlier editions)
        "use32BitWorkerProcess", "webSocketsEnabled", "managedPipelineMode",
        # handler mappings, path mappings, default documents
        "handlerMappings", "virtualApplications", "documentRoot", "defaultDocuments",
        # what names the code in a registry goes with the code
        "acrUseManagedIdentityCreds", "acrUserManagedIdentityID",
    }
)  # fmt: skip
"""Properties of `config/web` that change places."""

DEFAULT_STICKY_CONFIG = frozenset(
    {
        # Always On and scale
        "alwaysOn", "numberOfWorkers", "preWarmedInstanceCount", "minimumElasticInstanceCount", "elasticWebAppScaleLimit",
        "functionAppScaleLimit", "functionsRuntimeScaleMonitoringEnabled", "autoHealEnabled", "autoHealRules", "loadBalancing", "limits",
        # IP restrictions, CORS, virtual network
        "ipSecurityRestrictions", "ipSecurityRestrictionsDefaultAction", "scmIpSecurityRestrictions", "scmIpSecurityRestrictionsDefaultAction",
        "scmIpSecurityRestrictionsUseMain", "cors", "vnetName", "vnetRouteAllEnabled", "vnetPrivatePortsCount", "publicNetworkAccess",
        # protocol settings (HTTPS only, TLS version) and publishing endpoints
        "minTlsVersion", "minTlsCipherSuite", "scmMinTlsVersion", "http20Enabled", "http20ProxyFlag", "ftpsState", "publishingUsername", "scmType",
        # diagnostics
        "httpLoggingEnabled", "logsDirectorySizeLimit", "detailedErrorLoggingEnabled", "requestTracingEnabled", "requestTracingExpirationTime",
        "remoteDebuggingEnabled", "remoteDebuggingVersion", "healthCheckPath",
        # belongs to the slot by its meaning
        "autoSwapSlotName", "experiments", "keyVaultReferenceIdentity", "managedServiceIdentityId", "xManagedServiceIdentityId",
        "localMySqlEnabled", "apiDefinition", "apiManagementConfig", "push", "tracingOptions", "websiteTimeZone",
    }
)  # fmt: skip
"""Properties of `config/web` that stay, unless both slots ask for the opposite (`preserves_defaults`)."""

NEVER_TRAVELS = frozenset(
    {
        "autoSwapSlotName",
        "experiments",
        "keyVaultReferenceIdentity",
        "managedServiceIdentityId",
        "xManagedServiceIdentityId",
        "publishingUsername",
    }
)
"""Identities and publishing endpoints stay whatever is asked for. (Whether the two swap rules can move is not documented; here they stay.)"""

DEFAULT_STICKY_SITE = frozenset({"httpsOnly", "clientCertEnabled", "clientCertMode", "clientCertExclusionPaths"})
"""Properties of the site itself that stay by default. Plan, host names, identity, network and everything else there never travel."""

EXTENSION_VERSION = "_EXTENSION_VERSION"
_STICKY_EXTENSION = "WEBSITE_OVERRIDE_STICKY_EXTENSION_VERSIONS"
_PRESERVE_DEFAULTS = "WEBSITE_OVERRIDE_PRESERVE_DEFAULT_STICKY_SLOT_SETTINGS"

Predicate = Callable[[str], bool]


@dataclass(frozen=True)
class Stickiness:
    """Which names stay with the slot, for one pair of slots of one site. Names are compared without regard to case."""

    setting: Predicate
    connection_string: Predicate
    mount: Predicate
    config: Predicate
    site: Predicate


def stickiness(slot_config_names: Mapping[str, list[str] | None], settings: tuple[Mapping[str, str], Mapping[str, str]]) -> Stickiness:
    """`slot_config_names` is the site's one list; `settings` are the app settings of the two slots, which may override the defaults."""
    free_versions = all(_given(one, _STICKY_EXTENSION, {"0"}) for one in settings)
    free_defaults = all(_given(one, _PRESERVE_DEFAULTS, {"0", "false"}) for one in settings)
    named = _among(slot_config_names.get("appSettingNames"))

    def setting(name: str) -> bool:
        return named(name) or (name.upper().endswith(EXTENSION_VERSION) and not free_versions)

    def config(name: str) -> bool:
        return name not in TRAVELLING_CONFIG and (name in NEVER_TRAVELS or not free_defaults)

    def site(name: str) -> bool:
        return name not in DEFAULT_STICKY_SITE or not free_defaults

    strings, mounts = _among(slot_config_names.get("connectionStringNames")), _among(slot_config_names.get("azureStorageConfigNames"))
    return Stickiness(setting, strings, mounts, config, site)


def exchanged(one: Mapping[str, _Value], other: Mapping[str, _Value], sticky: Predicate) -> tuple[dict[str, _Value], dict[str, _Value]]:
    """Both maps after a swap: each keeps its sticky entries and takes over the other's travelling ones."""
    return _joined(other, one, sticky), _joined(one, other, sticky)


def applied(source: Mapping[str, _Value], target: Mapping[str, _Value], sticky: Predicate) -> dict[str, _Value]:
    """What the source slot's process runs with while it is being prepared: its own travelling entries, and the target's sticky ones."""
    return _joined(source, target, sticky)


def _joined(travelling: Mapping[str, _Value], staying: Mapping[str, _Value], sticky: Predicate) -> dict[str, _Value]:
    moved = {name: value for name, value in travelling.items() if not sticky(name)}
    return {**moved, **{name: value for name, value in staying.items() if sticky(name)}}


def _among(names: list[str] | None) -> Predicate:
    known = {name.lower() for name in names or []}
    return lambda name: name.lower() in known


def _given(settings: Mapping[str, str], name: str, values: set[str]) -> bool:
    return any(key.upper() == name and str(value).lower() in values for key, value in settings.items())
