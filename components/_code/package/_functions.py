"""The functions of a package and what triggers them, found without running any of its code.

A trigger that is overlooked would run in a staging slot on production's messages, so everything here errs on the side of finding too
much: switching off a function that does not exist does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

_WAIT_TO_BE_CALLED = frozenset(
    {
        "httptrigger",
        "orchestrationtrigger",
        "activitytrigger",
        "entitytrigger",
        "warmuptrigger",
        "manualtrigger",
        "mcptooltrigger",
        "mcpresourcetrigger",
        "mcpprompttrigger",
        "assistantskilltrigger",
        "daprserviceinvocationtrigger",
    }
)


@dataclass(frozen=True, order=True)
class FunctionInfo:
    """`trigger` is the binding type of function.json, like `queueTrigger`; `source` the file that declares it."""

    name: str
    trigger: str
    source: str


@dataclass(frozen=True)
class UnnamedFunction:
    """A function that is there, but whose name the text does not give: it can't be held off by name."""

    trigger: str
    source: str
    line: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: the name of a function with {self.trigger} cannot be read from the text: write it as a literal"


@dataclass
class Found:
    """What a programming model's reader found."""

    functions: list[FunctionInfo] = field(default_factory=list)
    unnamed: list[UnnamedFunction] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __iadd__(self, other: Found) -> Found:
        self.functions += other.functions
        self.unnamed += other.unnamed
        self.problems += other.problems
        return self


Read = Callable[[str], bytes]


def starts_by_itself(trigger: str) -> bool:
    """Whether a trigger starts work unasked: timers, queues, events. Unknown triggers count as such."""
    return trigger.lower() not in _WAIT_TO_BE_CALLED


def distinct(functions: Iterable[FunctionInfo]) -> tuple[FunctionInfo, ...]:
    """Sorted by name; of the same function found twice (source and build output) the first source stays."""
    first: dict[tuple[str, str], FunctionInfo] = {}
    for function in sorted(functions, key=lambda one: (one.name.lower(), one.trigger, one.source)):
        first.setdefault((function.name.lower(), function.trigger), function)
    return tuple(first.values())


__all__ = ["Found", "FunctionInfo", "Read", "UnnamedFunction", "distinct", "starts_by_itself"]
