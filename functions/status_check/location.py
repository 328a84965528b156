"""Which task hub is this slot's: host.json and the app settings in, names and connections out.

Pure. What the Durable extension does with the same input is the rule (azure-functions-durable-extension `DurableTaskOptions`,
`AzureStorageOptions`; durabletask `AzureStorageOrchestrationServiceSettings`), for extension 2.x and 3.x: there is no Python v2 app on 1.x.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .connections import Connection, find_connection
from .host_json import durable_section
from .problem import NotLocated
from .settings import Settings

_STORAGE = "AzureWebJobsStorage"
_MAIN = ("connectionname", "connectionstringname")
_TRACKING = ("trackingstoreconnectionname", "trackingstoreconnectionstringname")


@dataclass(frozen=True)
class Location:
    name: str
    """The task hub's."""
    storage: Connection
    """Queues, and tables too if there is no tracking store."""
    tracking: Connection | None = None
    """Where the tables are, if several hubs share them."""
    tracking_prefix: str = "DurableTask"


def locate(host_json: Mapping[str, Any], environment: Mapping[str, str]) -> Location:
    """Raises NotLocated."""
    settings = Settings(environment)
    durable = durable_section(host_json, settings)
    provider: dict[str, Any] = durable["storageprovider"]
    kind = str(provider.get("type") or "AzureStorage")
    if kind.lower() != "azurestorage":
        raise NotLocated(f"This app keeps its durable state in {kind!r}; StatusCheck reads Azure Storage only.")
    tracking = _last(provider, _TRACKING)
    return Location(
        name=_hub_name(durable.get("hubname"), settings),
        storage=find_connection(_last(provider, _MAIN) or _STORAGE, settings),
        tracking=None if tracking is None else find_connection(tracking, settings),
        tracking_prefix=str(provider.get("trackingstorenameprefix") or "DurableTask"),
    )


def _last(provider: Mapping[str, Any], spellings: tuple[str, ...]) -> str | None:
    """Both spellings write one field of the extension's options, so the later one stands."""
    given = [str(value) for key, value in provider.items() if key in spellings and value]
    return given[-1] if given else None


def _hub_name(wanted: Any, settings: Settings) -> str:
    """Only here does the extension put the values of `%Setting%` in."""
    if not wanted:
        return default_hub_name(settings.get("WEBSITE_SITE_NAME"))

    def value(match: re.Match[str]) -> str:
        found = settings.get(match[1])
        if found is None:
            raise NotLocated(f"host.json takes the task hub's name from the setting {match[1]}, which this slot lacks.")
        return found

    return re.sub(r"%([^%]+)%", value, str(wanted))


def default_hub_name(site: str | None) -> str:
    """What the extension derives if host.json has no hubName (`DurableTaskOptions`, `IsSanitizedHubName`)."""
    if not site:
        return "TestHubName"
    letters = re.sub(r"[^A-Za-z0-9]", "", site)
    if not letters:
        return "DefaultTaskHub"
    name = (f"t{letters}" if letters[0].isdigit() else letters)[:45]
    return name if len(name) >= 3 else f"{name}Hub"


__all__ = ["Location", "default_hub_name", "locate"]
