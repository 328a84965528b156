"""The arguments of `StatusCheckWithSlot`, as every Pulumi language sees them.

What decides which resources exist or what they are called is a plain value; what is wired from other resources is `Input[str]`.
No `from __future__ import annotations` here: Pulumi infers the package's schema from these annotations at run time.
"""

from typing import Any, NotRequired

import pulumi
from typing_extensions import TypedDict


class ResourceGroupArgs(TypedDict):
    existing: NotRequired[str]
    """Name of a resource group to use. Left out: the component makes one."""
    name: NotRequired[str]
    """Name of the resource group to make. Left out: `<site.name>-rg`."""
    location: NotRequired[str]
    """Azure region of everything the component makes. Left out: `azure-native:location`."""


class PlanArgs(TypedDict):
    existing_id: NotRequired[pulumi.Input[str]]
    """Resource id of an App Service plan to use; `sku` then says which kind it is. Left out: the component makes a Linux plan."""
    sku: NotRequired[str]
    """SKU name, such as `P0v3`, `S1`, `EP1`, `Y1`. Left out: `P0v3`, the smallest Dedicated plan with slots for production use."""
    capacity: NotRequired[int]
    """Number of workers. Left out: 1."""


class IdentityArgs(TypedDict):
    """A user-assigned identity to use on every slot. Left out: the component makes one. It gets its roles either way."""

    id: pulumi.Input[str]
    """Resource id."""
    client_id: pulumi.Input[str]
    """Client id: what connections name the identity by."""
    principal_id: pulumi.Input[str]
    """Object id: what roles are assigned to."""


class AccessArgs(TypedDict):
    identity: NotRequired[IdentityArgs]
    """Left out: the component makes a user-assigned identity."""
    operators: NotRequired[list[str]]
    """Principal ids that may read the task hubs, list the settings and upload packages. Left out: nobody but the app."""


class MonitoringArgs(TypedDict):
    workspace_id: NotRequired[pulumi.Input[str]]
    """Resource id of a Log Analytics workspace to use. Left out: the component makes one."""
    retention_days: NotRequired[int]
    """Days that the made workspace keeps logs, 30 to 730. Left out: 30."""


class SiteArgs(TypedDict):
    name: str
    """Name of the function app, 2 to 60 letters, digits and hyphens, unique in Azure."""
    slots: NotRequired[list[str]]
    """Names of the staging slots. Left out: one, `staging`. There is one bundle more than staging slots."""
    config: NotRequired[dict[str, Any]]
    """Further `siteConfig` properties for every slot, in ARM's spelling (`healthCheckPath`, `cors`, …). Left out: none."""


class StorageArgs(TypedDict):
    host_account: NotRequired[str]
    """Name of the account behind `AzureWebJobsStorage`. Left out: derived from the site's name."""
    existing_host_account: NotRequired[str]
    """Name of an account in the same resource group to use as host storage. Left out: the component makes one."""
    durable_accounts: NotRequired[dict[str, str]]
    """Bundle -> name of its durable account (one entry, `shared`, with `isolation: task_hub`). Left out: derived from the site's name."""
    packages_account: NotRequired[str]
    """Name of the account for code packages. Left out: derived from the site's name."""
    sku: NotRequired[str]
    """Redundancy of all made accounts. Left out: `Standard_ZRS`."""
    content_connection: NotRequired[pulumi.Input[str]]
    """Connection string, or Key Vault reference, of a keyed account for the content share of Elastic Premium and Consumption plans.
    Left out: no content share; then the code must come as a package."""
    protect_state: NotRequired[bool]
    """Protects durable and host accounts against deletion by Pulumi. Left out: true."""


