"""The named value of API Management that holds the list: read with its ETag, and written only over what was read.

Azure REST, Microsoft.ApiManagement: "Named Value - List Value" (the value of a secret one, which GET does not show), "Named Value - Create Or Update"
(`If-Match`; 412 if somebody else has written since).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from ..arm import Answer, ArmClient, ArmProblem, OperationFailed, Throttled, finished
from .listing import Listing

VERSION = "2024-05-01"


@dataclass(frozen=True)
class Found:
    listing: Listing
    text: str = field(repr=False)
    etag: str


class Overtaken(Exception):
    """Somebody else has written the list since it was read. Nothing was changed."""


class NamedValue:
    """`id`: Resource Manager's id of it. One process writes it once at a time; two of them are told apart by the ETag."""

    def __init__(self, arm: ArmClient, id: str) -> None:
        self._arm, self._id = arm, id
        self.lock = asyncio.Lock()

    async def read(self) -> Found:
        """Raises ArmProblem."""
        answer = await self._arm.post(f"{self._id}/listValue", version=VERSION)
        text, etag = answer.body.get("value") if isinstance(answer.body, dict) else None, answer.header("ETag")
        if not isinstance(text, str) or not etag:
            raise ArmProblem(None, "", "API Management tells the list without its value or its ETag")
        return Found(Listing.read(text), text, etag)

    async def write(self, text: str, over: Found) -> None:
        """Raises Overtaken, and ArmProblem, in whose words no key is."""
        name = self._id.rpartition("/")[2]
        body = {"properties": {"displayName": name, "secret": True, "value": text}}
        try:
            answer = await self._arm.request("PUT", self._id, body, version=VERSION, headers={"If-Match": over.etag})
            await self._ended(answer, text, over)
        except ArmProblem as problem:
            if problem.status == 412:
                raise Overtaken from None
            raise _without_keys(problem, text) from None

    async def _ended(self, answer: Answer, text: str, over: Found) -> None:
        """A write may go on after its answer. Where the router may not ask for the operation, with rights on this one value alone, the value tells."""
        try:
            await finished(self._arm, answer, "writing the gateway's list", version=VERSION)
        except OperationFailed:
            raise
        except ArmProblem:
            there = await self.read()
            if there.text != text or there.etag == over.etag:
                raise


def _without_keys(problem: ArmProblem, text: str) -> ArmProblem:
    message = problem.message
    for entry in Listing.read(text).entries.values():
        message = message.replace(entry.key, "…")
    if isinstance(problem, Throttled):
        return Throttled(problem.status or 429, problem.seconds, message)
    return ArmProblem(problem.status, problem.code, message)


__all__ = ["Found", "NamedValue", "Overtaken"]
