"""API Management in front of the router: one API at its root, one static policy, and the router's key as a named value.

Every request goes to the router, which decides; the gateway adds the key, so that clients have only their subscription's. Limits: Microsoft docs,
"API Management limits".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import apimanagement, web

from .._children.foundation import Place
from .wanted import ApiManagement, RoutingArguments

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BACKEND = "router"
KEY = "router-key"
SECONDS = 230
"""How long the gateway waits for the router. On Consumption Azure ends a request after 30 s, whatever the policy says."""


@dataclass(frozen=True)
class Front:
    service: apimanagement.ApiManagementService
    url: pulumi.Output[str]


def make_service(place: Place, arguments: RoutingArguments) -> Front | None:
    """The service alone: the router has to know its address before there is a router. None: clients call the router itself."""
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
    return Front(service, service.gateway_url)


def lead_to_router(place: Place, front: Front, wanted: ApiManagement, site: web.WebApp, ready: list[pulumi.Resource]) -> None:
    """API, operations, backend, key and policy. `ready`: what the router has to have before its host can tell its keys."""
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
    apimanagement.ApiPolicy(
        f"{place.name}-gateway-policy",
        api_id=api.name,
        policy_id="policy",
        format=apimanagement.PolicyContentFormat.RAWXML,
        value=policy(),
        **{**common, "opts": pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(depends_on=[backend, key]))},
    )


def policy() -> str:
    """Static: versions come and go without it. Bodies are streamed, redirects are the client's, and the subscription's key goes no further."""
    return f"""\
<policies>
  <inbound>
    <base />
    <set-backend-service backend-id="{BACKEND}" />
    <set-header name="x-functions-key" exists-action="override"><value>{{{{{KEY}}}}}</value></set-header>
    <set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />
    <set-query-parameter name="subscription-key" exists-action="delete" />
  </inbound>
  <backend>
    <forward-request timeout="{SECONDS}" follow-redirects="false" buffer-request-body="false" buffer-response="false" fail-on-error-status-code="false" />
  </backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
"""


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


__all__ = ["Front", "lead_to_router", "make_service", "policy"]