class DurableArgs(TypedDict):
    hub_name: NotRequired[str]
    """Task hub of every bundle (`isolation: storage`), or the prefix of the bundles' hubs (`task_hub`). Left out: `<site>Tasks`, sanitised."""
    task_hubs: NotRequired[dict[str, str]]
    """Bundle -> task hub name, with `isolation: task_hub`. Left out: `hub_name` with the bundle's name behind it."""
    isolation: NotRequired[str]
    """`storage`: one account per bundle. `task_hub`: one account, one hub name per bundle. Left out: `storage`."""
    connection: NotRequired[str]
    """`identity`, `key_vault_secret` or `connection_string`. Left out: `identity`."""
    key_vault_secrets: NotRequired[dict[str, str]]
    """Bundle -> URI of the secret that holds its connection string; needed with `connection: key_vault_secret`, refused otherwise."""
    connection_setting: NotRequired[str]
    """Name of the travelling app setting. Left out: `DurableManagementStorage`."""
    connection_key: NotRequired[str]
    """`connectionStringName`, or `connectionName` (extension 2.7+), in host.json. Left out: `connectionStringName`."""
    extension: NotRequired[str]
    """Version of the Durable extension that the code uses, such as `1.8`, `2.13`, `3.1`. Left out: `3.1`."""
    functions_version: NotRequired[str]
    """`~4`, or `~1` for code that still targets Functions 1.x. Left out: `~4`."""
    extension_bundle: NotRequired[str]
    """Extension bundle range for host.json. Left out: the package's own, or `[4.30.0, 5.0.0)` for code that isn't .NET."""
    initial_bundle: NotRequired[str]
    """The bundle that production gets when its settings can't tell: a first deployment, or an app whose site was lost while its
    storage was kept. Left out: `blue` on a first deployment, an error in the other case."""


class PackageArgs(TypedDict):
    path: NotRequired[str]
    """Folder or .zip with the function app. The component lays host.json over it and uploads it. At most one of `path` and `url`."""
    url: NotRequired[str]
    """URL of a package that was uploaded by other means. Left out, like `path`: a pipeline deploys, and its settings are kept."""
    version: NotRequired[str]
    """Version of this code. Left out: the first 12 digits of the package's hash."""
    replace: NotRequired[str]
    """The version, in a staging slot, that the new one may overwrite. Left out: only an empty slot takes a new version."""
    starters: NotRequired[list[str]]
    """Names of functions that start work by themselves, beside those found in the package. Left out: only those found."""
    runtime: NotRequired[str]
    """`linuxFxVersion` of this version, such as `PYTHON|3.11`. Left out: `PYTHON|3.11`."""


class StatusCheckWithSlotArgs(TypedDict):
    site: SiteArgs
    """The function app and its slots."""
    package: NotRequired[PackageArgs]
    """The code. Left out: a pipeline deploys it."""
    durable: NotRequired[DurableArgs]
    """Task hubs and how the code reaches them. Left out: one account per bundle, by managed identity."""
    settings: NotRequired[dict[str, pulumi.Input[str]]]
    """App settings for every slot. Left out: none."""
    sticky_settings: NotRequired[dict[str, dict[str, pulumi.Input[str]]]]
    """Slot -> settings that stay with it. Every slot should name the same settings. Left out: none."""
    version_settings: NotRequired[dict[str, pulumi.Input[str]]]
    """Settings that travel with this version: the live bundle keeps what it has. Left out: none."""
    resource_group: NotRequired[ResourceGroupArgs]
    """Left out: the component makes `<site.name>-rg`."""
    plan: NotRequired[PlanArgs]
    """Left out: a Linux `P0v3` plan."""
    storage: NotRequired[StorageArgs]
    """Names and redundancy of the storage accounts. Left out: derived and zone-redundant."""
    access: NotRequired[AccessArgs]
    """The app's identity, and the people or pipelines that operate it. Left out: an identity is made, and nobody else gets a role."""
    monitoring: NotRequired[MonitoringArgs]
    """Log Analytics and Application Insights. Left out: a workspace that keeps logs for 30 days."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that can carry them. Left out: none."""
