"""The arguments of `OrchestrationVersioning` and `NameBasedVersioning`, as every Pulumi language sees them.

What they share with `StatusCheckWithSlot` has the same names and types there. No `from __future__ import annotations` here: Pulumi
infers the package's schema from these annotations at run time.
"""

from typing import NotRequired

import pulumi
from typing_extensions import TypedDict

from ._args import AccessArgs, MonitoringArgs, PackageArgs, PlanArgs, ResourceGroupArgs, SiteArgs
from ._backends import BackendArgs
from ._hosting import FlexArgs


class SharedStorageArgs(TypedDict):
    """Storage where one durable account serves every slot."""

    host_account: NotRequired[str]
    """Name of the account behind `AzureWebJobsStorage`. Left out: derived from the site's name."""
    existing_host_account: NotRequired[str]
    """Name of an account in the same resource group to use as host storage. Left out: the component makes one."""
    durable_account: NotRequired[str]
    """Name of the account of all task hubs, with backend `azure_storage`. Left out: derived from the site's name."""
    packages_account: NotRequired[str]
    """Name of the account for code packages. Left out: derived from the site's name."""
    sku: NotRequired[str]
    """Redundancy of all made accounts. Left out: `Standard_ZRS`."""
    content_connection: NotRequired[pulumi.Input[str]]
    """Connection string, or Key Vault reference, of a keyed account for the content share of Elastic Premium plans.
    Left out: no content share; then the code must come as a package."""
    protect_state: NotRequired[bool]
    """Protects durable and host accounts against deletion by Pulumi. Left out: true."""


class TaskHubsArgs(TypedDict):
    """Task hubs that stay with their slots."""

    hub_name: NotRequired[str]
    """Prefix of the slots' task hubs. Left out: `<site>Tasks`, sanitised."""
    task_hubs: NotRequired[dict[str, str]]
    """Slot -> task hub name. Left out: `hub_name` with the slot's name behind it."""
    connection_setting: NotRequired[str]
    """Name of the app setting, equal on all slots, that names the durable storage. Left out: `DurableStorage`."""
    extension_bundle: NotRequired[str]
    """Extension bundle range for host.json. Left out: the package's own, or `[4.30.0, 5.0.0)` for code that isn't .NET."""


class BackendHubsArgs(TypedDict):
    """Where durable state lies, and task hubs that stay with their slots."""

    backend: NotRequired[BackendArgs]
    """Left out: Azure Storage by managed identity."""
    hub_name: NotRequired[str]
    """Prefix of the slots' task hubs. Left out: `<site>Tasks`, sanitised."""
    task_hubs: NotRequired[dict[str, str]]
    """Slot -> task hub name. Left out: `hub_name` with the slot's name behind it."""
    connection_setting: NotRequired[str]
    """Name of the app setting that names the durable storage. Left out: the backend's usual one, `DurableStorage` for Azure Storage."""
    extension_bundle: NotRequired[str]
    """Extension bundle range for host.json. Left out: the package's own, or the first that brings the backend and orchestration
    versioning (`[4.30.0, 5.0.0)` for Azure Storage), for code that isn't .NET."""


class OrchestrationVersionsArgs(TypedDict):
    default_version: NotRequired[str]
    """The version that this package gives to new orchestrations, `defaultVersion` in host.json. It contains every version up to this
    one. Left out: what the package's own host.json says; required with `package.url`."""
    match: NotRequired[str]
    """`versionMatchStrategy` in host.json: `CurrentOrOlder`, `Strict` or `None`. Left out: the package's own, or `CurrentOrOlder`."""
    failure: NotRequired[str]
    """`versionFailureStrategy` in host.json: `Reject` or `Fail`. Left out: the package's own, or `Reject`."""
    start_version: NotRequired[str]
    """Pins the version that clients start, to roll back without moving code. Left out: the newest that production's package contains,
    raised by the first update after the swap that brought it there."""
    start_setting: NotRequired[str]
    """Name of the sticky app setting that clients read it from. Left out: `START_VERSION`."""
    allow_older: NotRequired[bool]
    """Lets a package be deployed whose version sorts below the one that production runs. Left out: false."""
    two_phase_starts: NotRequired[bool]
    """Whether the app's clients start the version that the setting names, and orchestrators pass theirs on. If not, `failure: Fail`
    is refused, since old workers would fail new instances during a swap. Left out: true."""


