"""The token endpoint of one app: it knows the identities that are assigned to the app, and no others.

Source: Microsoft docs, "How to use managed identities for App Service": without a parameter the token is the system-assigned identity's.
An app without one gets no token then; DefaultAzureCredential without a client id fails in Azure just so.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.arm import ControlPlane, ResourceId
from sandbox.arm.store import Body
from sandbox.storage.identity_endpoint import IdentityEndpoint
from sandbox.storage.tokens import Tokens


class AppIdentityEndpoint(IdentityEndpoint):
    """`slot` tells whose identities count now: a process that a swap has moved has those of the slot that it is in."""

    def __init__(self, plane: ControlPlane, tokens: Tokens, slot: Callable[[], ResourceId | None]) -> None:
        super().__init__(plane, tokens)
        self._slot = slot

    def _identity(self, query: dict[str, str]) -> tuple[str, str] | None:
        id = self._slot()
        identity: Body = ((self._plane.store.get(id) if id else None) or {}).get("identity") or {}
        asked = [query[name] for name in ("client_id", "object_id", "principal_id", "mi_res_id") if query.get(name)]
        if not asked:
            own = identity.get("principalId")
            return (own, own) if own else None
        assigned = {principal["principalId"] for principal in (identity.get("userAssignedIdentities") or {}).values()}
        found = super()._identity(query)
        return found if found is not None and found[0] in assigned else None
