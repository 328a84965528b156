"""Where a preview's time goes in the program's process: own time by part, from a profile. The engine waits for that process all the while."""

from __future__ import annotations

import pstats
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

Function = tuple[str, int, str]
"""File (`~` for what is built in), line, name: as `pstats` has it."""

WAITING = "waiting for all outputs at the end (wait_for_rpcs)"
_WAITS = {("stack.py", "wait_for_rpcs"), ("tasks.py", "wait"), ("tasks.py", "_wait"), ("tasks.py", "_on_completion")}

_PARTS = {
    "importlib": "imports",
    "/asyncio/": "event loop (asyncio)",
    "/concurrent/": "threads for requests",
    "/threading.py": "threads for requests",
    "/pulumi/output.py": "Outputs (pulumi/output.py)",
    "/pulumi_azure_native/": "azure-native's classes",
    "/pulumi/": "rest of Pulumi's SDK",
    "/grpc/": "requests (gRPC, protobuf)",
    "/google/": "requests (gRPC, protobuf)",
    "/components/": "the component",
}


def parts(profile: Path) -> dict[str, float]:
    """Part -> seconds, the largest first."""
    return by_part(pstats.Stats(str(profile)).stats)  # type: ignore[attr-defined]


def by_part(stats: Mapping[Function, tuple[int, int, float, float, Mapping[Function, tuple[int, int, float, float]]]]) -> dict[str, float]:
    """What is built in counts for its callers: a task that is made belongs to whoever makes it."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for function, (_, _, own, _, callers) in stats.items():
        if function[0] == "~" and callers:
            for caller, (_, _, of_caller, _) in callers.items():
                seconds[part_of(caller)] += of_caller
        else:
            seconds[part_of(function)] += own
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def part_of(function: Function) -> str:
    file, _, name = function
    if (Path(file).name, name) in _WAITS:
        return WAITING
    return next((part for mark, part in _PARTS.items() if mark in file), "everything else")
