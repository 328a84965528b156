"""The choice of a backend, as every Pulumi language sees it. At most one of the four; left out, Azure Storage by managed identity.

No `from __future__ import annotations` here: Pulumi infers the package's schema from these annotations at run time.
"""

from typing import NotRequired

import pulumi
from typing_extensions import TypedDict


class AzureStorageArgs(TypedDict):
    """Queues, tables and blobs in one durable account that serves all slots, with a task hub per slot."""

    connection: NotRequired[str]
    """`identity`, `key_vault_secret` or `connection_string`. Left out: `identity`; with the others the account has keys."""
    key_vault_secret: NotRequired[str]
    """URI of the secret with the account's connection string; needed with `connection: key_vault_secret`, refused otherwise."""


class DurableTaskSchedulerArgs(TypedDict):
    """Microsoft's managed backend: one scheduler, with a task hub per slot, reached by managed identity only."""

    existing_scheduler: NotRequired[str]
    """Name of a scheduler to use; the task hubs are made in it. Left out: the component makes one, which takes up to 20 minutes."""
    existing_group: NotRequired[str]
    """Resource group of the existing scheduler. Left out: the app's."""
    scheduler_name: NotRequired[str]
    """Name of the scheduler to make, 3 to 64 letters, digits and hyphens. Left out: `<site>-scheduler`."""
    sku: NotRequired[str]
    """`Consumption`, or `Dedicated` for a steady, high load. Left out: `Consumption`."""
    capacity: NotRequired[int]
    """Units of a `Dedicated` scheduler. Left out: 1."""
    ip_allowlist: NotRequired[list[str]]
    """Addresses and CIDR ranges that reach a made scheduler. Left out: `0.0.0.0/0`, everybody who also has a role, since the addresses that
    an app calls from are not known before it runs; an empty list lets nobody in."""


class MssqlArgs(TypedDict):
    """A Microsoft SQL database of yours. A task hub belongs to a SQL user, so each slot needs a connection of its own.

    Give `connection_strings` or `key_vault_secrets`, or put the connection setting among `sticky_settings` yourself.
    """

    connection_strings: NotRequired[dict[str, pulumi.Input[str]]]
    """Slot -> connection string, each with a SQL user or a database of its own."""
    key_vault_secrets: NotRequired[dict[str, str]]
    """Slot -> URI of the secret that holds its connection string."""
    schema_name: NotRequired[str]
    """Database schema of the task hubs' tables, the same for all slots. Left out: the provider's own, `dt`."""
    create_database: NotRequired[bool]
    """Lets the app make a database that does not exist. Left out: false."""


class NetheriteArgs(TypedDict):
    """Event Hubs and page blobs of yours, by connection string. Support ends on 2028-03-31. Each slot needs a namespace of its own.

    Give `connection_strings` or `key_vault_secrets`, or put the connection setting among `sticky_settings` yourself.
    """

    connection_strings: NotRequired[dict[str, pulumi.Input[str]]]
    """Slot -> connection string of its Event Hubs namespace."""
    key_vault_secrets: NotRequired[dict[str, str]]
    """Slot -> URI of the secret that holds that connection string."""
    storage_connection: NotRequired[pulumi.Input[str]]
    """Connection string, or Key Vault reference, of a general-purpose account for all slots' task hubs. Left out: the setting that
    `storage_connection_setting` names is among the app's `settings`."""
    storage_connection_setting: NotRequired[str]
    """Name of the app setting with the storage connection. Left out: `NetheriteStorage`."""


class BackendArgs(TypedDict):
    """Where durable state lies. Give at most one. State can't be moved from one to another."""

    azure_storage: NotRequired[AzureStorageArgs]
    """Left out, like all others: Azure Storage by managed identity."""
    durable_task_scheduler: NotRequired[DurableTaskSchedulerArgs]
    """Left out: not used."""
    mssql: NotRequired[MssqlArgs]
    """Left out: not used."""
    netherite: NotRequired[NetheriteArgs]
    """Left out: not used."""
