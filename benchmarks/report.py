"""The figures as a table on the screen, as JSON, and as a page of the documentation. Nothing is rounded up or left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from pydantic import TypeAdapter
from rich.table import Table

from .comparison import COMPONENT, FLAT, STACK
from .deployments import Results
from .figures import Goal, Timing, growth, ratio
from .forwarding.measuring import Forwarding
from .forwarding.showing import forwarding_goals, forwarding_sections
from .imports import ALONE, THEIRS
from .migrating import FUNCTIONS, SECONDS
from .taskhubs.measuring import OnServer
from .taskhubs.showing import hub_goals, hub_sections


@dataclass
class Measured:
    """One run. What was not measured is empty."""

    date: str
    machine: Mapping[str, str]
    load: float
    """When the run began: more than a few tenths, and something else was running."""
    resources: int
    """azure-native resources of an instance."""
    previews: Results = field(default_factory=dict)
    updates: Results = field(default_factory=dict)
    means: Results = field(default_factory=dict)
    """Previews with one means at a time."""
    where: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Program -> part -> seconds of a profiled preview."""
    imports: Mapping[str, Timing] = field(default_factory=dict)
    hubs: Mapping[str, OnServer] = field(default_factory=dict)
    """Server -> what it costs to ask a task hub on it."""
    migrations: Mapping[str, Timing] = field(default_factory=dict)
    """Language and command -> how long it takes."""
    forwarding: Forwarding | None = None
    plannings: Mapping[int, Timing] = field(default_factory=dict)
    """Number of lines -> how long a plan takes."""
    taken: dict[str, str] = field(default_factory=dict)
    """What was measured -> when."""

    @classmethod
    def read(cls, text: str) -> Self:
        """What `as_json` gave."""
        return TypeAdapter(cls).validate_json(text)

    def over(self, last: Measured) -> Measured:
        """The last result with what was measured now in place of what it had; everything else stays, with its own date."""
        fresh = {one.name: value for one in fields(self) if (value := getattr(self, one.name)) and one.name not in _OF_A_RUN}
        return replace(last, **fresh, taken={**last.taken, **self.taken})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def goals(self) -> list[Goal]:
        return list(_goals(self))


def _goals(measured: Measured) -> Iterable[Goal]:
    flat = measured.previews.get(FLAT.name, {})
    if flat:
        largest = max(flat)
        yield from (
            Goal(f"preview of {largest}, {program.name}", limit, ratio(measured.previews[program.name][largest], flat[largest]))
            for program, limit in ((COMPONENT, 1.0), (STACK, 0.8))
            if program.name in measured.previews
        )
    if measured.imports:
        yield Goal("import components", 1.1, ratio(measured.imports[ALONE], measured.imports[THEIRS]))
    yield from hub_goals(measured.hubs)
    for name, timing in measured.migrations.items():
        yield Goal(f"seconds for {FUNCTIONS:,} functions, {name}", SECONDS, timing.median)
    if measured.forwarding is not None:
        yield from forwarding_goals(measured.forwarding)


_OF_A_RUN = frozenset({"date", "machine", "load", "resources", "taken"})
Rows = list[list[str]]


def sections(measured: Measured) -> list[tuple[str, Rows]]:
    """Title and rows, the first of them the head."""
    found = [
        ("Preview of a new stack", _deployments(measured.previews)),
        ("First `up`", _deployments(measured.updates)),
        ("What each means saves", _means(measured)),
        ("Where the time of a preview goes", _where(measured)),
        ("Import", _imports(measured.imports)),
        *hub_sections(measured.hubs),
        (f"Migrating an app of {FUNCTIONS:,} functions", _migrations(measured.migrations)),
        *(forwarding_sections(measured.forwarding) if measured.forwarding is not None else []),
        ("A plan of the router's monitor", _plannings(measured.plannings)),
        ("Goals", _goal_rows(measured.goals())),
    ]
    return [(title, rows) for title, rows in found if len(rows) > 1]


def tables(measured: Measured) -> list[Table]:
    return [_table(title, rows) for title, rows in sections(measured)]


