"""Who may do what with the data: the decision of the storage proxy, from the control plane's store. Azurite itself has no roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox.arm import ControlPlane
from sandbox.resources import has_role

from .operations import ROLES_FOR, Operation, operation
from .tokens import TokenRefused, Tokens

_ACCOUNTS = "Microsoft.Storage/storageAccounts"


@dataclass(frozen=True)
class Refusal:
    status: int
    code: str
    message: str
    challenge: bool = False
    """Whether the answer tells the client where to get a token, as Azure does with 401."""


UNKNOWN_ACCOUNT = Refusal(404, "ResourceNotFound", "The specified resource does not exist.")
"""In Azure the account's host name would not resolve."""
KEYS_OFF = Refusal(403, "KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted on this storage account.")
NO_RIGHT = Refusal(
    403, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission."
)
ANONYMOUS_BLOB = Refusal(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
ANONYMOUS = Refusal(
    401,
    "NoAuthenticationInformation",
    "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
    True,
)
"""Codes and messages: Microsoft docs, "Common REST API error codes" and "Prevent Shared Key authorization for an Azure Storage account"."""


class Admission:
    def __init__(self, plane: ControlPlane, tokens: Tokens) -> None:
        self._plane, self._tokens = plane, tokens

    def refusal(self, service: str, method: str, target: str, headers: Mapping[str, str]) -> Refusal | None:
        """Why `method target` gets no further; None lets it through to Azurite, which verifies signatures of keys and SAS.

        `target` is path and query as sent, `/<account>/…?…`. May wait for the store's lock.
        """
        path, _, query_text = target.partition("?")
        name, _, below = path.lstrip("/").partition("/")
        found = self._account(name)
        if found is None:
            return UNKNOWN_ACCOUNT
        account, keys_on = found
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        wanted = operation(service, method, below, query)
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token(account, service, wanted, token)
        if scheme.lower() in ("sharedkey", "sharedkeylite") or ("sig" in query and "skoid" not in query):
            return None if keys_on else KEYS_OFF
        if "sig" in query:
            # What a user delegation SAS grants is cut down to what the principal behind it may do.
            return self._by_role(account, wanted, query["skoid"])
        return ANONYMOUS_BLOB if service == "blob" else ANONYMOUS

    def _account(self, name: str) -> tuple[str, bool] | None:
        for id, body in self._plane.store.of_type(_ACCOUNTS):
            if id.name == name:
                return str(id), body["properties"].get("allowSharedKeyAccess") is not False
        return None

    def _by_token(self, account: str, service: str, wanted: Operation, token: str) -> Refusal | None:
        own = f"https://{account.rsplit('/', 1)[-1]}.{service}.core.windows.net"
        try:
            principal = self._tokens.principal(token, lambda audience: audience.rstrip("/") in ("https://storage.azure.com", own))
        except TokenRefused as reason:
            return Refusal(401, "InvalidAuthenticationInfo", f"Server failed to authenticate the request. {reason}", challenge=True)
        return self._by_role(account, wanted, principal)

    def _by_role(self, account: str, wanted: Operation, principal: str) -> Refusal | None:
        return None if has_role(self._plane, principal, ROLES_FOR[wanted.right], account + wanted.below) else NO_RIGHT
