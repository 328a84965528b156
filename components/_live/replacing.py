"""Changed arguments that would replace what a live slot stands on: refused with the argument's name, instead of by its resource's URN.

Durable accounts are not looked at here: swap parity refuses a slot that names an account it doesn't know. A changed resource group or
site name can't be told from a first deployment; then the engine refuses to delete what is protected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pulumi

from .. import _defaults as defaults
from .._azure import setting_names as names
from .._wanted import CommonArguments
from .reading import Settings
from .settings import account_of


def moved_account(slots: Mapping[str, Settings], arguments: CommonArguments) -> str | None:
    """A host account with another name: function keys, leases and blob receipts would be lost with the old one."""
    for slot, settings in slots.items():
        uri = settings.get(f"{names.HOST_STORAGE}__blobServiceUri")
        if uri and account_of(uri) != arguments.host_account:
            field = "existing_host_account" if arguments.storage.existing_host_account else "host_account"
            return (
                f"storage.{field} = '{arguments.host_account}': slot '{slot}' uses '{account_of(uri)}' as its host storage, and a protected account "
                f"is not replaced. Set storage.{field} to '{account_of(uri)}', or storage.protect_state to false if it may go."
            )
    return None


def moved_packages(slots: Mapping[str, Settings], arguments: CommonArguments) -> str | None:
    """Another packages account, while a slot runs a package that this component uploaded to the old one: it would be gone at the next start."""
    own = rf"/{defaults.PACKAGE_CONTAINER}/{re.escape(arguments.site.name)}-[0-9a-f]{{16}}\.zip$"
    elsewhere = account_of(arguments.package.url) if arguments.package.url is not None else None
    for slot, settings in slots.items():
        url = settings.get(names.RUN_FROM_PACKAGE, "").partition("?")[0]
        if re.search(own, url) and account_of(url) not in (arguments.packages_account, elsewhere):
            return (
                f"storage.packages_account = '{arguments.packages_account}': slot '{slot}' runs its code from '{account_of(url)}', which would be "
                f"deleted under it. Set storage.packages_account to '{account_of(url)}'."
            )
    return None


def moved_region(live: str | None, wanted: str, arguments: CommonArguments) -> str | None:
    """Another region for everything: no account can move. Azure and azure-native compare regions without case and spaces."""
    if live is None or _plain(live) == _plain(wanted):
        return None
    path = "resource_group.location" if arguments.resource_group.location else "azure-native:location (resource_group.location is left out)"
    return (
        f"{path} = '{wanted}': the storage of this app is in '{live}', and protected accounts are not replaced. "
        f"Set it to '{live}', or deploy an app with another name to the new region."
    )


def wanted_region(arguments: CommonArguments) -> str | None:
    return arguments.resource_group.location or pulumi.Config("azure-native").get("location")


def _plain(region: str) -> str:
    return region.replace(" ", "").lower()
