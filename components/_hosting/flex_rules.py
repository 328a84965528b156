"""What Flex Consumption refuses or ignores, before it fails half way through an update or, worse, does nothing.

Sources: Microsoft docs "App settings reference for Azure Functions", section "Flex Consumption plan deprecations"; the list that Azure CLI
leaves out when it moves an app to Flex (azure-cli, `flex-migration`); ARM error 51021 (terraform-azurerm-avm-res-web-site#345, #360).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .._azure import setting_names as names
from .._azure.plans import plan_kind
from .._azure.versions import RuntimeStack
from .._problems import Problem
from .._wanted import CommonArguments
from .flex_live import PACKAGE

if TYPE_CHECKING:
    from .flex import Flex

FORBIDDEN: Mapping[str, str] = {
    names.WORKER_RUNTIME: "give package.runtime",
    "FUNCTIONS_WORKER_RUNTIME_VERSION": "give package.runtime",
    names.FUNCTIONS_VERSION: "the platform sets it",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY": "give flex.http_concurrency",
    "FUNCTIONS_WORKER_PROCESS_COUNT": "give flex.instance_memory_mb",
    "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED": "give flex.instance_memory_mb",
    names.RUN_FROM_PACKAGE: "give package.path or package.url",
    "WEBSITE_RUN_FROM_ZIP": "give package.path or package.url",
    "WEBSITE_USE_ZIP": "give package.path or package.url",
    names.CONTENT_CONNECTION: "there is no content share",
    names.CONTENT_SHARE: "there is no content share",
    "WEBSITE_CONTENTOVERVNET": "there is no content share",
    "WEBSITE_SKIP_CONTENTSHARE_VALIDATION": "there is no content share",
    "SCM_DO_BUILD_DURING_DEPLOYMENT": "a package is built before it is deployed",
    "ENABLE_ORYX_BUILD": "a package is built before it is deployed",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT": "give flex.maximum_instances",
    "WEBSITE_VNET_ROUTE_ALL": "all traffic goes through the network that the site is joined to",
    "WEBSITE_DNS_SERVER": "the network's own DNS is used",
    "WEBSITE_NODE_DEFAULT_VERSION": "give package.runtime",
    "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED": "the platform decides it",
    "WEBSITE_MOUNT_ENABLED": "the platform decides it",
    "WEBSITE_LOAD_CERTIFICATES": "certificates belong to the site",
    "WEBSITE_TIME_ZONE": "schedules are in UTC there",
    "TZ": "schedules are in UTC there",
}
"""App setting -> what to do instead."""
_NOT_NEEDED = (names.HOST_ID, names.PACKAGE_IDENTITY)
"""Flex derives a host id that nobody else has (azure-functions-host, `ScriptHostIdProvider`), and runs no package from a URL."""
_ACCEPTED_CONFIG = ("http20Enabled", "minTlsVersion", "scmMinTlsVersion", "cors", "healthCheckPath", "ipSecurityRestrictions",
                    "ipSecurityRestrictionsDefaultAction", "scmIpSecurityRestrictions", "scmIpSecurityRestrictionsDefaultAction",
                    "scmIpSecurityRestrictionsUseMain", "apiDefinition", "apiManagementConfig", "webSocketsEnabled")  # fmt: skip
_MEMORY = (512, 2048, 4096)
_GROUPS = ("durable", "http", "blob")
"""Microsoft docs, "Flex Consumption plan hosting", section on per-function scaling."""


def is_left_out(name: str) -> bool:
    """Whether a setting that slots have must not be, or need not be, on Flex."""
    return name.upper() in FORBIDDEN or name in _NOT_NEEDED


def flex_problems(arguments: CommonArguments, flex: Flex | None) -> Iterator[Problem]:
    """`flex` is None where the user gave no group `flex`. On another plan, that group alone is looked at."""
    kind = plan_kind(arguments.plan.sku)
    if kind is None or kind.name != "Flex Consumption":
        if flex is not None:
            yield Problem("flex", None, f"would be ignored: plan.sku is {arguments.plan.sku}.", "Leave it out, or set plan.sku to 'FC1'.")
        return
    yield from _plan(arguments)
    yield from _settings(arguments)
    yield from _config(arguments.site.config)
    yield from _runtime(arguments.package.runtime)
    if flex is not None:
        yield from _scale(flex)


def flex_warnings(flex: Flex | None) -> Iterator[str]:
    if flex is None:
        return
    if flex.update_strategy == "RollingUpdate":
        yield (
            "flex.update_strategy = 'RollingUpdate' is in preview, and Azure says nowhere when an update is complete: a release waits until "
            "every probe answers the new version. A change of the strategy counts from the next update on."
        )
    if flex.ready["durable"] == 0:
        yield "flex.always_ready.durable = 0: after the app has scaled to zero, timers and messages of orchestrations wait for it to start."


def _plan(arguments: CommonArguments) -> Iterator[Problem]:
    if len(arguments.slots) > 1:
        yield Problem(
            "site.slots",
            arguments.site.slots,
            "can't be made: Flex Consumption has no deployment slots.",
            "Set it to [] and let new code replace the old in place, or use a plan with slots such as P0v3 or EP1.",
        )
    if "capacity" in arguments.plan.model_fields_set:
        yield Problem(
            "plan.capacity",
            arguments.plan.capacity,
            "is ignored on Flex Consumption, which scales by itself.",
            "Use flex.maximum_instances.",
        )
    if arguments.storage.content_connection is not None:
        yield Problem("storage.content_connection", None, "would be ignored: Flex Consumption has no content share.", "Leave it out.")


def _settings(arguments: CommonArguments) -> Iterator[Problem]:
    classes = {"settings": arguments.settings, "version_settings": arguments.version_settings}
    for path, values in classes.items():
        for name in values:
            if (instead := FORBIDDEN.get(name.upper())) is not None:
                yield Problem(f"{path}.{name}", None, "is refused or ignored on Flex Consumption.", f"Leave it out: {instead}.")
            elif name.upper() == PACKAGE:
                yield Problem(f"{path}.{name}", None, "is the component's own record of what the settings are for.", "Leave it out.")
    for slot in arguments.sticky_settings:
        yield Problem(
            f"sticky_settings.{slot}", None, "has nothing to stick to: Flex Consumption has no deployment slots.", "Move it to settings."
        )


def _config(config: Mapping[str, Any]) -> Iterator[Problem]:
    for name in config:
        if name not in _ACCEPTED_CONFIG:
            yield Problem(
                f"site.config.{name}",
                None,
                "is not known to be accepted on Flex Consumption, where ARM refuses the whole site for one wrong property (error 51021).",
                f"Leave it out. Accepted here: {', '.join(sorted(_ACCEPTED_CONFIG))}.",
            )


def _runtime(runtime: str) -> Iterator[Problem]:
    try:
        language = RuntimeStack.parse(runtime).worker_runtime
    except ValueError:  # reported by the rules of the package
        return
    if language == "dotnet":
        yield Problem(
            "package.runtime",
            runtime,
            "does not run on Flex Consumption, which has .NET in the isolated model only.",
            "Use DOTNET-ISOLATED.",
        )


def _scale(flex: Flex) -> Iterator[Problem]:
    if flex.instance_memory_mb not in _MEMORY:
        sizes = ", ".join(map(str, _MEMORY))
        yield Problem("flex.instance_memory_mb", flex.instance_memory_mb, "is no instance size.", f"Choose one of {sizes}.")
    for name, count in flex.always_ready.items():
        path = f"flex.always_ready.{name}"
        if name not in _GROUPS and not re.fullmatch(r"function:[A-Za-z][A-Za-z0-9_-]*", name):
            yield Problem(path, count, "is no function group.", f"Write {', '.join(_GROUPS)}, or function:<name>.")
        elif count > flex.maximum_instances:
            yield Problem(
                path, count, f"is more than flex.maximum_instances, which is {flex.maximum_instances}.", "Lower it, or raise the maximum."
            )


__all__ = ["FORBIDDEN", "flex_problems", "flex_warnings", "is_left_out"]
