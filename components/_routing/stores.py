"""What the router remembers, and where the version apps keep theirs: accounts with no more in each than one kind of reader needs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage

from .._children.accounts import Account, make_account, make_host_account, make_packages_account
from .._children.foundation import Place
from .wanted import RoutingArguments

STATE_TABLE = "RouterState"
REQUESTS = "requests"
VERSIONS = "versions"
"""Container of the packages of all versions: operators write, version apps read."""
WORK_QUEUE = "router-work"
BLUEPRINTS = "blueprints"


@dataclass(frozen=True)
class Stores:
    host: Account
    """The router's own host storage, with its keys: for nobody else."""
    packages: Account
    """The router's code and the blueprint."""
    state: Account
    """State table, stored requests, the monitor's queue, packages of versions."""
    durable: Account
    """Task hubs of the lines and, if shared, the tracking store. Outlives them all."""
    apps: Account
    """Host storage of the version apps."""
    versions: storage.BlobContainer
    made: tuple[pulumi.Resource, ...]
    """What must be there before the router begins."""


def make_stores(place: Place, arguments: RoutingArguments) -> Stores:
    protect = arguments.storage.protect_state
    state = make_account(place, arguments, "state", arguments.account("state"), shared_keys=False, protect=protect)
    durable = make_account(place, arguments, "durable", arguments.account("durable"), shared_keys=False, protect=protect)
    apps = make_account(place, arguments, "apps", arguments.account("apps"), shared_keys=False, protect=False)
    table = storage.Table(
        f"{place.name}-state-table",
        account_name=_named(state),
        resource_group_name=place.group,
        table_name=STATE_TABLE,
        opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(protect=protect)),
    )
    queue = storage.Queue(
        f"{place.name}-work-queue", account_name=_named(state), resource_group_name=place.group, queue_name=WORK_QUEUE, opts=place.options
    )
    # Whoever uploads a package notes it in the container's metadata.
    versions = container(place, state, VERSIONS, ignore=("metadata",))
    requests = container(place, state, REQUESTS)
    return Stores(
        make_host_account(place, arguments),
        make_packages_account(place, arguments),
        state,
        durable,
        apps,
        versions,
        (table, queue, versions, requests),
    )


def container(place: Place, account: Account, name: str, *, ignore: tuple[str, ...] = ()) -> storage.BlobContainer:
    return storage.BlobContainer(
        f"{place.name}-{name}-container",
        account_name=_named(account),
        container_name=name,
        resource_group_name=place.group,
        public_access=storage.PublicAccess.NONE,
        opts=pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(ignore_changes=list(ignore))),
    )


def _named(account: Account) -> pulumi.Output[str]:
    """Its name, once it is there."""
    return account.id.apply(lambda _: account.name)


__all__ = ["BLUEPRINTS", "REQUESTS", "STATE_TABLE", "VERSIONS", "WORK_QUEUE", "Stores", "container", "make_stores"]
