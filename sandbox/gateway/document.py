"""The text of a policy: named values are put in, expressions are told from XML, and what comes out is a tree of elements.

In the format `rawxml` an expression stands in an attribute or in an element as it is, with quotation marks and `<`. (Microsoft docs, "Apis Policy -
Create Or Update", PolicyContentFormat: "the contents are inline and Content type is a non XML encoded policy document".) In `xml` it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from .expressions import PolicyRefused

Format = Literal["xml", "rawxml"]
_NAMED = re.compile(r"\{\{([A-Za-z0-9._-]+)\}\}")
_TOKEN = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_IN_ATTRIBUTES = {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def read_document(text: str, named_values: Mapping[str, str], format: Format = "rawxml") -> ElementTree.Element:
    """Raises PolicyRefused. `named_values`: by display name, secret ones too."""
    text = with_named_values(text, named_values)
    try:
        return ElementTree.fromstring(escaped(text) if format == "rawxml" else text)
    except ElementTree.ParseError as problem:
        raise PolicyRefused(f"the policy is no XML: {problem}") from problem


def with_named_values(text: str, named_values: Mapping[str, str]) -> str:
    """As text, wherever they stand (Microsoft docs, "Use named values in Azure API Management policies")."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in named_values:
            raise PolicyRefused(f"Cannot find a property '{found[1]}'")
        return named_values[found[1]]

    return _NAMED.sub(value, text)


def escaped(text: str) -> str:
    """Raw XML as XML."""
    out, at = [], 0
    while at < len(text):
        if token := _TOKEN.match(text, at):
            out.append(token[0])
            at = token.end()
        elif text[at] == "<":
            tag, at = _tag(text, at)
            out.append(tag)
        else:
            content, at = _content(text, at)
            out.append(content)
    return "".join(out)


def _tag(text: str, at: int) -> tuple[str, int]:
    """One tag with its attributes."""
    out, here = ["<"], at + 1
    while here < len(text) and text[here] != ">":
        quote = text[here]
        if quote not in "\"'":
            out.append(quote)
            here += 1
            continue
        behind = _expression_end(text, here + 1)
        if behind is None:
            end = text.find(quote, here + 1)
            if end < 0:
                raise PolicyRefused("the policy is no XML: an attribute has no end")
            out.append(text[here : end + 1])
        else:
            value, end = text[here + 1 : behind], _skip_space(text, behind)
            if text[end : end + 1] != quote:
                raise PolicyRefused(f"an attribute goes on behind its expression {value!r}")
            out.append(quote + escape(value, _IN_ATTRIBUTES) + quote)
        here = end + 1
    return "".join(out) + text[here : here + 1], here + 1


def _content(text: str, at: int) -> tuple[str, int]:
    begin = _skip_space(text, at)
    end = _expression_end(text, begin)
    if end:
        return text[at:begin] + escape(text[begin:end]), end
    end = text.find("<", at)
    end = len(text) if end < 0 else end
    return text[at:end], end


def _expression_end(text: str, at: int) -> int | None:
    """Behind the bracket that ends the expression at `at`; None if there is none."""
    if not text.startswith(("@(", "@{"), at):
        return None
    open_, here = [], at + 1
    while here < len(text):
        one = text[here]
        if text.startswith('@"', here):
            here = _string_end(text, here + 2, verbatim=True)
            continue
        if one in "\"'":
            here = _string_end(text, here + 1, quote=one)
            continue
        if text.startswith("//", here):
            here = text.find("\n", here) if text.find("\n", here) >= 0 else len(text)
            continue
        if text.startswith("/*", here):
            here = text.find("*/", here) + 2 if text.find("*/", here) >= 0 else len(text)
            continue
        if one in _CLOSING:
            open_.append(_CLOSING[one])
        elif one in ")}]":
            if open_.pop() != one:
                break
            if not open_:
                return here + 1
        here += 1
    raise PolicyRefused(f"the expression {text[at : at + 60]!r} has no end")


def _string_end(text: str, at: int, *, quote: str = '"', verbatim: bool = False) -> int:
    while at < len(text):
        if (verbatim and text.startswith('""', at)) or (text[at] == "\\" and not verbatim):
            at += 2
        elif text[at] == quote:
            return at + 1
        else:
            at += 1
    raise PolicyRefused("an expression has a string without an end")


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


__all__ = ["Format", "escaped", "read_document", "with_named_values"]
