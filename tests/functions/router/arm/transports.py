"""Azure-core transports for tests: one that answers from a script, and one that answers from the embedded control plane, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.exceptions import ServiceResponseError

from sandbox.arm import ArmError, ConnectionDropped, ControlPlane
from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.rest.answers import answer

ENDPOINT = "https://management.azure.com"


class Credential:
    """Every token is good."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.scopes.extend(scopes)
        return AccessToken("header.payload.signature", 4_000_000_000)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Credential:
        return self

    async def __aexit__(self, *_: object) -> None: ...


@dataclass
class Said:
    """An answer as azure-core's pipeline hands it on."""

    status_code: int
    content: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        return self.content

    async def read(self) -> bytes:
        return self.content.encode()

    async def close(self) -> None: ...


def said(status: int, body: Any = None, **headers: str) -> Said:
    return Said(status, "" if body is None else json.dumps(body), {name.replace("_", "-"): value for name, value in headers.items()})


def refused(status: int, code: str = "", message: str = "", **headers: str) -> Said:
    return said(status, {"error": {"code": code, "message": message}}, **headers)


class _Transport:
    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def sleep(self, duration: float) -> None: ...


class Scripted(_Transport):
    """Answers one after the other; an exception is raised. Runs out: the last one again."""

    def __init__(self, *answers: Said | BaseException) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def send(self, request: Any, **_: Any) -> Said:
        self.asked.append(f"{request.method} {request.url.removeprefix(ENDPOINT)}")
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(found, BaseException):
            raise found
        return found


class OfPlane(_Transport):
    """Everything is asked of `plane`. `before` and `after` are called with the number of the request, from 1 on, and may raise."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self.asked: list[str] = []
        self.before: Callable[[int, str], None] = lambda _n, _what: None
        self.after: Callable[[int, str], None] = lambda _n, _what: None

    async def send(self, request: Any, **_: Any) -> Said:
        target = request.url.removeprefix(ENDPOINT)
        self.asked.append(f"{request.method} {urlsplit(target).path}")
        number = len(self.asked)
        self.before(number, self.asked[-1])
        content = request.content or b""
        content = content.encode() if isinstance(content, str) else content
        try:
            match = request.headers.get("If-Match")
            response = answer(self._plane, request.method, target, "Bearer t", content, lambda _: OPERATOR_OBJECT_ID, if_match=match)
        except ArmError as problem:
            return Said(problem.status, json.dumps(problem.body()), problem.headers)
        except ConnectionDropped as dropped:
            raise ServiceResponseError(str(dropped)) from dropped
        self.after(number, self.asked[-1])
        text = response.body if isinstance(response.body, str) else "" if response.body is None else json.dumps(response.body)
        headers = {name: self._absolute(value) if name == "Location" else value for name, value in response.headers.items()}
        return Said(response.status, text, headers)

    def writes(self) -> list[str]:
        return [one for one in self.asked if not one.startswith("GET") and not one.endswith(("/list", "/listkeys"))]

    @staticmethod
    def _absolute(path: str) -> str:
        return f"{ENDPOINT}{path}?api-version=2024-04-01"


def names_of(asked: Iterable[str]) -> list[str]:
    """Method and last two segments: what a test compares."""
    return [f"{one.partition(' ')[0]} {'/'.join(one.rstrip('/').rsplit('/', 2)[-2:])}" for one in asked]
