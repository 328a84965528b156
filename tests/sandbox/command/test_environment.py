from __future__ import annotations

from pathlib import Path

import sandbox.environment as module
from sandbox.directory import SandboxDirectory
from sandbox.environment import environment

CALLER = {
    "PATH": "/usr/bin",
    "ARM_CLIENT_SECRET": "real",
    "ARM_USE_OIDC": "true",
    "ARM_SUBSCRIPTION_ID": "the company's",
    "AZURE_CLIENT_ID": "real",
    "AZURE_FEDERATED_TOKEN_FILE": "/var/token",
    "MSI_ENDPOINT": "http://real",
    "IDENTITY_SERVER_THUMBPRINT": "real",
    "PULUMI_ACCESS_TOKEN": "real",
    "PULUMI_BACKEND_URL": "s3://the-companys",
    "PULUMI_CONFIG_PASSPHRASE": "real",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/real",
    "no_proxy": "intranet",
}
HOME = SandboxDirectory(Path("/somewhere/with space"))
INSIDE = environment(
    CALLER,
    HOME,
    subscription="embedded",
    provider_port=4711,
    arm_endpoint="https://127.0.0.1:20001",
    ca_bundle=Path("/bundle.pem"),
    identity_endpoint="http://127.0.0.1:1/msi/token",
    identity_header="header",
)


def test_a_command_sees_the_sandbox_and_nothing_of_the_callers_cloud() -> None:
    assert INSIDE == {
        "PATH": "/usr/bin",
        "PULUMI_HOME": "/somewhere/with space/pulumi/home",
        "PULUMI_BACKEND_URL": "file:///somewhere/with%20space/pulumi/backend",
        "PULUMI_CONFIG_PASSPHRASE": "embedded",
        "PULUMI_CONFIG_PASSPHRASE_FILE": "",
        "PULUMI_ACCESS_TOKEN": "",
        "PULUMI_DEBUG_PROVIDERS": "azure-native:4711",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "ARM_CLIENT_SECRET": "",
        "ARM_USE_OIDC": "",
        "ARM_SUBSCRIPTION_ID": "embedded",
        "AZURE_CLIENT_ID": "",
        "AZURE_FEDERATED_TOKEN_FILE": "",
        "AZURE_SUBSCRIPTION_ID": "embedded",
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        "AZURE_CONFIG_DIR": "/somewhere/with space/azure-cli",
        "IDENTITY_ENDPOINT": "http://127.0.0.1:1/msi/token",
        "IDENTITY_HEADER": "header",
        "DURABLE_DEPLOY_ARM_ENDPOINT": "https://127.0.0.1:20001",
        "DURABLE_DEPLOY_CA_BUNDLE": "/bundle.pem",
        "REQUESTS_CA_BUNDLE": "/bundle.pem",
        "SSL_CERT_FILE": "/bundle.pem",
        "NO_PROXY": "intranet,127.0.0.1,localhost",
        "no_proxy": "intranet,127.0.0.1,localhost",
    }


def test_every_variable_is_explained() -> None:
    assert module.__doc__ is not None
    added = [name for name in INSIDE if name not in CALLER]
    assert [name for name in added if name not in module.__doc__] == []
