"""Changes to a file's text, by byte: made all at once, and only where they say. And how to take a statement out without a trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from ...spans import Span, inside, merged
from ..reading.source import BOM, Source
from ..reading.values import Edit


def applied(content: bytes, edits: Iterable[Edit], cuts: Iterable[Span]) -> str:
    """Edits inside of what is cut out do not count. The byte order mark stays, as the text's first character."""
    gaps = merged(cuts)
    if gaps and not content[gaps[-1][1] :].strip():
        start = gaps[-1][0]
        while content[:start].endswith((b"\n\n", b"\n\r\n")):
            start -= 2 if content[:start].endswith(b"\r\n") else 1
        gaps[-1] = (start, len(content))
    kept = [one for one in dict.fromkeys(edits) if not inside(gaps, one.start)]
    parts: list[bytes] = []
    at = 0
    for one in sorted([*kept, *(Edit(start, end, "") for start, end in gaps)], key=lambda edit: (edit.start, edit.end)):
        if one.start >= at:  # else it lies in what another one has replaced
            parts += [content[at : one.start], one.text.encode()]
            at = one.end
    return b"".join([*parts, content[at:]]).decode()


def cut_of(node: Node, source: Source) -> Span:
    """The whole lines of a statement: comments right above it go too, and one of the blank lines around it. What heads the file stays."""
    content = source.content
    start = node
    while (above := start.prev_sibling) is not None and above.type == "comment" and above.end_point.row + 1 >= start.start_point.row:
        if content[content.rfind(b"\n", 0, above.start_byte) + 1 : above.start_byte].strip(b" \t" + BOM):
            break  # it stands behind something else
        if above.prev_sibling is None:
            start = node
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
    following = _line_end(content, end) if end < len(content) else None
    if following is not None and not content[end:following].strip() and (not previous or previous.endswith(b"{")):
        return begin, following
    if before < begin and not previous and (end == len(content) or content[end:].lstrip(b" \t").startswith(b"}")):
        return before, end
    return begin, end


def element_cuts(elements: Sequence[Node], dead: Sequence[Node]) -> Iterable[Span]:
    """Of some of the elements of a list, with the commas that only they needed."""
    for at, one in enumerate(elements):
        if one not in dead:
            continue
        if at + 1 < len(elements):
            yield one.start_byte, elements[at + 1].start_byte
        else:
            kept = [each for each in elements if each not in dead]
            yield (kept[-1].end_byte if kept else elements[0].start_byte), one.end_byte


def _line_end(content: bytes, at: int) -> int | None:
    """Behind the line end that follows, if only blanks, a semicolon or a `//` comment come before it."""
    newline = content.find(b"\n", at)
    end = len(content) if newline < 0 else newline + 1
    rest = content[at:end].strip().removeprefix(b";").strip()
    return end if not rest or rest.startswith(b"//") else None


__all__ = ["applied", "cut_of", "element_cuts"]
