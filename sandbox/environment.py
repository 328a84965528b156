"""The environment of a command that runs inside the sandbox: the caller's own, with these variables laid over it.

What leads Pulumi here:
    PULUMI_HOME                                  plugins and settings, apart from the user's
    PULUMI_BACKEND_URL                           file://…, where the stacks' state lies; a login elsewhere is not touched
    PULUMI_CONFIG_PASSPHRASE                     "embedded": nothing in a sandbox is worth hiding
    PULUMI_DEBUG_PROVIDERS                       azure-native:PORT, the stand-in for the azure-native provider
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION  "true": the real provider is not looked for
    PULUMI_SKIP_UPDATE_CHECK                     "true"
What leads Azure clients here:
    ARM_SUBSCRIPTION_ID, AZURE_SUBSCRIPTION_ID   the embedded subscription
    IDENTITY_ENDPOINT, IDENTITY_HEADER           a token endpoint as App Service has one: DefaultAzureCredential is the operator;
                                                 ManagedIdentityCredential(client_id=…) is a user-assigned identity of the store
    AZURE_TOKEN_CREDENTIALS                      ManagedIdentityCredential: DefaultAzureCredential tries nothing else
    AZURE_CONFIG_DIR                             an empty directory: `az` is signed out
    DURABLE_DEPLOY_ARM_ENDPOINT                  https://127.0.0.1:PORT, the base URL for azure-mgmt-web and its like
    DURABLE_DEPLOY_CA_BUNDLE                     PEM file: the sandbox's certificate authority and the usual public ones
    REQUESTS_CA_BUNDLE, SSL_CERT_FILE            the same file, for clients that know these names
    DURABLE_DEPLOY_FRONT_DOOR                    with `functions`: the address that goes by the Host header
    PYTHONPATH                                   with `functions`: `names` before the caller's own, by which Python programs resolve
                                                 <name>.azurewebsites.net and <name>.azure-api.net as apps in Azure do
    NO_PROXY, no_proxy                           the caller's, and 127.0.0.1 and localhost: nothing of this goes through a proxy
Set to nothing, whatever the caller had, so that they stay away also where this is laid over a full environment:
    every other ARM_* and AZURE_* variable, PULUMI_ACCESS_TOKEN, PULUMI_CONFIG_PASSPHRASE_FILE
Left out, for these count as soon as they exist, also empty:
    MSI_ENDPOINT, MSI_SECRET, IDENTITY_SERVER_THUMBPRINT (other kinds of token endpoint)
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .directory import SandboxDirectory

PASSPHRASE = "embedded"
_BLANK_PREFIXES = ("ARM_", "AZURE_")
_BLANK = ("PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE_FILE")
_LEFT_OUT = ("MSI_ENDPOINT", "MSI_SECRET", "IDENTITY_SERVER_THUMBPRINT")


def environment(
    caller: Mapping[str, str],
    directory: SandboxDirectory,
    *,
    subscription: str,
    provider_port: int,
    arm_endpoint: str,
    ca_bundle: Path,
    identity_endpoint: str,
    identity_header: str,
) -> dict[str, str]:
    """The whole environment, `caller` included."""
    blanked = dict.fromkeys([*(name for name in caller if name.startswith(_BLANK_PREFIXES)), *_BLANK], "")
    bundle = str(ca_bundle)
    return {
        **{name: value for name, value in caller.items() if name not in _LEFT_OUT},
        **blanked,
        "PULUMI_HOME": str(directory.pulumi_home),
        "PULUMI_BACKEND_URL": directory.pulumi_backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_DEBUG_PROVIDERS": f"azure-native:{provider_port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "ARM_SUBSCRIPTION_ID": subscription,
        "AZURE_SUBSCRIPTION_ID": subscription,
        "IDENTITY_ENDPOINT": identity_endpoint,
        "IDENTITY_HEADER": identity_header,
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        "AZURE_CONFIG_DIR": str(directory.azure_cli),
        "DURABLE_DEPLOY_ARM_ENDPOINT": arm_endpoint,
        "DURABLE_DEPLOY_CA_BUNDLE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "SSL_CERT_FILE": bundle,
        "NO_PROXY": _without_proxy(caller),
        "no_proxy": _without_proxy(caller),
    }


def _without_proxy(caller: Mapping[str, str]) -> str:
    own = caller.get("NO_PROXY") or caller.get("no_proxy") or ""
    return ",".join([*filter(None, own.split(",")), "127.0.0.1", "localhost"])
