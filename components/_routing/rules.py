"""What is checked before `ApplicationRouting` registers anything: the rules of all strategies, and those of this one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .._azure import names as _azure_names
from .._azure import setting_names as names
from .._azure.plans import plan_kind
from .._hosting import FLEX, flex_problems
from .._problems import Problem
from .._rules import Surroundings, _access, _names, _plan, _surroundings
from . import front_rules
from .wanted import RoutingArguments

_PREFIX = _azure_names.NameRule(
    "prefix of version apps",
    r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?",
    "1 to 22 lower-case letters, digits and hyphens, no hyphen at either end",
)
_HUB_PREFIX = _azure_names.NameRule(
    "prefix of task hubs", r"[A-Za-z][A-Za-z0-9]{0,30}", "1 to 31 letters and digits, the first one a letter"
)
_TABLES = _azure_names.NameRule(
    "prefix of tracking tables", r"[A-Za-z][A-Za-z0-9]{2,44}", "3 to 45 letters and digits, the first one a letter"
)
_HEADER = _azure_names.NameRule("version header", r"[A-Za-z0-9-]{1,64}", "1 to 64 letters, digits and hyphens")
_QUERY = _azure_names.NameRule("version parameter", r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, hyphens and underscores")
_LINE = r"(0|[1-9][0-9]{0,4})\.(0|[1-9][0-9]{0,4})"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_RUNTIMES = ("python", "node", "dotnet-isolated", "java", "powershell")
_OURS = ("router_", "routerstore__", "azurewebjobsstorage", "azurefunctionswebhost__hostid", "azurewebjobs.")
_WRITTEN = {
    names.RUN_FROM_PACKAGE.lower(),
    names.FUNCTIONS_VERSION.lower(),
    names.WORKER_RUNTIME.lower(),
    names.PACKAGE_IDENTITY.lower(),
    names.INSIGHTS_CONNECTION.lower(),
    names.INSIGHTS_AUTHENTICATION.lower(),
    names.VERSION.lower(),
    "python_enable_init_indexing",
}
_GIVEN = ("router_arm_endpoint",)
"""Settings of the router that a program may say: another cloud's Resource Manager."""
_OF_VERSIONS = ("azurewebjobsstorage", "taskhubname", "durable_deploy_", "functions_", "website_run_from_package")


def problems(arguments: RoutingArguments, surroundings: Surroundings) -> Iterator[Problem]:
    """All that is wrong, in the order of the arguments."""
    yield from _surroundings.problems(surroundings)
    yield from _names.common(arguments, None)
    yield from _router_plan(arguments)
    yield from _accounts(arguments)
    yield from _apps(arguments)
    yield from _durable(arguments)
    yield from _policy(arguments)
    yield from _http(arguments)
    yield from front_rules.problems(arguments)
    yield from _settings(arguments)
    yield from _access.problems(arguments)


def _router_plan(arguments: RoutingArguments) -> Iterator[Problem]:
    kind = plan_kind(arguments.plan.sku)
    if kind is not None and kind.name == "Consumption":
        yield Problem(
            "plan.sku",
            arguments.plan.sku,
            "is a Consumption plan: the router would be updated with a gap, and begin cold under requests that wait for it.",
            "Use P0v3 or EP1, or FC1 with a command of its own for each update of the router's code.",
        )
        return
    if arguments.hosting.kind == FLEX:
        yield from flex_problems(arguments, None)
    else:
        yield from _plan.problems(arguments, without_slots=True)
    for name in ("sticky_settings", "version_settings"):
        if getattr(arguments, name):
            yield Problem(name, None, "has no meaning for a router, whose slots differ in nothing that is yours.", "Leave it out.")


def _accounts(arguments: RoutingArguments) -> Iterator[Problem]:
    named = {f"storage ({purpose})": arguments.account(purpose) for purpose in ("state", "durable", "apps")}
    yield from _names.distinct_accounts(
        {**named, "storage.host_account": arguments.host_account, "storage.packages_account": arguments.packages_account}
    )


