"""Names in Azure: the rules as data, a sentence for a name that breaks one, and names derived from others.

Rules: Microsoft docs "Naming rules and restrictions for Azure resources", "App settings reference for Azure Functions",
"Task hubs in Durable Functions". Azure compares all these names without regard to case.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass

_ASSIGNMENTS = uuid.UUID("6e1f6a53-6f0c-5e53-9d7a-8d2f3c6f7b10")
"""Namespace of our role assignment names. Changing it would replace every assignment."""


@dataclass(frozen=True)
class NameRule:
    """What a kind of name must look like, and how to say so."""

    kind: str
    pattern: str
    rule: str

    def problem(self, name: str) -> str | None:
        """A sentence if `name` breaks the rule, else None."""
        if re.fullmatch(self.pattern, name):
            return None
        return f"{name!r} ({len(name)} characters) is not a valid {self.kind} name: {self.rule}"


STORAGE_ACCOUNT = NameRule("storage account", r"[a-z0-9]{3,24}", "3 to 24 lower-case letters and digits, nothing else")
SITE = NameRule(
    "site", r"(?=.{2,60}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", "2 to 60 letters, digits and hyphens, no hyphen at either end"
)
SLOT = NameRule(
    "slot",
    r"(?i)(?!production$)(?=.{2,59}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?",
    "2 to 59 letters, digits and hyphens, no hyphen at either end, and not 'production', which every site has already",
)
PLAN = NameRule("plan", r"[A-Za-z0-9-]{1,40}", "1 to 40 letters, digits and hyphens")
RESOURCE_GROUP = NameRule("resource group", r"[\w().-]{0,89}[\w()-]", "1 to 90 letters, digits, and _ ( ) - . with no full stop at the end")
TASK_HUB = NameRule("task hub", r"[A-Za-z][A-Za-z0-9]{2,44}", "3 to 45 letters and digits, the first one a letter")
HOST_ID = NameRule(
    "host id",
    r"(?=.{1,32}$)[a-z0-9]+(-[a-z0-9]+)*",
    "1 to 32 lower-case letters, digits and hyphens, no hyphen at either end, no two in a row",
)
APP_SETTING = NameRule(
    "app setting",
    r"[A-Za-z0-9_.]+",
    "letters, digits, full stops and underscores (on Linux nothing else is accepted; write __ for a colon)",
)
CONTAINER = NameRule(
    "container",
    r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*",
    "3 to 63 lower-case letters, digits and hyphens, no hyphen at either end, no two in a row",
)


def default_hub_name(site: str) -> str:
    """The task hub that Durable uses when host.json names none (azure-functions-durable-extension, `IsSanitizedHubName`).

    A slot refuses to start on it, so no bundle may carry this name.
    """
    name = re.sub(r"[^A-Za-z0-9]", "", site)
    if not name:
        return "DefaultTaskHub"
    if name[0].isdigit():
        name = "t" + name
    name = name[:45]
    return name + "Hub" if len(name) < 3 else name


def host_id(site: str, slot: str = "production") -> str:
    """The explicit host id of a slot: `orders-staging` where that is unambiguous and fits into 32 characters, else shortened, with a hash.

    A slot name with a hyphen is always hashed: site `a`, slot `b-c` and site `a-b`, slot `c` may share one host storage.
    """
    readable = f"{site}-{slot}".lower()
    if "-" not in slot and HOST_ID.problem(readable) is None:
        return readable
    tail = _digest(site.lower(), slot.lower())[:8]
    head = re.sub(r"[^a-z0-9]+", "-", readable)[: 32 - 9].strip("-")
    return f"{head}-{tail}" if head else tail


def storage_account_name(prefix: str, purpose: str) -> str:
    """`<prefix><purpose>` without what Azure refuses there; where that is too long or too short, both are cut and a hash follows."""
    head, tail = (re.sub(r"[^a-z0-9]", "", part.lower()) for part in (prefix, purpose))
    if STORAGE_ACCOUNT.problem(head + tail) is None:
        return head + tail
    tail = tail[:10]
    return f"{head[: 18 - len(tail)]}{tail}{_digest(prefix.lower(), purpose.lower())[:6]}"


def role_assignment_name(scope_key: str, principal_key: str, role: str) -> str:
    """A role assignment's name, a uuid: the same for the same three, so that a second `up` meets its own assignment."""
    return str(uuid.uuid5(_ASSIGNMENTS, json.dumps([scope_key.lower(), principal_key.lower(), role.lower()])))


def slot_host_name(site: str, slot: str | None = None) -> str | None:
    """The host name in the public cloud, or None where Azure shortens it and adds random characters (site over 40, slot over 19).

    Docs: "Set up staging environments in Azure App Service". Prefer the resource's own `default_host_name`, which is always right.
    """
    if slot is None or slot.lower() == "production":
        return f"{site}.azurewebsites.net".lower()
    if len(site) > 40 or len(slot) > 19:
        return None
    return f"{site}-{slot}.azurewebsites.net".lower()


def disabled_setting(function: str) -> str:
    """The app setting that holds a function off (docs: "How to disable functions in Azure Functions")."""
    return f"AzureWebJobs.{function}.Disabled"


def disabled_setting_problem(function: str) -> str | None:
    """Why a function can't be held off on Linux, or None: App Service refuses the hyphen (azure-functions-host#7509)."""
    if APP_SETTING.problem(function) is None:
        return None
    return (
        f"function {function!r} cannot be held off in a staging slot: the setting {disabled_setting(function)!r} is refused on Linux, "
        "where setting names have letters, digits, full stops and underscores only; rename the function"
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


__all__ = [
    "APP_SETTING",
    "CONTAINER",
    "HOST_ID",
    "PLAN",
    "RESOURCE_GROUP",
    "SITE",
    "SLOT",
    "STORAGE_ACCOUNT",
    "TASK_HUB",
    "NameRule",
    "default_hub_name",
    "disabled_setting",
    "disabled_setting_problem",
    "host_id",
    "role_assignment_name",
    "slot_host_name",
    "storage_account_name",
]
