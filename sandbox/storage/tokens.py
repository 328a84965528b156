"""Access tokens of the embedded Azure: shaped like those of Entra ID, signed with a secret that only this sandbox has.

Azurite reads aud, iss, nbf, iat and exp, and needs oid and tid for a user delegation key; it does not check the signature. The
proxy in front of it does, so that nobody can write himself another principal's token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from azure.core.credentials import AccessToken

from sandbox.arm.subscription import DEFAULT_TENANT

LIFETIME = 3600
"""Seconds. Entra ID gives managed identities 24 hours; an hour makes clients renew within a long session."""


class TokenRefused(Exception):
    """The message is the reason."""


class Tokens:
    """`now` is real time, also where the control plane runs on a clock of its own: Azurite compares with the machine's."""

    def __init__(self, secret: bytes, *, tenant: str = DEFAULT_TENANT, now: Callable[[], float] = time.time) -> None:
        self.tenant = tenant
        self._secret = secret
        self._now = now

    def issue(self, principal: str, audience: str, *, client_id: str | None = None, lifetime: int = LIFETIME) -> AccessToken:
        """A token of `principal` (its object id) for `audience`, such as https://storage.azure.com. A negative lifetime is one that ended."""
        now = int(self._now())
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{self.tenant}/",
            "iat": now + min(lifetime, 0) - 1,
            "nbf": now + min(lifetime, 0) - 1,
            "exp": now + lifetime,
            "oid": principal,
            "sub": principal,
            "tid": self.tenant,
            "appid": client_id or principal,
            "idtyp": "app",
            "ver": "1.0",
        }
        signed = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
        return AccessToken(f"{signed}.{self._signature(signed)}", now + lifetime)

    def principal(self, token: str, accepts: Callable[[str], bool]) -> str:
        """The object id that `token` speaks for. `accepts` decides about its audience. Raises TokenRefused."""
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            raise TokenRefused("The signature is invalid: the token is not one of this sandbox.")
        try:
            claims = json.loads(_decode(signed.partition(".")[2]))
        except (ValueError, binascii.Error):
            raise TokenRefused("The token is malformed.") from None
        if self._now() >= claims["exp"]:
            raise TokenRefused("Lifetime validation failed. The token is expired.")
        if not accepts(claims["aud"]):
            raise TokenRefused(f"Audience validation failed. The token is for {claims['aud']!r}.")
        return str(claims["oid"])

    def credential(self, principal: str) -> PrincipalCredential:
        """A credential for the Azure SDKs that is signed in as `principal`."""
        return PrincipalCredential(self, principal)

    def _signature(self, signed: str) -> str:
        return _base64(hmac.new(self._secret, signed.encode(), hashlib.sha256).digest())


class PrincipalCredential:
    """azure-core's TokenCredential for one principal, without a token endpoint in between."""

    def __init__(self, tokens: Tokens, principal: str) -> None:
        self._tokens, self._principal = tokens, principal

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        return self._tokens.issue(self._principal, scopes[0].removesuffix("/.default"))


def _encode(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
