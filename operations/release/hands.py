"""What a release does in the world, one call per thing. `azure_hands.py` does it in Azure; tests of the acting part put others in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from taskhub import Finding, Instance

from ..ramp import Ramp
from ..versions.containing import Contents
from .hooks import HookPayload
from .record import Record
from .world import Options, World


class Hands(Protocol):
    def now(self) -> datetime: ...

    def new_id(self) -> str: ...

    def look(self, options: Options) -> World:
        """Everything that a plan is made from. Raises OperationProblem where it can't be read."""

    def contents(self, slot: str) -> Contents:
        """Which versions a slot's code says it has, as of the last `versions`."""

    def versions(self) -> Mapping[str, str | None]:
        """Slot -> label of its code, read now: the short look before and after what may not go wrong."""

    def packages(self) -> Mapping[str, str | None]:
        """Slot -> what it runs from, as of the last `versions` or `look`."""

    def keep(self, record: Record) -> None:
        """Writes the record beside the lease, taking the lease first if this release has none yet. Raises OperationProblem if somebody else has."""

    def update(self, replaces: str | None) -> None:
        """One `pulumi up`. Raises OperationProblem."""

    def ahead(self) -> str | None:
        """Flex Consumption: label of the code that the settings are for, if that is not there yet; as of the last `versions`."""

    def wait_until_rolled(self, since: datetime) -> None:
        """Until every instance began after that. Raises Unknown after the grace period."""

    def deploy(self) -> None:
        """Gives the app the package that the program asked for, waits until every instance has it, and notes it as live. Raises OperationProblem."""

    def sync(self, slot: str) -> None: ...

    def wait_until_running(self, slot: str) -> None:
        """Raises OperationProblem with what the host says if it does not run in time."""

    def wait_until_drained(self, slot: str, options: Options) -> tuple[Finding, datetime]:
        """The gate on a slot's hub; also returns when its last clean look began. Raises Busy or Unknown at the time-out."""

    def check(self, slot: str, options: Options) -> Finding:
        """One verdict on a slot's hub, now."""

    def orphaned(self, slot: str, options: Options) -> list[str]:
        """Why the code in a slot must not get production's task hub where that stays: what runs there and that code does not have, in sentences.

        Raises OperationProblem if it can't be told.
        """

    def starts(self) -> str | None:
        """The version that clients in production start, as of the last `versions`."""

    def ramp(self) -> Ramp | None: ...

    def set_ramp(self, to: str, percent: float) -> Ramp:
        """What is written then. Raises OperationProblem if clients may not be told that."""

    def failed(self, version: str, since: datetime) -> list[Instance]:
        """Instances of that version, in production, that failed since then. Raises OperationProblem."""

    def pause(self, seconds: float, what: str) -> None:
        """Waits, and says for what."""

    def call_hook(self, hook: str, payload: HookPayload) -> None:
        """Raises HookFailed."""

    def wait_for_swap(self) -> None: ...

    def reset_preview(self, slot: str) -> None: ...

    def swap(self, slot: str) -> None:
        """Swaps with production and waits until Azure says that it is complete. Raises OperationProblem."""

    def remember(self, what: str) -> None:
        """Notes which slot holds what now, as the work of `what`: whatever differs later was somebody else."""

    def mismatches(self, slot: str) -> list[str]:
        """What of the bundle in a slot does not fit together (package, storage, runtime stack), in sentences."""

    def instances(self, slot: str, since: datetime | None) -> list[Instance]:
        """Of a slot's hub: those that are active, and those that were created since. Raises OperationProblem."""

    def urls(self) -> Mapping[str, str]:
        """Slot -> address."""


class Saying(Protocol):
    """The part of a Reporter that a release uses."""

    def say(self, step: str) -> None: ...

    def note(self, text: str) -> None: ...

    def standing(self, sentence: str) -> None: ...


__all__ = ["Hands", "Saying"]
