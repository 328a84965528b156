"""What the host tells a worker at its start, beside the slot's settings, which are the worker's environment as they are in Azure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """Host keys: Microsoft docs, "Work with access keys in Azure Functions". `functions` and `system`: name to value."""

    master: str
    functions: dict[str, str]
    system: dict[str, str]


@dataclass(frozen=True)
class Spec:
    site: str
    slot: str
    """`production`, or the slot's name."""
    base_url: str
    """Where the public reaches the slot: the front door's address for it."""
    package: str
    """The directory with the unpacked package."""
    package_url: str
    """Where it came from, without a query string."""
    keys: Keys
    executions: str
    """The file to which one JSON line per execution is added."""
    ca_bundle: str
    front_door: str = ""
    """Where every app is reached by its host name: the front door's common address."""
    timer_speed: float = 1.0
    instance: int = 1
    """Which instance of the app this is: numbers begin at 1 and are never used again. Always 1 where a slot has one process."""
    runs_timers: bool = True
    """One instance alone runs an app's timers."""
    deployment: str | None = None
    """The deployment that brought the package, on Flex Consumption."""

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Spec:
        content = json.loads(path.read_text())
        return cls(**{**content, "keys": Keys(**content["keys"])})
