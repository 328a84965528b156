"""Starts a process for what a slot wants: its package, its environment, its files."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from pathlib import Path

from sandbox.arm import ControlPlane
from sandbox.storage.certificate import Certificate
from sandbox.storage.tokens import Tokens
from sandbox.web.slots import site_of, slot_id

from .app_identity import AppIdentityEndpoint
from .environment import environment_of
from .keys import keys_of
from .lane import Lane, Reported
from .packages import Packages
from .process import SiteProcess
from .spec import Spec
from .wanted import Slot, Wanted


class Launcher:
    """`directory`: `packages/` by content, `logs/` one per identity, `executions.jsonl`, and while a process runs its `spec-N.json`.

    `address_of` tells the front door's address of a slot, `front_door` the one that goes by host names.
    """

    def __init__(
        self,
        plane: ControlPlane,
        tokens: Tokens,
        certificate: Certificate,
        directory: Path,
        timer_speed: float,
        address_of: Callable[[Slot], str],
        front_door: Callable[[], str],
    ) -> None:
        self._plane, self._tokens, self._certificate = plane, tokens, certificate
        self._directory, self._speed, self._address_of, self._front_door = directory, timer_speed, address_of, front_door
        for part in ("packages", "logs"):
            (directory / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in (*directory.glob("spec-*.json"), *(directory / "logs").iterdir()):
            left.unlink()  # of a sandbox that was here before
        self.executions = directory / "executions.jsonl"
        self._packages = Packages(directory / "packages", tokens, certificate.authority)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._logs: dict[Lane, Path] = {}
        self._identities: dict[Lane, AppIdentityEndpoint] = {}

    def launch(self, lane: Lane, wanted: Wanted, reported: Reported) -> SiteProcess:
        """Raises PackageProblem, or NotLaunched as `address_of` does."""
        package = self._packages.fetch(wanted)
        identity = self._identity(lane)
        environment = environment_of(
            os.environ,
            wanted,
            package,
            ca_bundle=self._certificate.bundle,
            identity_endpoint=identity.url,
            identity_header=identity.header,
            instance=lane.place.number,
        )
        spec_file = self._directory / f"spec-{next(self._numbers)}.json"
        return SiteProcess(self._spec(lane, wanted, package), spec_file, environment, self._log(lane, wanted), reported)

    def log_of(self, lane: Lane) -> str:
        log = self._logs.get(lane)
        return log.read_text(errors="replace") if log is not None and log.exists() else ""

    def forget(self, lane: Lane, *, log: bool = True) -> None:
        """Of a lane that has ended. `log` False keeps what it has written."""
        with self._lock:
            identity = self._identities.pop(lane, None)
            if log:
                self._logs.pop(lane, None)
        if identity is not None:
            identity.stop()

    def _spec(self, lane: Lane, wanted: Wanted, package: Path) -> Spec:
        belongs = slot_id(site_of(wanted.id), wanted.belongs_to)
        return Spec(
            site=wanted.site,
            slot=wanted.slot,
            base_url=self._address_of((wanted.site.lower(), wanted.belongs_to)),
            package=str(package),
            package_url=(wanted.package_url or "").partition("?")[0],
            keys=keys_of(self._plane, belongs),
            executions=str(self.executions),
            ca_bundle=str(self._certificate.bundle),
            front_door=self._front_door(),
            timer_speed=self._speed,
            instance=lane.place.number,
            runs_timers=lane.place.runs_timers,
            deployment=None if wanted.flex is None else wanted.flex.deployment,
        )

    def _identity(self, lane: Lane) -> AppIdentityEndpoint:
        with self._lock:
            if lane not in self._identities:
                endpoint = AppIdentityEndpoint(self._plane, self._tokens, lambda: lane.wanted.id if lane.wanted else None)
                endpoint.start()
                self._identities[lane] = endpoint
            return self._identities[lane]

    def _log(self, lane: Lane, wanted: Wanted) -> Path:
        with self._lock:
            if lane not in self._logs:
                self._logs[lane] = self._directory / "logs" / f"{wanted.site}-{wanted.slot}-{next(self._numbers)}.log"
            return self._logs[lane]
