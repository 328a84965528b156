"""Storage: the host's account, one durable account per bundle, and the packages, each with no more access than it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import storage

from .. import _defaults as defaults
from .._wanted import Arguments, CommonArguments
from .foundation import Place


@dataclass(frozen=True)
class Account:
    name: str
    id: pulumi.Output[str]
    endpoints: pulumi.Output[Any]

    def endpoint(self, service: str) -> pulumi.Output[str]:
        """`https://…/` of `blob`, `queue` or `table`: as Azure says it, so that it is right in every cloud."""
        return self.endpoints.apply(lambda endpoints: str(getattr(endpoints, service, None) or endpoints[service]))


@dataclass(frozen=True)
class Accounts:
    host: Account
    durable: Mapping[str, Account]
    """Bundle -> account; one account under every bundle with `isolation: task_hub`."""
    packages: Account
    by_purpose: Mapping[str, Account] = field(default_factory=dict)
    """What the children of a durable account are called after -> that account, each once."""


def make_accounts(place: Place, arguments: Arguments) -> Accounts:
    keys_for_durable = arguments.durable.connection != "identity"
    protect = arguments.storage.protect_state
    host = make_host_account(place, arguments)
    made: dict[str, Account] = {}
    by_purpose: dict[str, Account] = {}
    for bundle, name in arguments.durable_accounts.items():
        if name not in made:
            purpose = bundle if arguments.durable.isolation == "storage" else "durable"
            made[name] = make_account(place, arguments, purpose, name, shared_keys=keys_for_durable, protect=protect)
            by_purpose[purpose] = made[name]
    durable = {bundle: made[name] for bundle, name in arguments.durable_accounts.items()}
    return Accounts(host, durable, make_packages_account(place, arguments), by_purpose)


def make_host_account(place: Place, arguments: CommonArguments) -> Account:
    """The account behind AzureWebJobsStorage, taken or made."""
    protect = arguments.storage.protect_state
    return _take(place, arguments) or make_account(place, arguments, "host", arguments.host_account, shared_keys=False, protect=protect)


def make_packages_account(place: Place, arguments: CommonArguments) -> Account:
    """Pulumi uploads a blob with the account's key; an account of its own keeps that key away from everything else."""
    return make_account(place, arguments, "packages", arguments.packages_account, shared_keys=arguments.uploads, protect=False)


def connection_string(place: Place, account: Account) -> pulumi.Output[str]:
    """A connection string with the account's first key and its own endpoints. Secret."""
    options = pulumi.InvokeOutputOptions(parent=place.options.parent, depends_on=[])
    keys = account.id.apply(
        lambda _: storage.list_storage_account_keys_output(account_name=account.name, resource_group_name=place.group, opts=options)
    )
    endpoints = {service: account.endpoint(service) for service in ("blob", "queue", "table")}
    text = pulumi.Output.all(keys, endpoints).apply(lambda both: _connection_string(account.name, both[0], both[1]))
    return pulumi.Output.secret(text)


def _connection_string(account: str, keys: Any, endpoints: Mapping[str, str]) -> str:
    parts = "".join(f";{service.capitalize()}Endpoint={endpoint}" for service, endpoint in endpoints.items())
    return f"DefaultEndpointsProtocol=https;AccountName={account};AccountKey={keys.keys[0].value}{parts}"


def _take(place: Place, arguments: CommonArguments) -> Account | None:
    name = arguments.storage.existing_host_account
    if name is None:
        return None
    found = storage.get_storage_account_output(
        account_name=name, resource_group_name=place.group, opts=pulumi.InvokeOutputOptions(parent=place.options.parent)
    )
    return Account(name, found.id, found.primary_endpoints)


def make_account(place: Place, arguments: CommonArguments, purpose: str, account: str, *, shared_keys: bool, protect: bool) -> Account:
    """A private account with nothing that a function app does not need; its children are called after `purpose`."""
    made = storage.StorageAccount(
        f"{place.name}-{purpose}",
        account_name=account,
        resource_group_name=place.group,
        location=place.location,
        kind=storage.Kind.STORAGE_V2,
        sku={"name": arguments.storage.sku},
        minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
        enable_https_traffic_only=True,
        allow_blob_public_access=False,
        allow_shared_key_access=shared_keys,
        allow_cross_tenant_replication=False,
        default_to_o_auth_authentication=True,
        tags=place.tags,
        opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(protect=protect)),
    )
    days = {"enabled": True, "days": defaults.BLOB_SOFT_DELETE_DAYS}
    storage.BlobServiceProperties(
        f"{place.name}-{purpose}-blobs",
        account_name=made.name,
        blob_services_name="default",
        resource_group_name=place.group,
        delete_retention_policy=days,
        container_delete_retention_policy=days,
        opts=place.options,
    )
    return Account(account, made.id, made.primary_endpoints)
