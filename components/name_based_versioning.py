"""Name-based versioning: `Orders_v1` and `Orders_v2` side by side in one app, and a setting that tells clients which one to start.

Production's task hub stays with the production slot, and the package travels at a swap. `LATEST_VERSION` is raised only after the
swap. The copies are made by `operations migrate`; the swap and the release are not Pulumi's and not this component's.
"""

from typing import Any

import pulumi

from ._args_versioning import NameBasedVersioningArgs
from ._versioned.building import build, publish, validated
from ._versioned.code import read_name_based_code
from ._versioned.strategies import NAME_BASED
from ._versioned.wanted import read_name_based_arguments

TYPE = "durable-deploy:index:NameBasedVersioning"


class NameBasedVersioning(pulumi.ComponentResource):
    """A Durable Functions app with every version of its functions side by side, under names that carry the version.

    Package and runtime stack travel with the code at a swap; task hubs, and the version that clients start, stay with their slots. A
    release has two phases: stage and swap, while clients go on starting the old version; then one more update raises
    `LATEST_VERSION`, which is all that a preview shows in between.

    Raises ArgumentErrors before anything is registered, with everything that is wrong. An update fails, and writes nothing, while
    production's settings can't be read, or when a new package would overwrite one that `package.replace` does not name.
    """

    site_id: pulumi.Output[str]
    """Resource id of the production site: subscription, resource group and name in one."""
    site_name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    slots: pulumi.Output[list[str]]
    """Names of all slots, production first."""
    host_names: pulumi.Output[dict[str, str]]
    """Slot -> default host name."""
    hubs: pulumi.Output[dict[str, Any]]
    """Slot -> durable account and task hub, which stay with the slot."""
    connection_setting: pulumi.Output[str]
    """Name of the app setting (or group) that names the durable storage, equal on all slots."""
    task_hub_setting: pulumi.Output[str]
    """Name of the sticky app setting that names a slot's task hub."""
    sticky_setting_names: pulumi.Output[list[str]]
    start_setting: pulumi.Output[str]
    """Name of the sticky app setting that tells clients which version to start."""
    start_versions: pulumi.Output[dict[str, Any]]
    """Slot -> version that its clients start, as of the last update."""
    wanted_versions: pulumi.Output[list[str]]
    """The versions that the wanted package contains, oldest first; empty if a pipeline deploys."""
    pending: pulumi.Output[str | None]
    """Which phase of a release this is, and what the next update will change; none if nothing is pending."""
    hosting: pulumi.Output[str]
    """`slots`."""
    backend: pulumi.Output[str]
    """`azure_storage`."""
    identity_principal_id: pulumi.Output[str]
    """The app's identity, for roles on what belongs to the app alone: its queues, its databases."""
    packages_url: pulumi.Output[str]
    """The container of the code packages."""
    wanted_package_url: pulumi.Output[str | None]
    """The package that this program asks for; which slot runs it is told by the slot's live settings."""
    slots_at_last_update: pulumi.Output[dict[str, Any]]
    """Slot -> version of its package and the versions that this contains, as of the last update. A swap makes it stale."""
    host_json: pulumi.Output[str]
    """The host.json that a package of this app needs, for `operations package --host-json`."""

    def __init__(self, name: str, args: NameBasedVersioningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        label = f"NameBasedVersioning '{name}'"
        arguments = read_name_based_arguments(label, args)
        code = validated(label, arguments, read_name_based_code(arguments), NAME_BASED)
        super().__init__(TYPE, name, {}, opts)
        publish(self, build(self, name, arguments, code, NAME_BASED))
