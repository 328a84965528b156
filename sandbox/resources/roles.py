"""Microsoft.Authorization/roleAssignments, and the question that the storage proxy asks of them: may this principal do that here?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId, ResourceType
from sandbox.arm.store import Body

from .identities import known_principals
from .role_ids import BUILT_IN_ROLES
from .tracked import Tracked

_TYPE = "Microsoft.Authorization/roleAssignments"
_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class RoleAssignments(Tracked):
    """Effective `role_delay` seconds after it was made: Azure takes up to ten minutes (Microsoft docs, "Troubleshoot Azure RBAC").

    A principal that the directory does not know is refused unless `principalType` is given, which is what that page advises for
    identities that were only just made.
    """

    name = _TYPE
    name_rule = _GUID
    name_help = "a GUID"

    def __init__(self, role_delay: float = 0.0) -> None:
        super().__init__()
        self.role_delay = role_delay

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        properties = body.get("properties") or {}
        role, principal = _role(properties), str(properties.get("principalId", ""))
        if role not in BUILT_IN_ROLES:
            raise ArmError(404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{role}' does not exist.")
        self._check_principal(principal, properties)
        wanted = (role, principal.lower(), request.id.scope.lower())
        for id, other in self.plane.store.of_type(_TYPE):
            if id.key != request.id.key and _grant(id, other) == wanted:
                raise ArmError(
                    409,
                    "RoleAssignmentExists",
                    f"The role assignment already exists. The ID of the existing role assignment is {id.name.replace('-', '')}.",
                )
        if before is not None and _grant(request.id, before) != wanted:
            raise ArmError(
                400, "RoleAssignmentUpdateNotPermitted", "Tenant ID, application ID, principal ID, and scope are not allowed to be updated."
            )

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {"scope": id.scope, "principalType": properties.get("principalType", "ServicePrincipal")}

    def carry_out(self, request: Request, body: Body, before: Body | None) -> None:
        if before is None:
            now = self.plane.clock()
            self.plane.store.set_hidden(request.id, {"created": now, "effective": now + self.role_delay})

    def require_parent(self, id: ResourceId) -> None:
        try:
            scope = ResourceId.parse(id.scope)
        except ValueError as problem:
            raise ArmError(400, "InvalidScope", str(problem)) from problem
        if not scope.is_type("Microsoft.Resources/subscriptions") and self.plane.store.get(scope) is None:
            self._scope_type(scope).existing(scope)  # blobServices/default is a scope without having been put; what does not exist is a 404

    def _scope_type(self, scope: ResourceId) -> ResourceType:
        try:
            return self.plane.type_named(scope.type)
        except KeyError:
            raise ArmError(
                400, "InvalidScope", f"The embedded Azure does not know the resource type {scope.type!r} of the scope."
            ) from None

    def _check_principal(self, principal: str, properties: Body) -> None:
        known = re.fullmatch(_GUID, principal) and (properties.get("principalType") or principal.lower() in known_principals(self.plane))
        if not known:
            raise ArmError(
                400,
                "PrincipalNotFound",
                f"Principal {principal} does not exist in the directory. Check that you have the correct principal ID. If you are creating this principal and then "
                "immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property.",
            )


def has_role(plane: ControlPlane, principal: str, role_ids: Iterable[str], resource_id: str) -> bool:
    """Whether `principal` holds one of the roles on the resource, its group or its subscription, and the assignment is effective by now."""
    wanted, target = {role.lower() for role in role_ids}, resource_id.rstrip("/").lower() + "/"
    return any(
        _role(body["properties"]) in wanted
        and body["properties"]["principalId"].lower() == principal.lower()
        and target.startswith(id.scope.rstrip("/").lower() + "/")
        and plane.store.hidden(id).get("effective", 0.0) <= plane.clock()
        for id, body in plane.store.of_type(_TYPE)
    )


def _role(properties: Body) -> str:
    return str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1].lower()


def _grant(id: ResourceId, body: Body) -> Any:
    return _role(body["properties"]), body["properties"]["principalId"].lower(), id.scope.lower()
