"""API Management in front of the router: one API at its root, one static policy, and the router's key as a named value.

Every request goes to the router, which decides; the gateway adds the key, so that clients have only their subscription's. With `direct` there is a
second named value, in which the router keeps the lines that the policy sends straight to their apps. Limits: Microsoft docs, "API Management limits".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import apimanagement, web

from .._children.foundation import Place
from .front_policy import BACKEND, KEY, policy
from .front_requests import LIST
from .wanted import RoutingArguments

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NOTHING = "none"
"""The list before the router has written it: no line, and no line has this name. A named value may not be empty."""


@dataclass(frozen=True)
class Front:
    service: apimanagement.ApiManagementService
    url: pulumi.Output[str]
    listed: apimanagement.NamedValue | None
    """The list of lines; None: every request passes the router."""

    @property
    def list_id(self) -> pulumi.Output[str] | None:
        return None if self.listed is None else self.listed.id


def make_service(place: Place, arguments: RoutingArguments) -> Front | None:
    """The service, and the list in it: the router has to know both before there is a router. None: clients call the router itself."""
    wanted = arguments.gateway
    if wanted is None:
        return None
    service = apimanagement.ApiManagementService(
        f"{place.name}-gateway",
        service_name=wanted.name or f"{arguments.site.name}-gateway",
        resource_group_name=place.group,
        location=place.location,
        publisher_email=wanted.publisher_email or "",
        publisher_name=wanted.publisher_name or arguments.site.name,
        sku={"name": wanted.sku, "capacity": 0 if wanted.sku == "Consumption" else wanted.capacity},
        tags=place.tags,
        opts=place.options,
    )
    return Front(service, service.gateway_url, _make_list(place, service) if wanted.direct else None)


def _make_list(place: Place, service: apimanagement.ApiManagementService) -> apimanagement.NamedValue:
    """The router writes it, so its value is nobody's difference. An update of something else in it may put `none` back: then every request passes the
    router until it has looked again."""
    return apimanagement.NamedValue(
        f"{place.name}-gateway-lines",
        named_value_id=LIST,
        display_name=LIST,
        secret=True,
        value=NOTHING,
        resource_group_name=place.group,
        service_name=service.name,
        opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(ignore_changes=["value"])),
    )


def lead_to_router(place: Place, front: Front, arguments: RoutingArguments, site: web.WebApp, ready: list[pulumi.Resource]) -> None:
    """API, operations, backend, key and policy. `ready`: what the router has to have before its host can tell its keys."""
    wanted = arguments.gateway
    assert wanted is not None
    common: dict[str, Any] = {"resource_group_name": place.group, "service_name": front.service.name, "opts": place.options}
    backend = apimanagement.Backend(
        f"{place.name}-gateway-router",
        backend_id=BACKEND,
        url=site.default_host_name.apply(lambda host: f"https://{host}"),
        protocol=apimanagement.BackendProtocol.HTTP,
        **common,
    )
    key = apimanagement.NamedValue(
        f"{place.name}-gateway-key", named_value_id=KEY, display_name=KEY, secret=True, value=_host_key(place, site, ready), **common
    )
    api = apimanagement.Api(
        f"{place.name}-gateway-api",
        api_id="router",
        display_name="router",
        path="",
        protocols=[apimanagement.Protocol.HTTPS],
        subscription_required=wanted.subscription_required,
        **common,
    )
    for method in METHODS:
        apimanagement.ApiOperation(
            f"{place.name}-gateway-{method.lower()}",
            api_id=api.name,
            operation_id=method.lower(),
            display_name=method,
            method=method,
            url_template="/*",
            **common,
        )
    named: list[pulumi.Resource] = [backend, key, *([] if front.listed is None else [front.listed])]
    apimanagement.ApiPolicy(
        f"{place.name}-gateway-policy",
        api_id=api.name,
        policy_id="policy",
        format=apimanagement.PolicyContentFormat.RAWXML,
        value=policy(arguments),
        **{**common, "opts": pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(depends_on=named))},
    )


def _host_key(place: Place, site: web.WebApp, ready: list[pulumi.Resource]) -> pulumi.Output[str]:
    """The host's default key: it opens requests for apps, and nothing that changes something. Secret."""
    options = pulumi.InvokeOutputOptions(parent=place.options.parent, depends_on=[site, *ready])
    keys = web.list_web_app_host_keys_output(name=site.name, resource_group_name=place.group, opts=options)
    return pulumi.Output.secret(keys.apply(lambda found: _default(found.function_keys)))


def _default(keys: Mapping[str, str] | None) -> str:
    """Raises RunError: a host makes its keys when it first runs, which may be after this update."""
    key = (keys or {}).get("default")
    if not key:
        raise pulumi.RunError("the router's host has made no key yet for the gateway. Run `pulumi up` again when the router has started.")
    return str(key)


__all__ = ["METHODS", "NOTHING", "Front", "lead_to_router", "make_service"]
