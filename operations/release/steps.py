"""What a plan is made of: steps as plain data, each with the sentence that is printed before anything is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ..problem import USAGE


class Kind(StrEnum):
    """The steps of a release, by the names under which its record keeps them."""

    WAIT_FOR_SWAP = "wait for swap"
    """Of somebody else, or of this release before it was killed: Azure carries it on by itself."""
    RESET_PREVIEW = "reset preview"
    DRAIN = "drain"
    """Of the slot that the new version is to be put into."""
    DEPLOY = "deploy"
    """The very first release, straight into production."""
    STAGE = "stage"
    SETTINGS = "settings"
    """Flex Consumption: the settings of the new code, before the code."""
    SETTLE = "settled"
    """Flex Consumption: every instance has the settings, so that no second update overlaps the first."""
    ONE_DEPLOY = "one deploy"
    """Flex Consumption: the code, until every instance has it; noted as live then."""
    SYNC = "sync triggers"
    HEALTH = "health"
    BEFORE_SWAP = "before-swap hook"
    ENTITIES = "entities"
    """A last look for entities in production's hub, where no gate takes it."""
    GATE = "gate"
    CONTAINS = "contained versions"
    """Of the code that goes into production: what runs there must be able to go on."""
    SWAP = "swap"
    VERIFY = "verify"
    AFTER_SWAP = "after-swap hook"
    LATE_STARTERS = "late starters"
    RAMP = "ramp"
    """A share of new instances is started with the new version, and watched."""
    RAISE = "start version"
    """The second phase: clients are told the version that only the new code has."""


@dataclass(frozen=True)
class Step:
    kind: Kind
    sentence: str
    slot: str | None = None
    """The slot that the step is about; of a swap, the one that changes places with production."""
    replaces: str | None = None
    """STAGE: the version that the slot holds, and that may go."""
    abandon: int | None = None
    """DRAIN: this many instances, exactly, may be given up."""
    percent: float | None = None
    """RAMP: the share of new instances."""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Plan:
    """`steps` in order; none: there is nothing to do."""

    steps: tuple[Step, ...]
    notices: tuple[str, ...] = ()
    """What happened meanwhile without this release, in sentences: a foreign swap, an `up` that took one back, an unfinished release."""
    then_plan_again: bool = False
    """The steps only wait for something; what follows depends on how that ends."""

    def as_json(self) -> dict[str, Any]:
        return {"steps": [step.as_json() for step in self.steps], "notices": list(self.notices), "then_plan_again": self.then_plan_again}


@dataclass(frozen=True)
class Refusal:
    """Nothing is done. Each sentence says what stands in the way, and the way out."""

    sentences: tuple[str, ...]
    code: int = USAGE
    notices: tuple[str, ...] = ()


__all__ = ["Kind", "Plan", "Refusal", "Step"]
