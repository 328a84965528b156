"""Requests to the router, with its master key, which Azure lists to whoever may deploy. Nothing is sent twice except what only reads."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from typing import Any

from ..azure import Arm, ca_bundle
from ..problem import BUSY, UNEXPECTED, UNKNOWN, USAGE, OperationProblem, Unknown
from .place import Router

TIMEOUT = 120.0
"""Seconds. A deployment reads the package before it answers."""


class Refused(OperationProblem):
    """The router's own words. `details` is all that it said."""

    def __init__(self, status: int, details: dict[str, Any]) -> None:
        self.status, self.details = status, details
        self.code_word = str(details.get("code") or "")
        code = BUSY if self.code_word == "Busy" else UNKNOWN if status >= 500 or status in (401, 403) else USAGE
        super().__init__(str(details.get("message") or f"The router answered {status} and gave no reason."), code)


class RouterClient:
    def __init__(self, router: Router, arm: Arm) -> None:
        self._router, self._arm = router, arm
        self._key: str | None = None
        self._context = ssl.create_default_context(cafile=ca_bundle())

    def versions(self) -> dict[str, Any]:
        """All lines and versions, as `GET /api/versions` gives them. Raises OperationProblem."""
        return self._send("GET", "/api/versions")

    def deploy(self, version: str, package: str, digest: str, *, rollback: bool) -> dict[str, Any]:
        body = {"version": version, "package": package, "digest": digest, "rollback": rollback}
        return self._send("POST", "/api/deployments", body)

    def retire(self, line: str, force: int | str | None) -> dict[str, Any]:
        """`force`: the count of active instances that an operator accepts to lose, or `unknown`. Raises Refused while it is busy."""
        return self._send("POST", f"/api/versions/{line}/retire", {"force": force})

    def retry(self, line: str) -> dict[str, Any]:
        return self._send("POST", f"/api/versions/{line}/retry", {})

    def pin(self, line: str) -> dict[str, Any]:
        return self._send("PUT", "/api/default", {"line": line})

    def unpin(self) -> dict[str, Any]:
        return self._send("DELETE", "/api/default")

    def _send(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"x-functions-key": self._with_key(), "Accept": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self._router.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT, context=self._context) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, _said(error.read())) from None
        except OSError as error:
            raise Unknown(f"The router at {self._router.url} does not answer: {getattr(error, 'reason', error)}.{_left(method)}") from None
        found = _json(text)
        if not isinstance(found, dict):
            raise OperationProblem(f"{self._router.url}{path} did not answer as a router does. Is router_url the router's?", UNEXPECTED)
        return found

    def _with_key(self) -> str:
        if self._key is None:
            keys = self._arm.post(f"{self._router.site_id}/host/default/listkeys").body or {}
            self._key = keys.get("masterKey")
            if not self._key:
                raise Unknown(
                    f"'{self._router.site}' has no host key yet: the router has not run. Look at it with: python -m operations status."
                )
        return self._key


def _said(text: bytes) -> dict[str, Any]:
    found = _json(text)
    error = found.get("error") if isinstance(found, dict) else None
    return error if isinstance(error, dict) else {}


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _left(method: str) -> str:
    return "" if method == "GET" else " It may have done what was asked: look with `python -m operations versions`."


__all__ = ["Refused", "RouterClient"]
