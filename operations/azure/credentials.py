"""Who signs in, and whose certificates are trusted.

DURABLE_DEPLOY_CA_BUNDLE names a PEM file of authorities; left out, the usual public ones count. Sign-in is DefaultAzureCredential's: the
pipeline's service principal or federated token, a managed identity, or who ran `az login`. It never opens a browser.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.credentials_async import AsyncTokenCredential


def sign_in() -> TokenCredential:
    from azure.identity import DefaultAzureCredential  # 0.2 seconds to import, which `--help` need not wait for

    return DefaultAzureCredential()


@asynccontextmanager
async def sign_in_async() -> AsyncIterator[AsyncTokenCredential]:
    """For asynchronous clients, which can't share a credential with others; closed at the end."""
    from azure.identity.aio import DefaultAzureCredential

    async with DefaultAzureCredential() as credential:
        yield credential


def ca_bundle(environ: Mapping[str, str] = os.environ) -> str | None:
    return environ.get("DURABLE_DEPLOY_CA_BUNDLE") or None


def client_options(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Keyword arguments for every client of the data plane."""
    bundle = ca_bundle(environ)
    return {} if bundle is None else {"connection_verify": bundle}


__all__ = ["ca_bundle", "client_options", "sign_in", "sign_in_async"]
