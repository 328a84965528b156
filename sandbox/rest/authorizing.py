"""May this principal do that? What ARM asks before a resource provider sees a request.

Actions and their names: Microsoft docs, "Azure resource provider operations". Linked access: who puts a site must also be allowed to join its
plan and its subnet, and to assign its identities (Microsoft docs, "Manage user-assigned managed identities", "Understand scope for Azure RBAC").
The operator that `pulumi` and people are signed in as here may do everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.arm import ArmError, ControlPlane, ResourceId
from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.resources import has_role
from sandbox.resources.role_actions import roles_with

_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}


def require_rights(plane: ControlPlane, principal: str, method: str, path: str, body: Any) -> None:
    """Raises ArmError 403 for the first action that no effective role assignment of the principal carries."""
    if principal.lower() == OPERATOR_OBJECT_ID.lower():
        return
    for action, scope in [*_asked(method, path), *(_linked(body) if method in ("PUT", "PATCH") else ())]:
        if not has_role(plane, principal, roles_with(action), scope):
            raise ArmError(
                403,
                "AuthorizationFailed",
                f"The client '{principal}' with object id '{principal}' does not have authorization to perform action '{action}' over scope "
                f"'{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
            )


def _asked(method: str, path: str) -> Iterator[tuple[str, str]]:
    """What is no id of anything is left to the control plane, which refuses it in its own words."""
    path = path.rstrip("/")
    try:
        id = ResourceId.parse(path)
        yield (f"{_kind(id)}/action", str(id)) if method == "POST" else (f"{_kind(id)}/{_VERBS[method]}", str(id))
        return
    except (ValueError, KeyError):
        pass
    try:
        if method == "POST":
            id, action = ResourceId.parse(path.rpartition("/")[0]), path.rpartition("/")[2]
            yield f"{_kind(id)}/{action}/action", str(id)
        else:  # a collection: the right counts at what holds it
            id = ResourceId.parse(f"{path}/-")
            yield f"{_kind(id)}/{_VERBS[method]}", str(id.parent) if id.parent else id.scope
    except (ValueError, KeyError):
        return


def _linked(body: Any) -> Iterator[tuple[str, str]]:
    properties = (body or {}).get("properties") or {}
    if plan := properties.get("serverFarmId"):
        yield "Microsoft.Web/serverFarms/join/action", plan
    if subnet := properties.get("virtualNetworkSubnetId"):
        yield "Microsoft.Network/virtualNetworks/subnets/join/action", subnet
    for identity in ((body or {}).get("identity") or {}).get("userAssignedIdentities") or {}:
        yield "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", identity


def _kind(id: ResourceId) -> str:
    return "Microsoft.Resources/subscriptions/resourceGroups" if id.is_type("Microsoft.Resources/resourceGroups") else id.type


__all__ = ["require_rights"]