def page(measured: Measured, preface: str) -> str:
    """docs/benchmarks.md, `preface` being its hand-written part."""
    described = "".join(f"- {name}: {value}\n" for name, value in measured.machine.items())
    later = [f"{what} on {date}" for what, date in measured.taken.items() if date != measured.date]
    head = (
        f"Taken on {measured.date}, load {measured.load:.2f} when it began{''.join(f'; {one}' for one in later)}. "
        f"{measured.resources} azure-native resources per instance.\n\n"
    )
    body = "\n".join(f"### {title}\n\n{_markdown(rows)}" for title, rows in sections(measured))
    return f"{preface.rstrip()}\n\n{MARK}\n\n## Last result\n\n{head}{described}\n{body}"


MARK = "<!-- Below this line `make bench` writes. -->"


def _deployments(results: Results) -> Rows:
    sizes = sorted({size for timings in results.values() for size in timings})
    rows = [["", *(f"{size}" for size in sizes), "grows as"]]
    for name, timings in results.items():
        exponent = growth({size: timing.median for size, timing in timings.items()})
        rows.append([f"{name}, s", *(_seconds(timings.get(size)) for size in sizes), "" if exponent is None else f"n^{exponent:.2f}"])
    flat = results.get(FLAT.name, {})
    for name, timings in results.items():
        if name != FLAT.name:
            rows.append([f"{name} / {FLAT.name}", *(_ratio(timings.get(size), flat.get(size)) for size in sizes), ""])
            rows.append(["the same in processor time", *(_cpu_ratio(timings.get(size), flat.get(size)) for size in sizes), ""])
    return rows


def _means(measured: Measured) -> Rows:
    plain = measured.means.get(COMPONENT.name, {})
    rows = [["preview of " + ", ".join(str(size) for size in plain), "s", "/ component", "in processor time"]]
    for name, timings in measured.means.items():
        for size, timing in timings.items():
            rows.append([name, _seconds(timing), _ratio(timing, plain.get(size)), _cpu_ratio(timing, plain.get(size))])
    return rows


def _where(measured: Measured) -> Rows:
    programs = list(measured.where)
    parts = sorted({part for seconds in measured.where.values() for part in seconds})
    totals = {program: sum(seconds.values()) for program, seconds in measured.where.items()}
    shares = {part: [measured.where[program].get(part, 0.0) / totals[program] for program in programs] for part in parts}
    by_size = sorted(parts, key=lambda part: -max(shares[part]))
    return [["own time in the program's process", *programs], *([part, *(f"{share:.0%}" for share in shares[part])] for part in by_size)]


def _imports(timings: Mapping[str, Timing]) -> Rows:
    base = timings.get(THEIRS)
    return [["", "s", f"/ {THEIRS}"], *([name, _seconds(timing), _ratio(timing, base)] for name, timing in timings.items())]


def _migrations(timings: Mapping[str, Timing]) -> Rows:
    return [["", "s", "processor time, s"], *([name, _seconds(timing), f"{timing.median_cpu:.2f}"] for name, timing in timings.items())]


def _plannings(timings: Mapping[int, Timing]) -> Rows:
    if not timings:
        return []
    exponent = growth({lines: timing.median for lines, timing in timings.items()})
    milliseconds = [f"{timing.median * 1000:.1f}" for timing in timings.values()]
    return [
        ["lines", *(f"{lines:,}" for lines in timings), "grows as"],
        ["ms", *milliseconds, "" if exponent is None else f"n^{exponent:.2f}"],
    ]


def _goal_rows(goals: Sequence[Goal]) -> Rows:
    return [
        ["", "measured", "goal", ""],
        *([one.what, f"{one.measured:.2f}", f"at most {one.limit}", "met" if one.is_met else "MISSED"] for one in goals),
    ]


def _seconds(timing: Timing | None) -> str:
    """The median, and the range where there are several."""
    if timing is None:
        return ""
    several = len(timing.wall) > 1
    return f"{timing.median:.2f}" + (f" ({min(timing.wall):.2f} to {max(timing.wall):.2f})" if several else "")


def _ratio(one: Timing | None, other: Timing | None) -> str:
    return "" if one is None or other is None else f"{ratio(one, other):.2f}"


def _cpu_ratio(one: Timing | None, other: Timing | None) -> str:
    return "" if one is None or other is None or not one.cpu or not other.cpu else f"{one.median_cpu / other.median_cpu:.2f}"


def _table(title: str, rows: Rows) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(rows[0]):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in rows[1:]:
        table.add_row(*row)
    return table


def _markdown(rows: Rows) -> str:
    lines = [rows[0], ["---", *("---:" for _ in rows[0][1:])], *rows[1:]]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)
