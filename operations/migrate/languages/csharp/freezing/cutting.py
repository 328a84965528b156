"""Changes to a file's text, by byte: made all at once, and only where they say. And how to take a member out without a trace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from ...spans import Span, merged
from ..reading.source import Source

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str


def applied(content: bytes, edits: Iterable[Edit], cuts: Iterable[Span]) -> str:
    """What is added inside of a cut comes behind it. The byte order mark stays, as the text's first character."""
    gaps = merged(cuts)
    wanted = [_behind(one, gaps) for one in edits] + [Edit(start, end, "") for start, end in gaps]
    parts: list[bytes] = []
    at = 0
    for one in sorted(wanted, key=lambda edit: (edit.start, edit.end)):
        parts += [content[at : one.start], one.text.encode()]
        at = one.end
    return b"".join([*parts, content[at:]]).decode()


def cut_of(node: Node, source: Source) -> Span:
    """The whole lines of a member: its documentation and comments right above it go too, and one of the blank lines around it."""
    content = source.content
    start = node
    while (above := start.prev_sibling) is not None and above.type == "comment" and above.end_point.row + 1 >= start.start_point.row:
        if _shares_its_line(above, content):
            break
        start = above
    begin = content.rfind(b"\n", 0, start.start_byte) + 1
    if begin == 0 and content.startswith(BOM):
        begin = len(BOM)
    end = _line_end(content, node.end_byte)
    if end is None or content[begin : start.start_byte].strip():
        return start.start_byte, node.end_byte  # something else stands on its line
    before = content.rfind(b"\n", 0, max(begin - 1, 0)) + 1
    previous = content[before:begin].strip()
    following = _line_end(content, end)
    if following is not None and not content[end:following].strip() and (not previous or previous.endswith(b"{")):
        return begin, following
    if not previous and content[end:].lstrip(b" \t").startswith(b"}"):
        return before, end
    return begin, end


def _behind(edit: Edit, gaps: list[Span]) -> Edit:
    at = next((end for start, end in gaps if start <= edit.start < end), None)
    return edit if at is None else Edit(at, at, edit.text)


def _line_end(content: bytes, at: int) -> int | None:
    """Behind the line end that follows, if only blanks or a `//` comment come before it."""
    newline = content.find(b"\n", at)
    end = len(content) if newline < 0 else newline + 1
    rest = content[at:end].strip()
    return end if (not rest or rest.startswith(b"//")) and at < end else None


def _shares_its_line(comment: Node, content: bytes) -> bool:
    begin = content.rfind(b"\n", 0, comment.start_byte) + 1
    return bool(content[begin : comment.start_byte].strip(b" \t" + BOM))


__all__ = ["BOM", "Edit", "applied", "cut_of"]
