"""Flex Consumption: what a site on an FC1 plan must say, may not say, and gets back from Azure. Pure functions that raise ArmError or pass.

Sources: Microsoft docs, "Azure Functions Flex Consumption plan hosting" (one app per plan, no slots, instance sizes, always ready groups),
"App settings reference for Azure Functions", section "Flex Consumption plan deprecations", "Site update strategies in Flex Consumption".
"""

from __future__ import annotations

import re

from sandbox.arm import ArmError
from sandbox.arm.store import Body

TIER = "FlexConsumption"
RECREATE, ROLLING = "Recreate", "RollingUpdate"

DEPRECATED_SETTINGS = (
    *("ENABLE_ORYX_BUILD", "SCM_DO_BUILD_DURING_DEPLOYMENT", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION"),
    *("FUNCTIONS_MAX_HTTP_CONCURRENCY", "FUNCTIONS_WORKER_PROCESS_COUNT", "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED"),
    *(
        "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
        "WEBSITE_CONTENTOVERVNET",
        "WEBSITE_CONTENTSHARE",
        "WEBSITE_SKIP_CONTENTSHARE_VALIDATION",
    ),
    *("WEBSITE_DNS_SERVER", "WEBSITE_VNET_ROUTE_ALL", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT", "WEBSITE_NODE_DEFAULT_VERSION"),
    *("WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_TIME_ZONE", "TZ"),
)
"""All are refused here. Azure refuses FUNCTIONS_WORKER_RUNTIME, fails a deployment over WEBSITE_RUN_FROM_PACKAGE (azure-functions-vs-build-sdk#656)
and ignores most of the others without a word. FUNCTIONS_EXTENSION_VERSION is deprecated too but taken: azure-functions-host#10714."""

INVALID_CONFIG = (
    *(
        "linuxFxVersion",
        "windowsFxVersion",
        "netFrameworkVersion",
        "javaVersion",
        "powerShellVersion",
        "ftpsState",
        "use32BitWorkerProcess",
    ),
    *("functionAppScaleLimit", "functionsRuntimeScaleMonitoringEnabled", "preWarmedInstanceCount"),
)
"""Refused with code 51021, in some regions even where the value is null (azure-pipelines-tasks#21032, azure-functions-host#10643,
terraform-azurerm-avm-res-web-site#345); older regions ignore them. Here they are refused where they hold a value."""

RUNTIMES = ("dotnet-isolated", "node", "java", "powershell", "python", "custom")
MEMORY_SIZES = (512, 2048, 4096)
LARGEST_FLEET = 1000
AUTHENTICATION = {
    "systemassignedidentity": None,
    "userassignedidentity": "userAssignedIdentityResourceId",
    "storageaccountconnectionstring": "storageAccountConnectionStringName",
}
"""Kind, in lower case as Azure shows it, to the property that it needs."""
_GROUP = re.compile(r"http|blob|durable|function:.+", re.IGNORECASE)
_CONTAINER = re.compile(r"https://[^/]+(/[^/?]+)*/[^/?]+/?", re.IGNORECASE)


def check_site(config: Body | None, plan: Body, identity: Body | None) -> None:
    """`config`: functionAppConfig of a PUT. It belongs to Flex Consumption, and Flex Consumption asks for it in every PUT."""
    if plan["sku"]["tier"] != TIER:
        if config is not None:
            raise _refusal("Site.FunctionAppConfig", "The FunctionAppConfig section is for Flex Consumption sites only.")
        return
    if config is None:
        raise _refusal("Site.FunctionAppConfig", "The FunctionAppConfig section is required for Flex Consumption sites.")
    if not plan["properties"].get("reserved"):
        raise _refusal("Site.ServerFarmId", "Flex Consumption runs on Linux only: the plan must be 'reserved'.")
    _check_storage((config.get("deployment") or {}).get("storage") or {}, identity)
    _check_runtime(config.get("runtime") or {})
    _check_scale(config.get("scaleAndConcurrency") or {})
    strategy = (config.get("siteUpdateStrategy") or {}).get("type", RECREATE)
    if strategy not in (RECREATE, ROLLING):
        raise _refusal("Site.FunctionAppConfig.SiteUpdateStrategy.Type", f"'{strategy}' is neither {RECREATE} nor {ROLLING}.")


def check_settings(settings: Body) -> None:
    """Also a name with a colon is refused there: azure-functions-host#11908."""
    wrong = [name for name in settings if name.upper() in DEPRECATED_SETTINGS or ":" in name]
    if wrong:
        raise _invalid("app setting", "app settings", [f"Site.SiteConfig.AppSettings.{name}" for name in wrong])


def check_config(changes: Body) -> None:
    wrong = [name for name in INVALID_CONFIG if changes.get(name) not in (None, "")]
    if wrong:
        shown = [f"Site.SiteConfig.{name[0].upper()}{name[1:]}" for name in wrong]
        raise _invalid("site configuration property", "site configuration properties", shown)


def completed(config: Body) -> Body:
    """As a GET shows it: the defaults filled in, storage and authentication kinds in lower case."""
    storage = dict((config.get("deployment") or {}).get("storage") or {})
    authentication = {**(storage.get("authentication") or {})}
    authentication["type"] = str(authentication["type"]).lower()
    scale = {name: value for name, value in (config.get("scaleAndConcurrency") or {}).items() if value is not None}
    return {
        "deployment": {"storage": {**storage, "type": str(storage["type"]).lower(), "authentication": authentication}},
        "runtime": dict(config["runtime"]),
        "scaleAndConcurrency": {"alwaysReady": [], "maximumInstanceCount": 100, "instanceMemoryMB": 2048, **scale},
        "siteUpdateStrategy": {"type": (config.get("siteUpdateStrategy") or {}).get("type", RECREATE)},
    }


def strategy_of(config: Body) -> str:
    return str(config["siteUpdateStrategy"]["type"])


def always_ready(config: Body) -> int:
    return sum(int(group.get("instanceCount") or 0) for group in config["scaleAndConcurrency"]["alwaysReady"] or [])


def _check_storage(storage: Body, identity: Body | None) -> None:
    at = "Site.FunctionAppConfig.Deployment.Storage"
    if str(storage.get("type", "")).lower() != "blobcontainer":
        raise _refusal(f"{at}.Type", "The only type is 'blobContainer'.")
    if not _CONTAINER.fullmatch(str(storage.get("value") or "")):
        raise _refusal(f"{at}.Value", "It must be the URL of a blob container: https://<account>.blob.core.windows.net/<container>.")
    authentication = storage.get("authentication") or {}
    kind = str(authentication.get("type") or "").lower()
    if kind not in AUTHENTICATION:
        kinds = "SystemAssignedIdentity, UserAssignedIdentity, StorageAccountConnectionString"
        raise _refusal(f"{at}.Authentication.Type", f"It must be one of {kinds}.")
    needed = AUTHENTICATION[kind]
    if needed is not None and not authentication.get(needed):
        raise _refusal(f"{at}.Authentication.{needed[0].upper()}{needed[1:]}", "It is required for that type of authentication.")
    held = identity or {}
    assigned = {str(id).lower() for id in held.get("userAssignedIdentities") or {}}
    if kind == "userassignedidentity" and str(authentication["userAssignedIdentityResourceId"]).lower() not in assigned:
        raise _refusal(f"{at}.Authentication.UserAssignedIdentityResourceId", "That identity is not assigned to the site.")
    if kind == "systemassignedidentity" and "SystemAssigned" not in str(held.get("type", "")):
        raise _refusal(f"{at}.Authentication.Type", "The site has no system-assigned identity.")


def _check_runtime(runtime: Body) -> None:
    name, version = runtime.get("name"), str(runtime.get("version") or "")
    if name not in RUNTIMES or not version:
        raise _refusal(
            "Site.FunctionAppConfig.Runtime.Version", f"Runtime version '{version}' for runtime name '{name or ''}' is not supported."
        )


def _check_scale(scale: Body) -> None:
    at = "Site.FunctionAppConfig.ScaleAndConcurrency"
    memory, most = scale.get("instanceMemoryMB"), scale.get("maximumInstanceCount")
    if memory is not None and memory not in MEMORY_SIZES:
        raise _refusal(f"{at}.InstanceMemoryMB", f"{memory} is not one of {', '.join(map(str, MEMORY_SIZES))}.")
    if most is not None and not 1 <= most <= LARGEST_FLEET:
        raise _refusal(f"{at}.MaximumInstanceCount", f"{most} is not from 1 to {LARGEST_FLEET}.")
    for group in scale.get("alwaysReady") or []:
        name, count = str(group.get("name") or ""), group.get("instanceCount")
        if not _GROUP.fullmatch(name):
            raise _refusal(f"{at}.AlwaysReady", f"'{name}' is neither http, blob, durable nor function:<name>.")
        if not isinstance(count, int) or not 0 <= count <= LARGEST_FLEET:
            raise _refusal(f"{at}.AlwaysReady", f"The instance count of '{name}' is {count}; it must be from 0 to {LARGEST_FLEET}.")


def _invalid(one: str, several: str, names: list[str]) -> ArmError:
    """Worded as Azure words it."""
    if len(names) == 1:
        text = f"The following {one} ({names[0]}) for Flex Consumption sites is invalid. Please remove or rename it before retrying."
    else:
        listed = ", ".join(names)
        text = f"The following list of {len(names)} {several} ({listed}) for Flex Consumption sites is invalid. Please remove or rename them before retrying."
    return ArmError(400, "BadRequest", text)


def _refusal(path: str, why: str) -> ArmError:
    """Azure says the path so; its reasons are not all public, and these are the sandbox's own."""
    return ArmError(400, "BadRequest", f"{path} is invalid. {why}")


__all__ = ["RECREATE", "ROLLING", "TIER", "always_ready", "check_config", "check_settings", "check_site", "completed", "strategy_of"]
