"""Microsoft.ManagedIdentity/userAssignedIdentities: Azure gives each a principal and a client id; here both follow from the resource id."""

from __future__ import annotations

from sandbox.arm import ControlPlane, ResourceId
from sandbox.arm.store import Body
from sandbox.arm.subscription import DEFAULT_TENANT, OPERATOR_OBJECT_ID

from .tracked import Tracked, uuid_of

_TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"


class UserAssignedIdentities(Tracked):
    name = _TYPE
    name_rule = r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}"
    name_help = "3 to 128 letters, digits, hyphens and underscores, starting with a letter or digit"
    required = ("location",)

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        return {"tenantId": DEFAULT_TENANT, "principalId": uuid_of("principal", str(id)), "clientId": uuid_of("client", str(id))}


def system_assigned(id: ResourceId) -> Body:
    """The identity that Azure makes together with a resource and deletes with it."""
    return {"principalId": uuid_of("principal", str(id)), "tenantId": DEFAULT_TENANT}


def known_principals(plane: ControlPlane) -> set[str]:
    """The principals of the directory: who is signed in, the user-assigned identities, and the system-assigned ones of sites."""
    principals = {OPERATOR_OBJECT_ID}
    principals.update(body["properties"]["principalId"] for _, body in plane.store.of_type(_TYPE))
    for type_ in ("Microsoft.Web/sites", "Microsoft.Web/sites/slots"):
        principals.update(own for _, body in plane.store.of_type(type_) if (own := (body.get("identity") or {}).get("principalId")))
    return principals
