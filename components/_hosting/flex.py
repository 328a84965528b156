"""Flex Consumption: the plan, the site with its `functionAppConfig`, and settings without what Flex refuses.

Code comes by OneDeploy, which no Pulumi resource does: the package is uploaded here, and a release brings it to the app. Sources: Microsoft
docs "Azure Functions Flex Consumption plan hosting", "Site update strategies in Flex Consumption", "App settings reference" (section on
Flex Consumption deprecations); azure-native 3.29.0 `web.WebApp.function_app_config` (API 2025-05-01), which has `siteUpdateStrategy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
from pulumi_azure_native import storage, web
from pydantic import Field

from .._azure.names import host_id
from .._azure.versions import RuntimeStack
from .._children.accounts import Account
from .._children.foundation import AppIdentity, Place
from .._children.slot_settings import Settings
from .._wanted import CommonArguments, Group
from .flex_live import PACKAGE
from .flex_rules import is_left_out

POLLING_INTERVAL = "00:00:10"
"""Microsoft docs, "Azure Storage provider", section on Flex Consumption: 10 s at most, or work waits while the app has scaled to zero."""


class Flex(Group):
    maximum_instances: Annotated[int, Field(strict=False, ge=1, le=1000)] = 100
    instance_memory_mb: Annotated[int, Field(strict=False)] = 2048
    always_ready: dict[str, Annotated[int, Field(strict=False, ge=0)]] = Field(default_factory=dict)
    http_concurrency: Annotated[int, Field(strict=False, ge=1, le=1000)] | None = None
    update_strategy: Literal["Recreate", "RollingUpdate"] = "Recreate"

    @property
    def ready(self) -> Mapping[str, int]:
        """One `durable` instance unless asked otherwise: with none, timers and late messages wait for the next scale-out."""
        return {"durable": 1, **self.always_ready}


def flex_host_json(backend: str) -> Mapping[str, str]:
    """Fields of `HostJsonWanted`; only Azure Storage is polled."""
    return {"max_queue_polling_interval": POLLING_INTERVAL} if backend == "azure_storage" else {}


def flex_settings(settings: Mapping[str, pulumi.Input[str]], package: pulumi.Input[str] | None) -> Settings:
    """The whole map of the app, from that of a slot. `package` is the `package_key` of the code that the settings are for."""
    kept = {name: value for name, value in settings.items() if not is_left_out(name)}
    return kept if package is None else {**kept, PACKAGE: package}


def make_flex_plan(place: Place, arguments: CommonArguments) -> pulumi.Input[str]:
    """The plan's resource id. It scales by itself and takes one app."""
    if arguments.plan.existing_id is not None:
        return arguments.plan.existing_id
    return web.AppServicePlan(
        f"{place.name}-plan",
        name=f"{arguments.site.name}-plan"[:40],
        resource_group_name=place.group,
        location=place.location,
        kind="functionapp",
        reserved=True,
        sku={"name": "FC1", "tier": "FlexConsumption"},
        tags=place.tags,
        opts=place.options,
    ).id


def make_flex_site(
    place: Place,
    arguments: CommonArguments,
    plan: pulumi.Input[str],
    identity: AppIdentity,
    flex: Flex,
    host: Account,
    stack: pulumi.Input[str],
    depends_on: list[pulumi.Resource],
) -> web.WebApp:
    """The site, in whose deployment container OneDeploy keeps the code.

    That container lies in the host's account, where the app's identity is Blob Data Owner already. `stack` is the runtime, `PYTHON|3.11`.
    """
    container = storage.BlobContainer(
        f"{place.name}-deployment-container",
        account_name=host.id.apply(lambda _: host.name),
        container_name=deployment_container(arguments.site.name),
        resource_group_name=place.group,
        public_access=storage.PublicAccess.NONE,
        opts=place.options,
    )
    site = web.WebApp(
        f"{place.name}-site",
        name=arguments.site.name,
        resource_group_name=place.group,
        location=place.location,
        kind="functionapp,linux",
        server_farm_id=plan,
        https_only=True,
        identity={"type": web.ManagedServiceIdentityType.USER_ASSIGNED, "user_assigned_identities": [identity.id]},
        key_vault_reference_identity=identity.id,
        site_config={"http20Enabled": True, "minTlsVersion": "1.2", "scmMinTlsVersion": "1.2", **arguments.site.config},
        function_app_config=_function_app_config(flex, identity, _container_url(host, container), stack),
        tags=place.tags,
        opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(depends_on=depends_on)),
    )
    web.WebAppScmAllowed(
        f"{place.name}-production-scm",
        name=site.name,
        resource_group_name=place.group,
        allow=False,
        opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(depends_on=[site])),
    )
    return site


def deployment_container(site: str) -> str:
    """One per app, because host storage may be shared: OneDeploy keeps its package there under a fixed name."""
    return f"app-package-{host_id(site)}"


def _container_url(host: Account, container: storage.BlobContainer) -> pulumi.Output[str]:
    return pulumi.Output.concat(host.endpoint("blob"), container.name)


def _function_app_config(flex: Flex, identity: AppIdentity, container: pulumi.Input[str], stack: pulumi.Input[str]) -> dict[str, Any]:
    runtime = pulumi.Output.from_input(stack).apply(RuntimeStack.parse)
    triggers = {} if flex.http_concurrency is None else {"triggers": {"http": {"per_instance_concurrency": flex.http_concurrency}}}
    return {
        "deployment": {
            "storage": {
                "type": web.FunctionsDeploymentStorageType.BLOB_CONTAINER,
                "value": container,
                "authentication": {
                    "type": web.AuthenticationType.USER_ASSIGNED_IDENTITY,
                    "user_assigned_identity_resource_id": identity.id,
                },
            }
        },
        "runtime": {"name": runtime.apply(lambda one: one.worker_runtime), "version": runtime.apply(lambda one: one.version)},
        "scale_and_concurrency": {
            "maximum_instance_count": flex.maximum_instances,
            "instance_memory_mb": flex.instance_memory_mb,
            "always_ready": [{"name": name, "instance_count": count} for name, count in sorted(flex.ready.items()) if count],
            **triggers,
        },
        "site_update_strategy": {"type": flex.update_strategy},
    }


__all__ = ["POLLING_INTERVAL", "Flex", "deployment_container", "flex_host_json", "flex_settings", "make_flex_plan", "make_flex_site"]
