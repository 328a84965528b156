"""Which version a new instance is started with. Copy this file into an app of the strategy orchestration versioning.

- START_VERSION, a sticky app setting, is what every client starts. The deployment raises it when no older worker is left.
- A ramp, one small blob in the host storage, gives a share of new instances a newer version; `python -m operations ramp` writes it.

An instance is chosen by a hash of its id: a start that is tried again gets the same version. The record is read at most every 30 seconds, and
if it can't be read the last good one stays. A version that this package does not have is never started, nor one below START_VERSION.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

CACHE_SECONDS = 30.0
READ_SECONDS = 5.0
"""For one reading of the record: a start waits for it at most this long, and the next reading is 30 seconds away."""

Read = Callable[[], Awaitable[bytes | None]]
"""The record's bytes; None: there is no ramp. Raises whatever goes wrong."""


@dataclass(frozen=True)
class Ramp:
    to: str
    percent: float


class Starting:
    """`start` is START_VERSION, `newest` the version that this package was built with."""

    def __init__(self, start: str | None, newest: str | None, read: Read, clock: Callable[[], float] = time.monotonic) -> None:
        self._start, self._newest, self._read, self._clock = start, newest, read, clock
        self._ramp: Ramp | None = None
        self._looked: float | None = None
        self._looking = asyncio.Lock()

    @classmethod
    def of_app_settings(cls, environ: Mapping[str, str] = os.environ) -> Starting:
        """The deployment writes all of these."""
        newest = environ.get("DURABLE_DEPLOY_VERSIONS", "").rpartition(",")[2] or None
        return cls(environ.get("START_VERSION") or None, newest, _blob_of(environ))

    async def version_for(self, instance_id: str) -> str | None:
        """For `client.start_new(…, version=…)`. None: START_VERSION is not set, and the instance gets host.json's defaultVersion."""
        ramp = await self._current()
        if ramp is not None and self._may_start(ramp.to) and share_of(instance_id) < ramp.percent:
            return ramp.to
        return self._start

    def _may_start(self, version: str) -> bool:
        """What this package has, and what is newer than START_VERSION: a ramp that was left standing must not hold later versions back."""
        has = self._newest is not None and not is_newer(version, self._newest)
        return has and (self._start is None or is_newer(version, self._start))

    async def _current(self) -> Ramp | None:
        if self._looked is not None and self._clock() - self._looked < CACHE_SECONDS:
            return self._ramp
        if self._looking.locked() and self._looked is not None:
            return self._ramp  # somebody is reading; the last good answer will do
        async with self._looking:
            if self._looked is None or self._clock() - self._looked >= CACHE_SECONDS:
                await self._look()
        return self._ramp

    async def _look(self) -> None:
        try:
            self._ramp = parse(await asyncio.wait_for(self._read(), READ_SECONDS))
        except Exception as error:
            logging.warning("the ramp can't be read, the last one stays: %s", error)
        self._looked = self._clock()


def share_of(instance_id: str) -> float:
    """0 up to 100, evenly spread over ids, and always the same for one."""
    return int.from_bytes(hashlib.sha256(instance_id.encode()).digest()[:4], "big") % 10_000 / 100


def parse(content: bytes | None) -> Ramp | None:
    """None: there is no ramp. Raises ValueError for what is none."""
    if content is None:
        return None
    record = json.loads(content)
    try:
        ramp = Ramp(str(record["to"]), float(record["percent"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no record of a ramp: {error}") from None
    if not 0 <= ramp.percent <= 100:
        raise ValueError(f"no share: {ramp.percent}")
    return ramp


def is_newer(one: str, other: str) -> bool:
    """As Durable compares: numbers of two to four parts as numbers (1.0 is older than 1.0.0), anything else as text."""
    numbers = [_numbers(one), _numbers(other)]
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] > numbers[1]
    return one.upper() > other.upper()


def _numbers(version: str) -> tuple[int, ...] | None:
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+(\.\d+){1,3}", version) else None


def _blob_of(environ: Mapping[str, str]) -> Read:
    """`ramp/<site>.json` in the host storage, by the app's own identity."""
    service = environ.get("AzureWebJobsStorage__blobServiceUri", "").rstrip("/")
    site = environ.get("WEBSITE_SITE_NAME", "").lower()

    async def read() -> bytes | None:
        if not service or not site:
            return None  # on a developer's machine
        from azure.core.exceptions import ResourceNotFoundError
        from azure.identity.aio import DefaultAzureCredential
        from azure.storage.blob.aio import BlobClient

        client_id = environ.get("AzureWebJobsStorage__clientId")
        async with (
            DefaultAzureCredential(managed_identity_client_id=client_id) as credential,
            BlobClient(service, "ramp", f"{site}.json", credential=credential, retry_total=0) as blob,
        ):
            try:
                return await (await blob.download_blob()).readall()
            except ResourceNotFoundError:
                return None

    return read
