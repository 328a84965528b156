"""Changes of a text by position."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import libcst as cst

from ..reading.source import Source, Span
from ..reading.values import Edit


def applied(text: str, edits: Iterable[Edit], cuts: Iterable[Span] = ()) -> str:
    """Edits inside of what is cut out do not count. Raises ValueError if two edits meet."""
    gone = [_to_the_end(text, span) for span in _joined(cuts)]
    starts = [start for start, _ in gone]
    at, parts = 0, []
    kept = (one for one in dict.fromkeys(edits) if not _covered((one.start, one.end), gone, starts))
    for edit in sorted([*kept, *(Edit(start, end, "") for start, end in gone)], key=lambda one: (one.start, one.end)):
        if edit.start < at:
            raise ValueError(f"two changes at {edit.start}")
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def _joined(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _to_the_end(text: str, span: Span) -> Span:
    """If a text without a last line end loses its last lines, what is then last has no line end either."""
    start, end = span
    if end == len(text) and start > 0 and text[start - 1] == "\n" and not text.endswith("\n"):
        start -= 2 if text[:start].endswith("\r\n") else 1
    return start, end


def _covered(span: Span, spans: list[Span], starts: list[int]) -> bool:
    at = bisect_right(starts, span[0]) - 1
    return at >= 0 and span[1] <= spans[at][1] and span[0] < spans[at][1]


def whole_line(text: str, span: Span) -> Span:
    """With the line's indentation and its end."""
    end = text.find("\n", span[1])
    return text.rfind("\n", 0, span[0]) + 1, len(text) if end < 0 else end + 1


def statement(source: Source, line: cst.SimpleStatementLine, one: cst.BaseSmallStatement) -> Span:
    """Of a small statement, with its line if it is alone there."""
    span = source.span(one)
    return whole_line(source.text, span) if len(line.body) == 1 else span


def newline(source: Source) -> str:
    """What most of the text's lines end with."""
    return "\r\n" if source.tree.default_newline == "\r\n" else "\n"


def inside(span: Span, spans: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


__all__ = ["applied", "inside", "newline", "statement", "whole_line"]
