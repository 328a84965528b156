"""Requests to Azure Resource Manager: paths and JSON in, JSON out, with the retries of `retrying`.

Raw requests, over azure-core's pipeline: what a swap needs to know (`slotSwapStatus`, `targetSwapSlot`, the operation behind a 202) is in
the bodies, and a swap may be asked for once only, which a client with retries of its own does not promise.

DURABLE_DEPLOY_ARM_ENDPOINT names another Resource Manager than the public cloud's: a sovereign cloud's, or an embedded one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest

from ..problem import UNEXPECTED, UNKNOWN, OperationProblem
from .credentials import ca_bundle
from .retrying import PATIENCE, Again, attempts, is_worth_another, retry_after, says_in_progress

PUBLIC = "https://management.azure.com"
WEB = "2024-04-01"
"""The version of Microsoft.Web's REST interface. With another provider's path, give its own."""
STORAGE = "2023-05-01"

_READING_POSTS = ("list", "listkeys", "listkeysforsite", "slotsdiffs", "sync", "syncfunctiontriggers")
"""Last segments of POSTs that may be repeated: they read, or do the same again."""


class ArmFailed(OperationProblem):
    """Azure refused, or did not answer. `status` is None if no answer came: then it is not known whether it was done."""

    def __init__(self, what: str, status: int | None, code: str, message: str) -> None:
        said = f"{code}: {message}" if code else message
        heading = f"{what}: no answer" if status is None else f"{what}: {status}"
        super().__init__(f"{heading}. {said}", UNKNOWN if status is None or status in (401, 403) or status >= 500 else UNEXPECTED)
        self.status, self.azure_code, self.message = status, code, message

    @property
    def in_progress(self) -> bool:
        """Another operation holds the site, and ends by itself."""
        return self.status == 409 and says_in_progress(f"{self.azure_code} {self.message}")


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def operation(self) -> str | None:
        """Where to ask how it ends; None if it has ended."""
        if self.status != 202:
            return None
        lower = {name.lower(): value for name, value in self.headers.items()}
        return lower.get("location") or lower.get("azure-asyncoperation")


class Arm:
    """`say` is told of every wait before another attempt: reason and seconds. `pause` sleeps."""

    def __init__(
        self,
        credential: TokenCredential,
        *,
        endpoint: str | None = None,
        bundle: str | None = None,
        say: Callable[[str, float], None] = lambda _reason, _seconds: None,
        pause: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self.endpoint = (endpoint or os.environ.get("DURABLE_DEPLOY_ARM_ENDPOINT") or PUBLIC).rstrip("/")
        self._say, self._pause, self._patience = say, pause, patience
        policies = [UserAgentPolicy("durable-deploy"), BearerTokenCredentialPolicy(credential, f"{self.endpoint}/.default")]
        verify = bundle or ca_bundle()
        options: dict[str, Any] = {} if verify is None else {"connection_verify": verify}
        self._client: PipelineClient[Any, Any] = PipelineClient(self.endpoint, policies=policies, **options)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, *, version: str = WEB) -> Any:
        """The body. Raises ArmFailed."""
        return self.request("GET", path, version=version).body

    def find(self, path: str, *, version: str = WEB) -> Any:
        """The body, or None if it is not there. Raises ArmFailed for everything else."""
        try:
            return self.get(path, version=version)
        except ArmFailed as error:
            if error.status == 404 and error.azure_code != "SubscriptionNotFound":
                return None
            raise

    def post(self, path: str, body: Any = None, *, version: str = WEB) -> Answer:
        """Repeated only if it reads; anything else only after 429, when nothing was done."""
        return self.request("POST", path, body, version=version)

    def put(self, path: str, body: Any, *, version: str = WEB) -> Any:
        return self.request("PUT", path, body, version=version).body

    def request(self, method: str, path: str, body: Any = None, *, version: str = WEB, repeatable: bool | None = None) -> Answer:
        """`path` is a resource id, or what a 202 named. Raises ArmFailed, after the retries that `retrying` allows."""
        if repeatable is None:
            repeatable = method != "POST" or path.rsplit("/", 1)[-1].lower() in _READING_POSTS
        try:
            return attempts(self._pause, self._patience, self._say)(self._once, method, path, body, version, repeatable)
        except Again as error:
            raise error.cause from None

    def _once(self, method: str, path: str, body: Any, version: str, repeatable: bool) -> Answer:
        what = f"{method} {path.partition('?')[0]}"
        try:
            response = self._client.send_request(HttpRequest(method, self._url(path, version), json=body))
            text = response.text()
        except ClientAuthenticationError as error:
            raise OperationProblem(
                f"Nobody is signed in to Azure: {_first_line(error)}. Run `az login`, or see docs/operating.md."
            ) from None
        except AzureError as error:
            failed = ArmFailed(what, None, "", _first_line(error))
            raise (Again(str(failed), None, failed) if repeatable else failed) from None
        if response.status_code < 400:
            return Answer(response.status_code, _parsed(what, text), dict(response.headers))
        refused = ArmFailed(what, response.status_code, *_error(text))
        if is_worth_another(response.status_code, text, repeatable=repeatable):
            raise Again(str(refused), retry_after(response.headers, datetime.now(UTC)), refused)
        raise refused

    def _url(self, path: str, version: str) -> str:
        if path.startswith("https://"):
            return path
        return f"{self.endpoint}/{quote(path.lstrip('/'), safe='/()$,;=@:')}?api-version={version}"


def _parsed(what: str, text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise ArmFailed(what, None, "", f"the answer is no JSON: {text[:80]!r}") from None


def _error(text: str) -> tuple[str, str]:
    """Code and message, from either of the shapes that ARM and App Service use."""
    try:
        body = json.loads(text)
        inner = body.get("error", body)
        return str(inner.get("code") or inner.get("Code") or ""), str(inner.get("message") or inner.get("Message") or text)
    except (ValueError, AttributeError):
        return "", text[:300]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


__all__ = ["PUBLIC", "STORAGE", "WEB", "Answer", "Arm", "ArmFailed"]
