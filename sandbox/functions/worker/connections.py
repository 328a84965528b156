"""The storage behind a binding's `connection`: an app setting with a connection string, or a group of settings for an identity.

Sources: azure-webjobs-sdk WebJobsConnectionInfoProvider.cs (`AzureWebJobs<name>` before `<name>`, a single value before a group);
Microsoft docs, "Azure Functions developer guide", section "Configure an identity-based connection".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from azure.storage.queue import QueueServiceClient

from .problem import AppProblem


def queue_service(name: str, settings: Mapping[str, str], ca_bundle: str) -> QueueServiceClient:
    """Raises AppProblem."""
    known = {key.lower(): value for key, value in settings.items()}
    names = [f"azurewebjobs{name}".lower(), name.lower()]
    options: dict[str, Any] = {"connection_verify": ca_bundle}
    for candidate in names:
        if text := known.get(candidate):
            return QueueServiceClient.from_connection_string(text, **options)
    for candidate in names:
        account = known.get(f"{candidate}__accountname")
        url = known.get(f"{candidate}__queueserviceuri") or (account and f"https://{account}.queue.core.windows.net")
        if url:
            return QueueServiceClient(url, credential=identity(known.get(f"{candidate}__clientid")), **options)
    raise AppProblem(
        f"Storage account connection string '{name}' does not exist. Make sure that it is a defined App Setting, or that "
        f"'{name}__queueServiceUri' is."
    )


def identity(client_id: str | None) -> Any:
    """The user-assigned identity with that client id, else the system-assigned one."""
    from azure.identity import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential()
