"""Versions as they occur around a function app: runtime stacks, extension versions and NuGet version ranges.

Orchestration versions are not handled here: they compare as .NET's System.Version or as text, which is another rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_VERSION = re.compile(r"v?(?P<numbers>\d+(\.\d+){0,3})(?P<pre>-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_INTERVAL = re.compile(r"(?P<open>[\[(])\s*(?P<body>[^\[\]()]*?)\s*(?P<close>[\])])")
_FLOATING = re.compile(r"(?P<numbers>\d+(\.\d+){0,2})\.\*")

_WORKER_RUNTIMES = {
    "dotnet": "dotnet",
    "dotnet-isolated": "dotnet-isolated",
    "java": "java",
    "node": "node",
    "powershell": "powershell",
    "python": "python",
}
"""What stands before the `|` of linuxFxVersion -> FUNCTIONS_WORKER_RUNTIME (docs: functions-app-settings)."""


@dataclass(frozen=True, order=True)
class Version:
    """One to four numbers, missing ones are zero; a prerelease comes before its release."""

    numbers: tuple[int, int, int, int]
    release: bool = True

    @classmethod
    def parse(cls, text: str) -> Version:
        """Raises ValueError for what is not a version."""
        if not (match := _VERSION.fullmatch(text.strip())):
            raise ValueError(f"{text!r} is not a version: one to four numbers with dots, like 4.30.0")
        return cls(_four([int(part) for part in match["numbers"].split(".")]), match["pre"] is None)

    def __str__(self) -> str:
        numbers = self.numbers if self.numbers[3] else self.numbers[:3]
        return ".".join(map(str, numbers)) + ("" if self.release else "-prerelease")


@dataclass(frozen=True)
class VersionRange:
    """A NuGet range; `None` at an end means that the end is open."""

    lowest: Version | None
    includes_lowest: bool
    highest: Version | None
    includes_highest: bool

    @classmethod
    def parse(cls, text: str) -> VersionRange:
        """`[4.0.0, 5.0.0)`, `[4.*, 5.0.0)`, `[4.30.0]`, `(, 5.0.0)`, or a bare version (that one or newer). Raises ValueError."""
        text = text.strip()
        if not (match := _INTERVAL.fullmatch(text)):
            return cls(_bound(text, text), True, None, False)
        ends = [end.strip() for end in match["body"].split(",")]
        closed = match["open"] == "[", match["close"] == "]"
        if len(ends) == 1:
            if closed != (True, True):
                raise ValueError(f"{text!r} is not a version range: a single version stands in square brackets, like [4.30.0]")
            return cls(_bound(ends[0], text), True, _bound(ends[0], text), True)
        if len(ends) != 2 or ends == ["", ""]:
            raise ValueError(f"{text!r} is not a version range: give a lowest and a highest version, like [4.30.0, 5.0.0)")
        lowest, highest = (_bound(end, text) if end else None for end in ends)
        if lowest and highest and (lowest > highest or (lowest == highest and closed != (True, True))):
            raise ValueError(f"{text!r} is not a version range: no version lies between {lowest} and {highest}")
        return cls(lowest, closed[0], highest, closed[1])


@dataclass(frozen=True)
class RuntimeStack:
    """A Linux runtime stack, `linuxFxVersion`: language and version."""

    worker_runtime: str
    version: str

    @classmethod
    def parse(cls, text: str) -> RuntimeStack:
        """From `PYTHON|3.11`; the language in any case. Raises ValueError with the languages that exist."""
        language, separator, version = text.partition("|")
        worker_runtime = _WORKER_RUNTIMES.get(language.strip().lower())
        if not separator or worker_runtime is None or not re.fullmatch(r"\d+(\.\d+)?", version.strip()):
            languages = ", ".join(name.upper() for name in sorted(_WORKER_RUNTIMES))
            raise ValueError(f"{text!r} is not a runtime stack: write LANGUAGE|VERSION, like PYTHON|3.11; languages: {languages}")
        return cls(worker_runtime, version.strip())

    @property
    def linux_fx_version(self) -> str:
        return f"{self.worker_runtime.upper()}|{self.version}"


def bundle_floor_problem(bundle_range: str, floor: str) -> str | None:
    """Why an extension bundle range does not guarantee `floor`, or None.

    The host may run on any version in the range, so what counts is the lowest one it admits.
    """
    try:
        lowest = VersionRange.parse(bundle_range).lowest
    except ValueError as error:
        return f"extensionBundle.version: {error}"
    if lowest is not None and lowest >= Version.parse(floor):
        return None
    admits = f"admits {lowest}" if lowest is not None else "has no lower end"
    upper = f"{Version.parse(floor).numbers[0] + 1}.0.0"
    return f"extensionBundle.version {bundle_range!r} {admits}, but {floor} or newer is needed: write [{floor}, {upper})"


def _bound(text: str, whole: str) -> Version:
    """`4.*` stands for its lowest version: that is what the range admits."""
    if floating := _FLOATING.fullmatch(text):
        return Version(_four([int(part) for part in floating["numbers"].split(".")]))
    try:
        return Version.parse(text)
    except ValueError as error:
        raise ValueError(f"{whole!r} is not a version range: {error}") from None


def _four(numbers: list[int]) -> tuple[int, int, int, int]:
    first, second, third, fourth = [*numbers, 0, 0, 0][:4]
    return first, second, third, fourth


__all__ = ["RuntimeStack", "Version", "VersionRange", "bundle_floor_problem"]
