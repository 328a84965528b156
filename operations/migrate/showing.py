"""What a person sees of a migration: the difference, file by file, and the report."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .finding import Finding
from .freezing import Plan
from .model import Files, Kind
from .pruning import Prune

_COLOURS = (("+++", "bold"), ("---", "bold"), ("@@", "cyan"), ("+", "green"), ("-", "red"))


def diff_lines(files: Files, writes: Mapping[str, bytes], deletes: Sequence[str]) -> Iterator[str]:
    for path in sorted({*writes, *deletes}):
        before = _lines(files.get(path, b""))
        after = _lines(writes.get(path, b""))
        old = path if path in files else "/dev/null"
        new = path if path in writes else "/dev/null"
        yield from (line.rstrip("\r\n") for line in difflib.unified_diff(before, after, old, new))


def show_diff(console: Console, lines: Iterator[str]) -> None:
    """Coloured where a terminal watches."""
    for line in lines:
        style = next((colour for start, colour in _COLOURS if line.startswith(start)), "")
        console.print(Text(line, style=style))


def report_lines(plan: Plan, files: int, *, done: bool) -> list[str]:
    """`files`: so many are written, the lock file included."""
    if plan.is_done:
        return [f"{plan.version} is frozen already, and is as it was."]
    functions = "1 function" if len(plan.frozen) == 1 else f"{len(plan.frozen)} functions"
    lines = [
        f"{plan.version}: {functions} {'frozen' if done else 'would be frozen'}, {files} files {'written' if done else 'would be written'}."
    ]
    lines += [f"  {one.name} ({one.kind.value}) in {one.file}" for one in plan.frozen]
    if left := [one for one in plan.left_out if one.kind is not Kind.OTHER]:
        lines.append(f"Left out on purpose: {', '.join(f'{one.name} ({one.kind.value})' for one in left)}.")
    kinds = {one.kind for one in left}
    if Kind.ENTITY in kinds:
        lines.append("  An entity's state is kept by its name, so it is one for all versions. --with-entities gives each version its own.")
    if Kind.CLIENT in kinds:
        lines.append("  Clients are one for all versions, and start the one that the setting names. --with-clients copies them.")
    if plan.by_hand:
        lines.append(f"Left alone, because their names have a version already: {', '.join(one.name for one in plan.by_hand)}.")
    if plan.unresolved:
        lines.append("Could not be resolved, and was left as it is:")
        lines += [f"  {one.file}:{one.line}: {one.form}({' '.join(one.text.split())})" for one in plan.unresolved]
    lines += [f"Note: {note}" for note in plan.notes]
    if done:
        lines.append(
            f"Next: `migrate check`, commit it with versions.lock.json, and release it. The working copy is what comes after {plan.version} now."
        )
    else:
        lines.append("Nothing was changed: that was a dry run.")
    return lines


def prune_lines(planned: Prune, *, done: bool) -> list[str]:
    lines = [f"{label} stays: {why}." for label, why in planned.stays.items()]
    lines += [f"{label} {'was removed' if done else 'can go: nothing of it runs, and no client starts it'}." for label in planned.gone]
    lines += [f"Note: {note}" for note in planned.notes]
    if not planned.gone:
        lines.append("There is nothing to remove." if planned.stays else "No version was frozen here, so there is nothing to remove.")
    elif done:
        lines.append("Next: `migrate check`, commit it with versions.lock.json, and release it.")
    else:
        lines.append("Nothing was changed: --yes does it.")
    return lines


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """What is wrong, then what is only to be known."""
    wrong, known = [one for one in findings if one.wrong], [one for one in findings if not one.wrong]
    for title, some in (("wrong", wrong), ("to know", known)):
        if some:
            table = Table(title, "rule", "what, and the way out", box=None, pad_edge=False)
            for one in some:
                table.add_row(Text(one.place), Text(one.rule), Text(f"{one.problem} {one.way_out}".rstrip()))
            console.print(table)
    if not wrong:
        console.print("Nothing is wrong.")


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines(keepends=True)


__all__ = ["diff_lines", "prune_lines", "report_lines", "show_diff", "show_findings"]
