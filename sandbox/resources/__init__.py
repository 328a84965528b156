"""The ARM types that are not Microsoft.Web: groups, identities, storage, role assignments, monitoring, Durable Task,
API Management.

`all_types(storage)` for the control plane; `restore_accounts(plane)` once, when a store was read from disk; `has_role` for whoever
guards a data plane.
"""

from __future__ import annotations

from typing import cast

from sandbox.arm import ControlPlane, ResourceType
from sandbox.storage.service import StorageService

from .api_management import api_management_types
from .blobs import Blobs
from .durable_task import Schedulers, TaskHubs
from .groups import ResourceGroups
from .identities import UserAssignedIdentities
from .monitoring import Components, Workspaces
from .roles import RoleAssignments, has_role
from .storage_accounts import StorageAccounts, account_of, shared_key_allowed
from .storage_services import Containers, Services, queues, tables
from .tracked import Tracked


def all_types(storage: StorageService, *, role_delay: float = 0.0) -> list[ResourceType]:
    """`role_delay`: seconds until a role assignment takes effect, by the control plane's clock."""
    account = "Microsoft.Storage/storageAccounts"
    services = [Services(f"{account}/{kind}Services") for kind in ("blob", "table", "queue", "file")]
    return [
        ResourceGroups(storage),
        UserAssignedIdentities(),
        StorageAccounts(storage),
        *services,
        Tracked(f"{account}/managementPolicies"),
        Containers(storage),
        Blobs(storage),
        tables(storage),
        queues(storage),
        RoleAssignments(role_delay),
        Workspaces(),
        Components(),
        Schedulers(),
        TaskHubs(),
        *api_management_types(),
    ]


def restore_accounts(plane: ControlPlane) -> None:
    """Makes the storage service know the accounts of a store that was read from disk. To be called once, at start."""
    cast(StorageAccounts, plane.type_named(StorageAccounts.name)).restore()


__all__ = ["account_of", "all_types", "has_role", "restore_accounts", "shared_key_allowed"]
