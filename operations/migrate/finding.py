"""What is wrong, or to be known, with a place, a rule, and the way out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

RULES = (
    "by-hand",
    "clash",
    "cross-version",
    "dynamic",
    "frozen-changed",
    "frozen-missing",
    "missing",
    "other-language",
    "removed",
    "starts-working-copy",
    "unreadable",
    "version-grew",
    "version-lost",
    "version-missing",
)


@dataclass(frozen=True)
class Finding:
    place: str
    """`path:line`, or a path."""
    rule: str
    problem: str
    way_out: str
    wrong: bool = True
    """False: to be known, and nothing that CI should stop at."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.place}: {self.problem} {self.way_out}".rstrip()


def accepted(findings: Iterable[Finding], rules: Collection[str]) -> list[Finding]:
    """Those of these rules are only to be known."""
    return [replace(one, wrong=one.wrong and one.rule not in rules) for one in findings]


__all__ = ["RULES", "Finding", "accepted"]
