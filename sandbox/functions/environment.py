"""The environment of a slot's code: its settings, its connection strings, and what the platform adds.

Sources: Microsoft docs, "Environment variables and app settings in Azure App Service" (WEBSITE_*; connection strings are prefixed by their
type), "How to use managed identities for App Service" (IDENTITY_*). Nothing of the machine's own environment but what a process needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .wanted import PRODUCTION, Wanted

_FROM_MACHINE = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_PREFIXES = {
    "sqlserver": "SQLCONNSTR_", "mysql": "MYSQLCONNSTR_", "sqlazure": "SQLAZURECONNSTR_", "postgresql": "POSTGRESQLCONNSTR_",
    "custom": "CUSTOMCONNSTR_",
}  # fmt: skip


def environment_of(
    machine: Mapping[str, str],
    wanted: Wanted,
    package: Path,
    *,
    ca_bundle: Path,
    identity_endpoint: str,
    identity_header: str,
    instance: int = 1,
) -> dict[str, str]:
    """The whole environment of the worker. What the platform sets wins over a setting of the same name."""
    return {
        **{name: machine[name] for name in _FROM_MACHINE if name in machine},
        # Away from the credentials of whoever is at this machine; a setting may say otherwise.
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        "FUNCTIONS_WORKER_RUNTIME": "python",
        **wanted.settings,
        **dict(_connection_string(name, entry) for name, entry in wanted.connection_strings.items()),
        "WEBSITE_SITE_NAME": wanted.site,
        "WEBSITE_SLOT_NAME": "Production" if wanted.slot == PRODUCTION else wanted.slot,
        "WEBSITE_HOSTNAME": wanted.host_name,
        "WEBSITE_INSTANCE_ID": "sandbox" if wanted.flex is None else f"sandbox-{instance}",
        **({} if wanted.flex is None else {"WEBSITE_SKU": "FlexConsumption"}),
        "AzureWebJobsScriptRoot": str(package),
        "IDENTITY_ENDPOINT": identity_endpoint,
        "IDENTITY_HEADER": identity_header,
        "REQUESTS_CA_BUNDLE": str(ca_bundle),
        "SSL_CERT_FILE": str(ca_bundle),
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",
    }


def _connection_string(name: str, entry: Any) -> tuple[str, str]:
    value, kind = (entry.get("value", ""), str(entry.get("type", "Custom"))) if isinstance(entry, dict) else (str(entry), "Custom")
    return f"{_PREFIXES.get(kind.lower(), 'CUSTOMCONNSTR_')}{name}", str(value)
