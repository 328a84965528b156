"""How the components say no: all problems at once, each with its path, the value, the rule and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    path: str
    """Where the value stands, as the user wrote it: `site.slots[1]`."""
    value: Any
    rule: str
    way_out: str

    def __str__(self) -> str:
        shown = "" if self.value is None else f" = {self.value!r}"
        return f"{self.path}{shown}: {self.rule} {self.way_out}".rstrip()


class ArgumentErrors(ValueError):
    """The arguments of a component can't be deployed. Nothing was registered."""

    def __init__(self, component: str, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{component}: {count}, nothing was registered.\n" + "\n".join(f"  - {problem}" for problem in problems))
