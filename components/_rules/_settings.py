"""The user's settings: what must not be among them, and which class a name belongs to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._azure import names as _names
from .._azure import setting_names as names
from .._defaults import HUB_SETTING
from .._problems import Problem
from .._wanted import Arguments, CommonArguments

_MANAGED = {
    names.HOST_STORAGE: "is written by the component: the host's storage.",
    names.HOST_ID: "is written by the component, one per slot, and sticky.",
    names.FUNCTIONS_VERSION: "is written by the component, from durable.functions_version.",
    names.WORKER_RUNTIME: "travels with the code: the component derives it from package.runtime.",
    names.RUN_FROM_PACKAGE: "travels with the code: give package.path or package.url.",
    names.PACKAGE_IDENTITY: "is written by the component.",
    names.CONTENT_SHARE: "must be unique per slot and never sticky: Azure generates it, and the component keeps what it finds.",
    names.CONTENT_CONNECTION: "is written by the component, from storage.content_connection.",
    names.INSIGHTS_CONNECTION: "is written by the component.",
    names.INSIGHTS_AUTHENTICATION: "is written by the component.",
}
_HARDENED: Mapping[str, tuple[Any, ...]] = {
    "ftpsstate": ("Disabled",),
    "http20enabled": (True,),
    "mintlsversion": ("1.2", "1.3"),
    "scmmintlsversion": ("1.2", "1.3"),
}
_HOST_JSON_PREFIX = "azurefunctionsjobhost__extensions__durabletask__"
_CONNECTION_PARTS = {
    *(part.lower() for part in names.CONNECTION_PARTS),
    "accountendpoint",
    "fullyqualifiednamespace",
    "managedidentityresourceid",
    "serviceuri",
    "tenantid",
}
"""What stands behind `__` in an identity-based connection. Microsoft docs, "Azure Functions developer guide", section on connections."""
_CONFIG_ELSEWHERE = {
    "appsettings": "would replace all settings of a slot, and is never seen by a refresh.",
    "connectionstrings": "would be moved by a swap behind the component's back.",
    "linuxfxversion": "travels with the code: give package.runtime.",
    "autoswapslotname": "swaps without waiting for running orchestrations (and does nothing on Linux).",
    "experiments": "sends a part of production's traffic to a slot with another task hub: instances would not be found again.",
    "alwayson": "is decided by the plan: on for Dedicated plans, off for the others.",
}


OfStrategy = Callable[[str, str], tuple[str, str] | None]
"""From a setting's path and its name in lower case: the rule and the way out, if the strategy writes that setting itself."""


def problems(arguments: Arguments) -> Iterator[Problem]:
    yield from common(arguments, lambda path, lower: _of_bundle(path, lower, arguments))


def common(arguments: CommonArguments, of_strategy: OfStrategy) -> Iterator[Problem]:
    classes = _classes(arguments)
    for path, values in classes.items():
        for name in values:
            yield from _one(f"{path}.{name}", name, values[name], of_strategy)
    yield from _twice(classes)
    yield from _slots(arguments)
    yield from _config(arguments.site.config)


