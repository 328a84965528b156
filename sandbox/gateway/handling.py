"""One request from its arrival to its answer. Knows no sockets: the server gives it a way to send a request on.

Whatever goes wrong on the way ends in `on-error` and a 500; what it was is noted in `failures`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from sandbox.arm import ControlPlane
from sandbox.resources.api_management import opens

from . import problems
from .document import Format
from .expressions import PolicyFailed, PolicyRefused
from .headers import Headers
from .live import Api, Live, Service
from .matching import find_api
from .messages import Answer, Onward, Request
from .policy import Passage, Policy
from .urls import Url

Send = Callable[[Onward], Answer]
"""Raises PolicyFailed where the backend can't be reached or does not answer in time."""
_DEFAULT = (
    "<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>"
)


class Handler:
    def __init__(self, plane: ControlPlane, live: Live) -> None:
        self._plane, self._live = plane, live
        self.failures: list[str] = []
        """Why the gateway has answered 500, the latest last."""

    def handle(self, request: Request, send: Send) -> Answer:
        """`request.url` names the service by its host."""
        host = urlsplit(request.url).hostname or ""
        service = self._live.service(host)
        api = None if service is None else find_api(service, request.method, request.url)
        if service is None or api is None:
            return problems.not_found()
        try:
            passage = _policy(service, api).begin(request, api_path=api.properties["path"], service_url=api.properties.get("serviceUrl"))
        except PolicyRefused as problem:  # a named value that was changed to something the policy can't hold
            return self._failed(str(problem))
        refusal = self._refusal(service, api, request, host)
        if refusal is not None:
            return passage.failed(*refusal)
        return self._through(passage, send)

    def _through(self, passage: Passage, send: Send) -> Answer:
        try:
            onward = passage.inbound()
            answer = Answer(200) if onward is None else send(onward)
        except PolicyFailed as problem:
            return passage.failed(problem, self._failed(str(problem)))
        if onward is not None and onward.forward.fail_on_error_status_code and answer.status >= 400:
            return passage.failed(PolicyFailed("BackendErrorStatus", f"the backend has answered {answer.status}"), answer)
        try:
            return passage.outbound(answer)
        except PolicyFailed as problem:
            return passage.failed(problem, self._failed(str(problem)))

    def _refusal(self, service: Service, api: Api, request: Request, host: str) -> tuple[PolicyFailed, Answer] | None:
        """The query parameter counts only without the header, and a key that is no good is refused even where none is needed ("Subscriptions in
        Azure API Management")."""
        names = api.properties.get("subscriptionKeyParameterNames") or {}
        header, parameter = names.get("header", "Ocp-Apim-Subscription-Key"), names.get("query", "subscription-key")
        key = Headers(request.headers).value(header) or Url.of(request.url).query.value(parameter)
        if not key:
            needed = api.properties.get("subscriptionRequired", True)
            return problems.unauthorized(host, header, missing=True) if needed else None
        if opens(self._plane, service.id, api.name, key):
            return None
        return problems.unauthorized(host, header, missing=False)

    def _failed(self, why: str) -> Answer:
        self.failures.append(why)
        return problems.failed()


def _policy(service: Service, api: Api) -> Policy:
    given = api.policy or {"value": _DEFAULT, "format": "rawxml"}
    return _read(given["value"], given.get("format", "xml"), tuple(service.named_values.items()), tuple(service.backends.items()))


@lru_cache(maxsize=64)
def _read(text: str, format: Format, named_values: tuple[tuple[str, str], ...], backends: tuple[tuple[str, str], ...]) -> Policy:
    return Policy.read(text, dict(named_values), dict(backends), format=format)


__all__ = ["Handler", "Send"]