def _apps(arguments: RoutingArguments) -> Iterator[Problem]:
    apps, plan = arguments.apps, arguments.apps.plan
    yield from _names.checked(_PREFIX, "apps.prefix", arguments.prefix)
    yield from _names.checked(_azure_names.RESOURCE_GROUP, "apps.resource_group", arguments.versions_group)
    if arguments.versions_group.lower() == arguments.group_name.lower():
        yield Problem(
            "apps.resource_group",
            arguments.versions_group,
            "is the router's own group: the group of the version apps is deleted with all that is in it.",
            "Give it a name of its own.",
        )
    if not arguments.location:
        yield Problem(
            "apps.location",
            None,
            "is required: the router makes apps later, when no program can say where.",
            "Name an Azure region, such as westeurope.",
        )
    runtime, _, version = apps.runtime.partition("|")
    if runtime.lower() not in _RUNTIMES or not version:
        yield Problem(
            "apps.runtime",
            apps.runtime,
            "is no runtime stack of function apps.",
            "Use one such as PYTHON|3.11, NODE|20, DOTNET-ISOLATED|8.0.",
        )
    if (plan.kind == "existing") != (plan.existing_id is not None):
        yield Problem("apps.plan.existing_id", None, "goes with kind: existing, and only with it.", "Give both, or neither.")
    if plan.instance_memory not in (512, 2048, 4096):
        yield Problem("apps.plan.instance_memory", plan.instance_memory, "is no size of an instance.", "Choose 512, 2048 or 4096.")
    for name in apps.settings:
        if name.lower().startswith(_OF_VERSIONS) or name.lower().startswith(
            (f"{arguments.durable.connection_setting}__".lower(), f"{arguments.durable.tracking_connection_setting}__".lower())
        ):
            yield Problem(f"apps.settings.{name}", None, "is written by the router, for each line anew.", "Leave it out.")


def _durable(arguments: RoutingArguments) -> Iterator[Problem]:
    durable = arguments.durable
    yield from _names.checked(_HUB_PREFIX, "durable.hub_prefix", arguments.hub_prefix)
    yield from _names.checked(_TABLES, "durable.tracking_prefix", durable.tracking_prefix)
    for path, name in (
        ("durable.connection_setting", durable.connection_setting),
        ("durable.tracking_connection_setting", durable.tracking_connection_setting),
    ):
        yield from _names.checked(_azure_names.APP_SETTING, path, name)
    if durable.connection_setting.lower() == durable.tracking_connection_setting.lower():
        yield Problem(
            "durable.tracking_connection_setting",
            durable.tracking_connection_setting,
            "is the connection of the lines' queues too.",
            "Give it a name of its own.",
        )


def _policy(arguments: RoutingArguments) -> Iterator[Problem]:
    policy = arguments.policy
    if policy.closing_seconds <= policy.cache_seconds:
        yield Problem(
            "policy.closing_seconds",
            policy.closing_seconds,
            f"is no longer than policy.cache_seconds ({policy.cache_seconds}): a router could let a start into a line that is being removed.",
            "Make it longer, by a margin.",
        )
    if policy.keep > policy.maximum_lines:
        yield Problem(
            "policy.keep", policy.keep, f"is more than policy.maximum_lines ({policy.maximum_lines}).", "Keep fewer, or allow more."
        )
    if policy.default != "latest" and not re.fullmatch(_LINE, policy.default):
        yield Problem("policy.default", policy.default, "is neither `latest` nor a line.", "Name a line such as 1.0, quoted.")
    for index, one in enumerate(policy.deployers):
        if not re.fullmatch(_UUID, one, re.IGNORECASE):
            yield Problem(
                f"policy.deployers[{index}]",
                one,
                "is no principal id.",
                "Give the object id of a user, group or service principal, a UUID.",
            )


def _http(arguments: RoutingArguments) -> Iterator[Problem]:
    http = arguments.http
    yield from _names.checked(_HEADER, "http.version_header", http.version_header)
    yield from _names.checked(_QUERY, "http.version_query", http.version_query)
    if http.maximum_stored_bytes > http.maximum_body_bytes:
        yield Problem("http.maximum_stored_bytes", http.maximum_stored_bytes, "is more than http.maximum_body_bytes.", "Make it smaller.")
    if http.public_url is not None and not re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?", http.public_url):
        yield Problem(
            "http.public_url",
            http.public_url,
            "is no address of https, host and perhaps port.",
            "Write it like https://orders.example.com.",
        )


def _settings(arguments: RoutingArguments) -> Iterator[Problem]:
    for name in arguments.settings:
        lower = name.lower()
        if lower in _GIVEN:
            continue
        yield from _names.checked(_azure_names.APP_SETTING, f"settings.{name}", name)
        if lower in _WRITTEN or lower.startswith(_OURS):
            yield Problem(f"settings.{name}", None, "is written by the component.", "Leave it out.")


__all__ = ["problems"]
