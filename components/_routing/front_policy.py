"""The gateway's policy, which is static: versions come and go without it. Text only; what it is put into is made in `front`.

Without `direct` everything goes to the router. With it, what is asked of a line in the gateway's list goes to the line's app, and is answered as the
router would have answered it. Source of elements and expressions: Microsoft docs, "API Management policy reference" and "API Management policy
expressions" (C# 7; a closed list of .NET types).
"""

from __future__ import annotations

from collections.abc import Iterable

from . import front_answers as answers
from . import front_requests as requests
from .wanted import RoutingArguments

BACKEND = "router"
KEY = "router-key"
SECONDS = 230
"""How long the gateway waits for the router, or for an app. On Consumption Azure ends a request after 30 s, whatever the policy says."""


def policy(arguments: RoutingArguments) -> str:
    """Bodies are streamed unless an answer has to be looked into, redirects are the client's, and the subscription's key goes no further."""
    return _direct(arguments) if arguments.is_direct else _routed()


def _routed() -> str:
    return f"""\
<policies>
  <inbound>
    <base />
{_to_router("    ")}
{_without_subscription("    ")}
  </inbound>
  <backend>
{_forwarded()}
  </backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
"""


def _direct(arguments: RoutingArguments) -> str:
    return f"""\
<policies>
  <inbound>
    <base />
    <set-variable name="direct" value="{requests.entry(arguments.http)}" />
    <choose>
      <when condition="{_IS_DIRECT}">
{_variables(requests.variables(arguments.http.public_url), "        ")}
        <set-backend-service base-url="@("https://" + (string)context.Variables["app"])" />
{_set_headers(requests.HEADERS, "        ")}
{_deleted_headers(requests.DROPPED, "        ")}
        <set-query-parameter name="code" exists-action="delete" />
      </when>
      <otherwise>
{_to_router("        ")}
      </otherwise>
    </choose>
{_without_subscription("    ")}
  </inbound>
  <backend>
{_forwarded()}
  </backend>
  <outbound>
    <base />
    <choose>
      <when condition="{_IS_DIRECT}">
{_variables(answers.variables(), "        ")}
{_addresses("        ")}
        <choose>
          <when condition="@((string)context.Variables["look"] != "")">
            <set-variable name="said" value="{answers.SAID}" />
            <set-variable name="says" value="{answers.SAYS}" />
            <choose>
              <when condition="@((string)context.Variables["said"] != (string)context.Variables["says"])">
                <set-body>@((string)context.Variables["says"])</set-body>
{_deleted_headers(answers.OF_CONTENT, "                ")}
              </when>
            </choose>
          </when>
        </choose>
{_deleted_headers(answers.DROPPED, "        ")}
        <set-header name="X-Durable-Deploy-Line" exists-action="override"><value>@((string)context.Variables["line"])</value></set-header>
      </when>
    </choose>
  </outbound>
  <on-error><base /></on-error>
</policies>
"""


_IS_DIRECT = '@(context.Variables.GetValueOrDefault<string>("direct", "") != "")'


def _to_router(indent: str) -> str:
    return "\n".join(
        (
            f'{indent}<set-backend-service backend-id="{BACKEND}" />',
            f'{indent}<set-header name="x-functions-key" exists-action="override"><value>{{{{{KEY}}}}}</value></set-header>',
        )
    )


def _without_subscription(indent: str) -> str:
    return "\n".join(
        (
            f'{indent}<set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />',
            f'{indent}<set-query-parameter name="subscription-key" exists-action="delete" />',
        )
    )


def _forwarded() -> str:
    return (
        f'    <forward-request timeout="{SECONDS}" follow-redirects="false" buffer-request-body="false" buffer-response="false"'
        ' fail-on-error-status-code="false" />'
    )


def _variables(pairs: Iterable[tuple[str, str]], indent: str) -> str:
    return "\n".join(f'{indent}<set-variable name="{name}" value="{value}" />' for name, value in pairs)


def _set_headers(pairs: Iterable[tuple[str, str]], indent: str) -> str:
    return "\n".join(
        f'{indent}<set-header name="{name}" exists-action="override"><value>{value}</value></set-header>' for name, value in pairs
    )


def _deleted_headers(names: Iterable[str], indent: str) -> str:
    return "\n".join(f'{indent}<set-header name="{name}" exists-action="delete" />' for name in names)


def _addresses(indent: str) -> str:
    return "\n".join(
        f"""\
{indent}<choose>
{indent}  <when condition="@(context.Response.Headers.ContainsKey("{name}"))">
{indent}    <set-header name="{name}" exists-action="override"><value>{answers.address(number)}</value></set-header>
{indent}  </when>
{indent}</choose>"""
        for number, name in enumerate(answers.ADDRESSES)
    )


__all__ = ["BACKEND", "KEY", "SECONDS", "policy"]
