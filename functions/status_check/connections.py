"""From the name of a connection in host.json to storage endpoints and whoever may use them.

Pure. The order of looking is the extension's: with the prefix AzureWebJobs before without it, connection strings before app settings, a
single value before a group of settings (azure-functions-durable-extension `WebJobsConnectionInfoProvider`; Microsoft docs "Durable
Functions: configure managed identity").
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .problem import NotLocated
from .settings import Settings

_PREFIX = "AzureWebJobs"
_CONNECTION_STRINGS = ("ConnectionStrings__", "CUSTOMCONNSTR_")
"""Where the host's configuration takes connection strings from, beside app settings."""


@dataclass(frozen=True)
class Identity:
    """Who signs in. Neither given: whoever the environment signs in as, which is the system-assigned identity in Azure."""

    managed: bool = False
    """`__credential` is `managedidentity`."""
    client_id: str | None = None
    """Of a user-assigned identity."""


@dataclass(frozen=True)
class Connection:
    """Either a connection string or endpoints with an identity."""

    connection_string: str | None = field(default=None, repr=False)
    endpoints: tuple[tuple[str, str], ...] = ()
    """(service, URL), for those of blob, queue and table that are known."""
    identity: Identity = Identity()
    setting: str = ""
    """The setting, or group of settings, that was found."""

    def endpoint(self, service: str) -> str:
        """Raises NotLocated if the group of settings does not name it."""
        for name, url in self.endpoints:
            if name == service:
                return url
        raise NotLocated(f"The settings {self.setting}__… name no {service} endpoint: {self.setting}__{service}ServiceUri is missing.")


def find_connection(name: str, settings: Settings) -> Connection:
    """`name` as host.json has it, such as DurableManagementStorage or AzureWebJobsStorage. Raises NotLocated."""
    for full in (f"{_PREFIX}{name}", name):
        value = next((found for path in (*_CONNECTION_STRINGS, "") if (found := settings.get(f"{path}{full}"))), None)
        if value is not None:
            return _single(full, value)
        if group := settings.group(full):
            return Connection(endpoints=_endpoints(group), identity=_identity(full, group), setting=full)
    raise NotLocated(f"host.json names the connection {name}, but this slot has neither a setting {name} nor any {name}__….")


def _single(setting: str, value: str) -> Connection:
    if value.startswith("@Microsoft.KeyVault("):
        raise NotLocated(f"The setting {setting} is a Key Vault reference that has not been resolved: check the vault and who may read it.")
    return Connection(connection_string=value, setting=setting)


def _endpoints(group: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """URIs as they are; the account's name stands for the public cloud's."""
    found = {service: group.get(f"{service}serviceuri") for service in ("blob", "queue", "table")}
    account = group.get("accountname")
    if account:
        found = {service: url or f"https://{account}.{service}.core.windows.net" for service, url in found.items()}
    return tuple((service, url) for service, url in found.items() if url)


def _identity(setting: str, group: dict[str, str]) -> Identity:
    credential = group.get("credential")
    if credential is not None and credential.lower() != "managedidentity":
        raise NotLocated(f"{setting}__credential is {credential!r}; StatusCheck signs in with `managedidentity`, or without that setting.")
    return Identity(managed=credential is not None, client_id=group.get("clientid"))


__all__ = ["Connection", "Identity", "find_connection"]
