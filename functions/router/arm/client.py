"""Requests to Azure Resource Manager: paths and JSON in, JSON out, over azure-core's pipeline alone.

No management SDKs: they would triple the package for a dozen calls, and OneDeploy's body is in none of them. Requests that may be carried
out twice are asked for again when no answer came.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from azure.core import AsyncPipelineClient
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest

from .problems import ArmProblem, Throttled
from .retrying import THROTTLED, is_worth_another, pause_before, retry_after

PUBLIC = "https://management.azure.com"
WEB = "2024-04-01"
"""The version of Microsoft.Web's REST interface. With another provider's path, give its own."""
STORAGE = "2023-05-01"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


class ArmClient:
    """An asynchronous context manager. `transport` and `options` go to azure-core; `pause` sleeps; `clock` gives seconds that only grow."""

    def __init__(
        self,
        credential: AsyncTokenCredential,
        *,
        endpoint: str = PUBLIC,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        **options: Any,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.pause = pause
        self._clock = clock
        self._closed_until = 0.0
        """Before this moment Azure wants no requests from us."""
        policies = [UserAgentPolicy("durable-deploy-router"), AsyncBearerTokenCredentialPolicy(credential, f"{self.endpoint}/.default")]
        self._client: AsyncPipelineClient[Any, Any] = AsyncPipelineClient(self.endpoint, policies=policies, **options)

    async def __aenter__(self) -> ArmClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def get(self, path: str, *, version: str = WEB) -> Any:
        return (await self.request("GET", path, version=version)).body

    async def find(self, path: str, *, version: str = WEB) -> Any:
        """The body, or None if it is not there."""
        try:
            return await self.get(path, version=version)
        except ArmProblem as problem:
            if problem.status == 404 and problem.code not in ("SubscriptionNotFound", "ResourceGroupNotFound"):
                return None
            raise

    async def list(self, path: str, *, version: str = WEB) -> AsyncIterator[Any]:
        """Of every page. Raises before a page is missing: half a list is no list."""
        page: str | None = path
        while page:
            body = await self.get(page, version=version)
            if not isinstance(body, dict) or not isinstance(body.get("value"), list):
                raise ArmProblem(None, "", f"the list at {path} has no 'value'")
            for item in body["value"]:
                yield item
            page = body.get("nextLink")

    async def put(self, path: str, body: Any, *, version: str = WEB, repeat: bool = True) -> Answer:
        return await self.request("PUT", path, body, version=version, repeat=repeat)

    async def patch(self, path: str, body: Any, *, version: str = WEB) -> Answer:
        return await self.request("PATCH", path, body, version=version)

    async def post(self, path: str, body: Any = None, *, version: str = WEB) -> Answer:
        """Only what may be done twice: lists, a restart, a synchronisation."""
        return await self.request("POST", path, body, version=version)

    async def delete(self, path: str, *, version: str = WEB, query: str = "") -> Answer:
        """What is not there any more is deleted: 404 is an answer here."""
        try:
            return await self.request("DELETE", path, version=version, query=query)
        except ArmProblem as problem:
            if problem.status == 404:
                return Answer(404)
            raise

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str = WEB,
        query: str = "",
        repeat: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`path` is a resource id, or an absolute URL that an answer named. Raises ArmProblem, Throttled among them.

        `repeat` False: only what certainly was not carried out, 429, is asked for again.
        """
        url = self.url(path, version, query)
        attempt = 1
        while True:
            self._refuse_while_closed()
            try:
                return await self._once(method, url, body, headers)
            except _Again as again:
                attempt += 1
                seconds = pause_before(attempt, again.asked)
                if seconds is None or not (repeat or again.status == 429):
                    raise self._given_up(again) from None
                await self.pause(seconds)

    def url(self, path: str, version: str, query: str = "") -> str:
        """Raises ArmProblem for an address outside of this Resource Manager: the token is for nobody else."""
        if "://" not in path:
            more = f"&{query}" if query else ""
            return f"{self.endpoint}/{quote(path.lstrip('/'), safe='/()$,;=@:%')}?api-version={version}{more}"
        asked, own = urlsplit(path), urlsplit(self.endpoint)
        host, ours = (asked.hostname or "").lower(), (own.hostname or "").lower()
        same_port = asked.port == own.port or (asked.port in (None, 443) and own.port in (None, 443))
        if asked.scheme != own.scheme or not (host == ours or host.endswith(f".{ours}")) or not same_port or asked.username is not None:
            raise ArmProblem(None, "", f"an answer names an address that is not Resource Manager's: {host}")
        return path

    async def _once(self, method: str, url: str, body: Any, headers: Mapping[str, str] | None) -> Answer:
        more = dict(headers or {})
        request = HttpRequest(method, url, headers=more) if body is None else HttpRequest(method, url, json=body, headers=more)
        try:
            response = await self._client.send_request(request)
            text = response.text()
        except AzureError as error:
            first = (str(error).splitlines() or [type(error).__name__])[0]
            raise _Again(None, None, f"{method} {urlsplit(url).path}: {first}") from None
        if response.status_code < 400:
            return Answer(response.status_code, _parsed(text), dict(response.headers))
        code, message = _error(text)
        if is_worth_another(response.status_code, f"{code} {message}"):
            asked = retry_after(response.headers, datetime.now(UTC))
            if asked is not None and response.status_code in THROTTLED:
                self._closed_until = max(self._closed_until, self._clock() + asked)
            raise _Again(response.status_code, asked, message, code)
        raise ArmProblem(response.status_code, code, message)

    def _refuse_while_closed(self) -> None:
        """Only a wait that no single request would sit out; a shorter one is over by the time that the request has paused for it."""
        left = self._closed_until - self._clock()
        if left > 0 and pause_before(2, left) is None:
            raise Throttled(429, left)

    def _given_up(self, again: _Again) -> ArmProblem:
        if again.status in THROTTLED and again.asked is not None:
            return Throttled(again.status or 429, again.asked, again.message)
        if again.status == 429:
            return Throttled(429, 30.0, again.message)
        return ArmProblem(again.status, again.code, again.message)


class _Again(Exception):
    def __init__(self, status: int | None, asked: float | None, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.asked, self.message, self.code = status, asked, message, code


def _parsed(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise ArmProblem(None, "", f"the answer is no JSON: {text[:80]!r}") from None


def _error(text: str) -> tuple[str, str]:
    """Code and message, from either of the shapes that ARM and App Service use."""
    try:
        body = json.loads(text)
        inner = body.get("error", body)
        return str(inner.get("code") or inner.get("Code") or ""), str(inner.get("message") or inner.get("Message") or text)
    except (ValueError, AttributeError):
        return "", text


__all__ = ["PUBLIC", "STORAGE", "WEB", "Answer", "ArmClient"]
