"""`python -m benchmarks`: measures, prints tables, and keeps a full run's result in docs/. Needs `pulumi` on PATH, as `make bench` has it."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from .comparison import ALL_MEANS, COMPONENT, EACH_MEANS, FLAT, ROOT, STACK, Bench
from .deployments import previews, profiled, updates
from .forwarding.hosted import hosted
from .forwarding.measuring import forwarding
from .imports import imports
from .machine import load, machine
from .migrating import FUNCTIONS, migrations
from .planning import plannings
from .projects import BenchmarkError
from .report import MARK, Measured, page, tables
from .taskhubs.measuring import hubs

DOCUMENT = ROOT / "docs" / "benchmarks.md"
RESULT = ROOT / "docs" / "benchmarks.json"
WHAT = ("preview", "up", "import", "hub", "migrate", "forwarding", "planning")


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if shutil.which("pulumi") is None:
        print("error: no `pulumi` on PATH. `make bench` finds or builds one.", file=sys.stderr)
        return 1
    console = Console()
    progress = Console(stderr=True)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, progress.status("starting") as status:
            measured = _measure(Path(folder), options, lambda text: status.update(text))
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for table in tables(measured):
        console.print(table)
    if options.keep or not (options.quick or options.only):
        kept = measured.over(Measured.read(RESULT.read_text())) if options.only else measured
        RESULT.write_text(json.dumps(kept.as_json(), indent=1) + "\n")
        DOCUMENT.write_text(page(kept, DOCUMENT.read_text().partition(MARK)[0]))
        console.print(f"kept in {DOCUMENT.relative_to(ROOT)} and {RESULT.relative_to(ROOT)}")
    return 0


def _measure(folder: Path, options: argparse.Namespace, tell: Callable[[str], None]) -> Measured:
    wanted = options.only or WHAT
    bench = Bench(folder)
    date = datetime.now(UTC).date().isoformat()
    measured = Measured(date, machine(), load(), resources=0, taken=dict.fromkeys(wanted, date))
    if "preview" in wanted or "up" in wanted:
        tell("comparing what the programs declare")
        measured.resources = bench.compare()
    if "import" in wanted:
        measured.imports = imports(5 if options.quick else 15, tell)
    if "hub" in wanted:
        measured.hubs = hubs(folder, 10_000 if options.quick else 100_000, options.repetitions, tell)
    if "migrate" in wanted:
        measured.migrations = migrations(folder, 100 if options.quick else FUNCTIONS, options.repetitions, tell)
    if "forwarding" in wanted:
        measured.forwarding = forwarding(0.5 if options.quick else 1.0, 3 * options.repetitions, tell)
        measured.forwarding.hosted = hosted(folder / "hosted", 0.5 if options.quick else 2.0, options.repetitions, tell)
    if "planning" in wanted:
        measured.plannings = plannings(3 if options.quick else 15, tell)
    programs = [FLAT, COMPONENT, STACK, ALL_MEANS]
    if "preview" in wanted:
        small, large = ([1, 5], []) if options.quick else ([1, 10], [50])
        measured.previews = previews(bench, programs, [*small, *large], options.repetitions, tell)
        measured.where = {program.name: profiled(bench, program, small[-1], tell) for program in programs}
        measured.means = previews(bench, [COMPONENT, *EACH_MEANS], small[-1:], options.repetitions, tell)
    if "up" in wanted:
        measured.updates = updates(bench, programs[:3], [1, 5] if options.quick else [1, 5, 10], min(options.repetitions, 2), tell)
    return measured


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures components, what it takes to know a task hub, migrations, forwarding and planning.",
    )
    parser.add_argument("--quick", action="store_true", help="1 and 5 instances; a minute or two, and nothing is kept")
    parser.add_argument("--only", action="append", choices=WHAT, help="measure this alone (may be given more than once); nothing is kept")
    parser.add_argument(
        "--keep", action="store_true", help="with --only: put its figures in the place of the last result's, with their own date"
    )
    parser.add_argument("--repetitions", type=int, default=3, metavar="N", help="rounds per measurement, medians being shown (default 3)")
    options = parser.parse_args(arguments)
    if options.keep and (options.quick or not options.only):
        parser.error("--keep goes with --only, and not with --quick; a full run is kept anyway")
    return options


if __name__ == "__main__":
    sys.exit(main())
