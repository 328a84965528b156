"""What is checked of API Management in front of the router."""

from __future__ import annotations

from collections.abc import Iterator

from .._azure import names as _azure_names
from .._problems import Problem
from .._rules import _names
from .wanted import RoutingArguments

_NAME = _azure_names.NameRule(
    "API Management service",
    r"[A-Za-z]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?",
    "1 to 50 letters, digits and hyphens, a letter first, no hyphen at the end",
)
_CONSUMPTION_BODY = 2 * 1024 * 1024
"""Microsoft docs, "API Management limits": buffered payload of the tier Consumption. A request ends after 30 s there."""
_SENT_TO_ROUTER = ("x-ms-client-principal", "x-ms-token-", "x-ms-invocation-", "x-functions-", "x-durable-", "x-arr-", "x-forwarded-")


def problems(arguments: RoutingArguments) -> Iterator[Problem]:
    """None without a gateway."""
    wanted = arguments.gateway
    if wanted is None:
        return
    yield from _names.checked(_NAME, "api_management.name", wanted.name or f"{arguments.site.name}-gateway")
    if wanted.publisher_email is None:
        yield Problem(
            "api_management.publisher_email", None, "is required: Azure writes to it about the service.", "Give one that somebody reads."
        )
    elif "@" not in wanted.publisher_email:
        yield Problem(
            "api_management.publisher_email", wanted.publisher_email, "is no address of a mailbox.", "Give one that somebody reads."
        )
    if wanted.sku == "Consumption":
        if "capacity" in wanted.model_fields_set:
            yield Problem("api_management.capacity", wanted.capacity, "is ignored on Consumption, which scales by itself.", "Leave it out.")
        if arguments.http.maximum_body_bytes > _CONSUMPTION_BODY:
            yield Problem(
                "http.maximum_body_bytes",
                arguments.http.maximum_body_bytes,
                f"is more than a gateway of the tier Consumption takes ({_CONSUMPTION_BODY}, buffered).",
                "Set it to that or less, or choose another tier.",
            )
    if arguments.http.anonymous:
        yield Problem("http.anonymous", True, "lets everybody pass the gateway by.", "Leave it out: the gateway has the router's key.")
    if wanted.direct:
        yield from _direct(arguments, wanted.sku)
    elif "gateway_seconds" in wanted.model_fields_set:
        yield Problem(
            "api_management.gateway_seconds",
            wanted.gateway_seconds,
            "has no meaning without api_management.direct: the gateway knows no lines.",
            "Leave it out, or set direct: true.",
        )


def _direct(arguments: RoutingArguments, sku: str) -> Iterator[Problem]:
    if not arguments.apps.public_access:
        yield Problem(
            "apps.public_access",
            False,
            f"keeps the gateway out, which has to reach the apps with api_management.direct: {_network(sku)}.",
            "Leave direct out: then the router passes everything on. Or leave public_access out: the apps open with their keys alone.",
        )
    if arguments.http.version_header.lower().startswith(_SENT_TO_ROUTER):
        yield Problem(
            "http.version_header",
            arguments.http.version_header,
            "is of a family of headers that api_management.direct leaves to the router or drops: no request with a version would go to an app.",
            "Choose another name, such as x-app-version.",
        )
    if arguments.http.version_query.lower() in ("code", "subscription-key"):
        yield Problem(
            "http.version_query",
            arguments.http.version_query,
            "is a parameter with a key, which the gateway drops.",
            "Choose another name, such as version.",
        )


def _network(sku: str) -> str:
    """Microsoft docs, "Use a virtual network to secure inbound or outbound traffic for Azure API Management"."""
    if sku in ("Developer", "Premium", "StandardV2"):
        return f"the tier {sku} can be put into a network, but this component puts no gateway into one"
    return f"a gateway of the tier {sku} is in no network"


__all__ = ["problems"]
