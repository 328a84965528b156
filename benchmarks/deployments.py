"""Previews and updates of the compared programs, by turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sandbox.world import Sandbox

from .comparison import Bench, Program
from .figures import Timing, by_turns
from .projects import Taken
from .where import parts

Results = dict[str, dict[int, Timing]]
"""Program -> instances -> what it took."""

Tell = Callable[[str], None]


def previews(bench: Bench, programs: Sequence[Program], sizes: Sequence[int], repetitions: int, tell: Tell) -> Results:
    """Of new stacks: nothing is deployed, and every read says so. A preview changes nothing, so that one project serves all rounds."""
    results: Results = {program.name: {} for program in programs}
    with Sandbox(storage="memory") as sandbox:
        for size in sizes:
            projects = {program.name: bench.project(sandbox, program, size) for program in programs}
            taken: dict[str, list[Taken]] = {name: [] for name in projects}
            for name in by_turns(list(projects), repetitions):
                tell(f"preview of {size}: {name}")
                taken[name].append(projects[name].preview())
            for name, times in taken.items():
                results[name][size] = _timing(times)
    return results


def updates(bench: Bench, programs: Sequence[Program], sizes: Sequence[int], repetitions: int, tell: Tell) -> Results:
    """First deployments, each of a stack of its own into an Azure of its own."""
    results: Results = {program.name: {} for program in programs}
    by_name = {program.name: program for program in programs}
    for size in sizes:
        taken: dict[str, list[Taken]] = {program.name: [] for program in programs}
        for name in by_turns(list(taken), repetitions):
            tell(f"up of {size}: {name}")
            with Sandbox(storage="memory") as sandbox:
                taken[name].append(bench.project(sandbox, by_name[name], size).up())
        for name, times in taken.items():
            results[name][size] = _timing(times)
    return results


def profiled(bench: Bench, program: Program, size: int, tell: Tell) -> dict[str, float]:
    """Where the time of one preview goes: part -> seconds, which the profiling itself makes longer."""
    tell(f"profile of a preview of {size}")
    profile = bench.folder / "profile"
    with Sandbox(storage="memory") as sandbox:
        bench.project(sandbox, program, size, profile).preview()
    return parts(profile)


def _timing(taken: Sequence[Taken]) -> Timing:
    return Timing(tuple(one.wall for one in taken), tuple(one.cpu for one in taken))