def _config(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The SDK also takes `health_check_path` for `healthCheckPath`: one spelling only, so that nothing slips by."""
    for name, value in config.items():
        path, lower = f"site.config.{name}", name.lower().replace("_", "")
        if lower in _CONFIG_ELSEWHERE:
            yield Problem(path, None, _CONFIG_ELSEWHERE[lower], "Leave it out.")
        elif "_" in name:
            camel = re.sub(r"_(.)", lambda match: match[1].upper(), name)
            yield Problem(path, None, "is not in ARM's spelling.", f"Write {camel}.")
        elif lower in _HARDENED and value not in _HARDENED[lower]:
            yield Problem(path, value, "is weaker than what this component stands for.", f"Leave it out, or use {_or(_HARDENED[lower])}.")


def _or(values: tuple[Any, ...]) -> str:
    return " or ".join(json.dumps(value) for value in values)


def warnings(arguments: CommonArguments) -> list[str]:
    every = {name for values in arguments.sticky_settings.values() for name in values}
    return [
        f"sticky_settings.{slot} lacks {name}: a sticky setting that a slot lacks is simply absent there, also during a swap."
        for slot in arguments.slots
        for name in sorted(every - set(arguments.sticky_settings.get(slot, {})))
    ]


def _classes(arguments: CommonArguments) -> dict[str, Mapping[str, Any]]:
    sticky = {f"sticky_settings.{slot}": values for slot, values in arguments.sticky_settings.items()}
    return {"settings": arguments.settings, **sticky, "version_settings": arguments.version_settings}


def _of_bundle(path: str, lower: str, arguments: Arguments) -> tuple[str, str] | None:
    connection = arguments.durable.connection_setting.lower()
    if not (lower == connection or lower.startswith(connection + "__") or lower == _hub_setting(arguments)):
        return None
    where = (
        "sticky, production's hub would be opened by the staged code during a swap"
        if path.startswith("sticky")
        else "here, it would not follow the bundle"
    )
    return f"is a setting of the bundle: {where}.", "Leave it out: the component writes it per bundle."


def _one(path: str, name: str, value: Any, of_strategy: OfStrategy) -> Iterator[Problem]:
    lower = name.lower()
    managed = next((reason for known, reason in _MANAGED.items() if known.lower() == lower), None)
    if managed is not None:
        yield Problem(path, None, managed, "Leave it out.")
    elif lower.startswith(names.HOST_STORAGE.lower() + "__"):
        yield Problem(path, None, _MANAGED[names.HOST_STORAGE], "Leave it out.")
    elif (own := of_strategy(path, lower)) is not None:
        yield Problem(path, None, *own)
    elif lower in {marker.lower() for marker in names.MARKERS}:
        yield Problem(path, None, "is the component's own record of what a slot holds.", "Leave it out.")
    elif lower.startswith(_HOST_JSON_PREFIX):
        yield Problem(
            path,
            None,
            "overrides host.json in the worker only: the scale controller does not see it (azure-functions-durable-extension#2803).",
            "Put it into the package's host.json.",
        )
    elif lower == "azurewebjobssecretstoragetype" and isinstance(value, str) and value.lower() == "files":
        yield Problem(
            path, value, "keeps the function keys on the slot's disk: a swap resets them.", "Leave it out (blob), or use keyvault."
        )
    elif lower.startswith("azurewebjobs.") and lower.endswith(".disabled"):
        yield Problem(path, None, "is the component's way to hold triggers off in staging.", "Name the function in package.starters.")
    elif _names.APP_SETTING.problem(name) is not None:
        yield Problem(path, None, "is no valid app setting name.", f"Rule: {_names.APP_SETTING.rule}.")


def _hub_setting(arguments: Arguments) -> str | None:
    return HUB_SETTING.lower() if arguments.durable.isolation == "task_hub" else None


def _twice(classes: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for path, values in classes.items():
        family = path.split(".")[0]
        spellings: dict[str, str] = {}
        for name in values:
            if (first := spellings.setdefault(name.lower(), name)) != name:
                yield Problem(f"{path}.{name}", None, f"is the same setting as {first}: Azure ignores case.", "Keep one of the two.")
            owner = owners.setdefault(name.lower(), family)
            if owner != family:
                yield Problem(f"{path}.{name}", None, f"is also in {owner}: a setting either stays or travels.", "Keep it in one of them.")
    every = {name.lower(): f"{path}.{name}" for path, values in classes.items() for name in values}
    for name, path in every.items():
        group, separator, _ = name.partition("__")
        if separator and group in every and name.rpartition("__")[2] in _CONNECTION_PARTS:
            yield Problem(path, None, f"is ignored beside {every[group]}: an exact connection wins over its group.", "Keep one of the two.")


def _slots(arguments: CommonArguments) -> Iterator[Problem]:
    for slot in arguments.sticky_settings:
        if slot not in arguments.slots:
            yield Problem(f"sticky_settings.{slot}", None, "is no slot of this site.", f"Slots here: {', '.join(arguments.slots)}.")