class NamedVersionsArgs(TypedDict):
    contains: NotRequired[list[str]]
    """Versions that the package contains, such as `[v1, v2]`. Left out: those in the names of its functions, `Orders_v1`; required
    with `package.url`."""
    latest: NotRequired[str]
    """Pins the version that clients start, to roll back without moving code. Left out: the newest that production's package contains,
    raised by the first update after the swap that brought it there."""
    latest_setting: NotRequired[str]
    """Name of the sticky app setting that clients read it from. Left out: `LATEST_VERSION`."""
    overrides: NotRequired[dict[str, str]]
    """Orchestrator -> version that its clients start instead, in a setting `LATEST_VERSION_<Orchestrator>`. Left out: none."""


class OrchestrationVersioningArgs(TypedDict):
    site: SiteArgs
    """The function app and its slots. `slots: []` is an app without a staging slot, updated in place, as it always is on Flex Consumption."""
    package: NotRequired[PackageArgs]
    """The code. Left out: a pipeline deploys it."""
    versioning: NotRequired[OrchestrationVersionsArgs]
    """Versions in host.json, and the one that clients start. Left out: what the package says, `CurrentOrOlder`, two-phase starts."""
    durable: NotRequired[BackendHubsArgs]
    """Backend and task hubs. Left out: Azure Storage, by managed identity, one task hub per slot."""
    settings: NotRequired[dict[str, pulumi.Input[str]]]
    """App settings for every slot. Left out: none."""
    sticky_settings: NotRequired[dict[str, dict[str, pulumi.Input[str]]]]
    """Slot -> settings that stay with it. Every slot should name the same settings. Left out: none."""
    version_settings: NotRequired[dict[str, pulumi.Input[str]]]
    """Settings that travel with this version: a slot that keeps its code keeps what it has. Left out: none."""
    resource_group: NotRequired[ResourceGroupArgs]
    """Left out: the component makes `<site.name>-rg`."""
    plan: NotRequired[PlanArgs]
    """`sku: FC1` is Flex Consumption. Left out: a Linux `P0v3` plan."""
    flex: NotRequired[FlexArgs]
    """Scale and updates on Flex Consumption; refused on other plans. Left out: one instance always ready, `Recreate`."""
    storage: NotRequired[SharedStorageArgs]
    """Names and redundancy of the storage accounts. Left out: derived and zone-redundant."""
    access: NotRequired[AccessArgs]
    """The app's identity, and the people or pipelines that operate it. Left out: an identity is made, and nobody else gets a role."""
    monitoring: NotRequired[MonitoringArgs]
    """Log Analytics and Application Insights. Left out: a workspace that keeps logs for 30 days."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that can carry them. Left out: none."""


class NameBasedVersioningArgs(TypedDict):
    site: SiteArgs
    """The function app and its slots."""
    package: NotRequired[PackageArgs]
    """The code. Left out: a pipeline deploys it."""
    versioning: NotRequired[NamedVersionsArgs]
    """The versions in the package, and the one that clients start. Left out: by the functions' names, two-phase starts."""
    durable: NotRequired[TaskHubsArgs]
    """Task hubs and how the code reaches them. Left out: one account, by managed identity, one task hub per slot."""
    settings: NotRequired[dict[str, pulumi.Input[str]]]
    """App settings for every slot. Left out: none."""
    sticky_settings: NotRequired[dict[str, dict[str, pulumi.Input[str]]]]
    """Slot -> settings that stay with it. Every slot should name the same settings. Left out: none."""
    version_settings: NotRequired[dict[str, pulumi.Input[str]]]
    """Settings that travel with this package: a slot that keeps its code keeps what it has. Left out: none."""
    resource_group: NotRequired[ResourceGroupArgs]
    """Left out: the component makes `<site.name>-rg`."""
    plan: NotRequired[PlanArgs]
    """Left out: a Linux `P0v3` plan."""
    storage: NotRequired[SharedStorageArgs]
    """Names and redundancy of the storage accounts. Left out: derived and zone-redundant."""
    access: NotRequired[AccessArgs]
    """The app's identity, and the people or pipelines that operate it. Left out: an identity is made, and nobody else gets a role."""
    monitoring: NotRequired[MonitoringArgs]
    """Log Analytics and Application Insights. Left out: a workspace that keeps logs for 30 days."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that can carry them. Left out: none."""
