"""`status`: what is where, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from taskhub import Verdict

from ..reporting import Reporter, age
from ..session import open_session
from ..status import Status, read_status
from ..status.reading import SlotStatus
from . import options
from .printing import answers


def status(stack: options.Stack, as_json: options.Json = False, cwd: options.Folder = Path()) -> None:
    """Show what each slot runs, what its task hub holds, and what has to be known before the next release. Changes nothing.

    On Flex Consumption, a version that is on its way is one that the settings are for already, and whose code is not there yet.

    With a versioning strategy, `has` is which versions the slot's code says it has (with orchestration versioning the newest: it has all before
    it too), and `starts` the version that clients start there.

    Everything is read live: slots, settings and runtime from Azure, verdicts from the storage, with two looks a second apart. The gate takes
    longer over it, and only its word counts.

    It also says if somebody is at work on the site, if a swap is under way or half done, if somebody swapped by other means since the last
    release, if an update took a swap back, and if two slots name one task hub.
    """
    with Reporter(as_json=as_json) as reporter:
        found = read_status(open_session(cwd, stack, reporter), datetime.now(UTC))
        if as_json:
            reporter.result(found.as_json())
        else:
            reporter.quiet()
            _show(found)


def _show(found: Status) -> None:
    of_strategy = ("has", "starts") if found.live.hubs_stay else ("bundle",)
    table = Table("slot", "version", *of_strategy, "task hub", "verdict", "oldest instance", "last swap", box=None, pad_edge=False)
    for one in found.slots:
        table.add_row(*_row(one, found.at, stays=found.live.hubs_stay))
    answers.print(table)
    for one in found.slots:
        if one.finding.verdict is Verdict.UNKNOWN:
            answers.print(f"\n'{one.live.slot}': {one.finding.sentence}", markup=False)
    if found.ramp is not None and not found.ramp.is_over:
        answers.print(f"\n{found.ramp.told('the setting', found.at)}", markup=False)
    for title, blocks in (("In the way of a release:", True), ("To know:", False)):
        chosen = [notice for notice in found.notices if notice.blocks is blocks]
        if chosen:
            answers.print(f"\n{title}", *(f"  - {notice.sentence}" for notice in chosen), sep="\n", markup=False)


def _row(one: SlotStatus, now: datetime, *, stays: bool) -> list[str]:
    live, finding, swap = one.live, one.finding, one.live.last_swap
    count = f" ({finding.active})" if finding.active else ""
    entities = f", {finding.entities_total} entities" if finding.entities else ""
    oldest = finding.oldest
    return [
        live.slot,
        live.label + (" (stack differs)" if live.stack_differs else "") + (f" ({live.ahead} is on its way)" if live.ahead else ""),
        *([", ".join(live.contains) or "-", live.starts or "-"] if stays else [live.bundle or "-"]),
        live.hub.name if live.hub else "-",
        f"{finding.verdict.value}{count}{entities}",
        "-" if oldest is None else f"{oldest.name} '{oldest.id}'" + (f", {age(oldest.created, now)}" if oldest.created else ""),
        "-" if swap is None else f"{swap.at:%Y-%m-%d %H:%M} UTC, {swap.source} -> {swap.target}",
    ]


__all__ = ["status"]
