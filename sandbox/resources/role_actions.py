"""Which management actions the built-in roles carry: Microsoft docs, "Azure built-in roles", the `actions` of each. Only roles and actions that
matter to what the embedded Azure serves; data actions stand in `sandbox/storage/operations.py`."""

from __future__ import annotations

import re
from functools import cache

from . import role_ids as role

_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
_WEBSITE_CONTRIBUTOR = "de139f84-1756-47ae-9be6-808fbbe84772"
_WEB_PLAN_CONTRIBUTOR = "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b"
_API_MANAGEMENT_CONTRIBUTOR = "312a565d-c81f-4fd8-895a-4e21e48d571c"
_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
_COMMON = (
    "Microsoft.Authorization/*/read",
    "Microsoft.Resources/deployments/*",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
)
_CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
_DELEGATION_KEY = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
_QUEUES = "Microsoft.Storage/storageAccounts/queueServices/queues"
_TABLES = "Microsoft.Storage/storageAccounts/tableServices/tables"

ACTIONS: dict[str, tuple[str, ...]] = {
    _READER: ("*/read",),
    _CONTRIBUTOR: ("*",),
    _OWNER: ("*",),
    _WEBSITE_CONTRIBUTOR: (
        *_COMMON,
        "Microsoft.Insights/components/*",
        "Microsoft.Web/certificates/*",
        "Microsoft.Web/serverFarms/join/action",
        "Microsoft.Web/serverFarms/read",
        "Microsoft.Web/sites/*",
    ),
    _WEB_PLAN_CONTRIBUTOR: (*_COMMON, "Microsoft.Web/serverFarms/*", "Microsoft.Web/hostingEnvironments/join/action"),
    _API_MANAGEMENT_CONTRIBUTOR: (*_COMMON, "Microsoft.ApiManagement/service/*"),
    _IDENTITY_OPERATOR: (
        *_COMMON,
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
    ),
    role.STORAGE_ACCOUNT_CONTRIBUTOR: (*_COMMON, "Microsoft.Storage/storageAccounts/*"),
    role.STORAGE_BLOB_DATA_OWNER: (f"{_CONTAINERS}/*", _DELEGATION_KEY),
    role.STORAGE_BLOB_DATA_CONTRIBUTOR: (f"{_CONTAINERS}/delete", f"{_CONTAINERS}/read", f"{_CONTAINERS}/write", _DELEGATION_KEY),
    role.STORAGE_BLOB_DATA_READER: (f"{_CONTAINERS}/read", _DELEGATION_KEY),
    role.STORAGE_BLOB_DELEGATOR: (_DELEGATION_KEY,),
    role.STORAGE_QUEUE_DATA_CONTRIBUTOR: (f"{_QUEUES}/delete", f"{_QUEUES}/read", f"{_QUEUES}/write"),
    role.STORAGE_QUEUE_DATA_READER: (f"{_QUEUES}/read",),
    role.STORAGE_TABLE_DATA_CONTRIBUTOR: (f"{_TABLES}/read", f"{_TABLES}/write", f"{_TABLES}/delete"),
    role.STORAGE_TABLE_DATA_READER: (f"{_TABLES}/read",),
}
_NOT_CONTRIBUTOR = ("Microsoft.Authorization/*/delete", "Microsoft.Authorization/*/write", "Microsoft.Authorization/elevateAccess/action")


@cache
def roles_with(action: str) -> frozenset[str]:
    """Ids of the roles that carry `action`, such as `Microsoft.Web/sites/write`, in any case."""
    found = {id for id, patterns in ACTIONS.items() if any(_matches(pattern, action) for pattern in patterns)}
    return frozenset(found - {_CONTRIBUTOR} if any(_matches(pattern, action) for pattern in _NOT_CONTRIBUTOR) else found)


def _matches(pattern: str, action: str) -> bool:
    """A `*` stands for any text, slashes and nothing included: `userAssignedIdentities/*/assign/action` has `userAssignedIdentities/assign/action`."""
    text = re.escape(pattern.lower()).replace(r"/\*/", "/(.*/)?").replace(r"\*", ".*")
    return re.fullmatch(text, action.lower()) is not None


__all__ = ["ACTIONS", "roles_with"]
