"""Members of Regex, Match, Group and GroupCollection. There is no `Regex.Escape`: API Management does not allow it."""

from __future__ import annotations

from typing import Any

from . import regexes
from .overloads import Indexers, Methods, Properties, given, of
from .types import BOOL, GROUP, GROUPS, INT, MATCH, REGEX_OPTIONS, STRING, LambdaType

_TEXTS = (STRING, STRING)
_EVALUATOR = LambdaType(MATCH, STRING)


def _match(text: str | None, pattern: str | None, options: str = "None") -> regexes.Match:
    return regexes.match(given(text), given(pattern), options == "IgnoreCase")


def _is_match(text: str | None, pattern: str | None, options: str = "None") -> bool:
    return regexes.is_match(given(text), given(pattern), options == "IgnoreCase")


def _replace(text: str | None, pattern: str | None, by: Any, options: str = "None") -> str:
    return regexes.replace(given(text), given(pattern), given(by), options == "IgnoreCase")


_OF_A_GROUP: Properties = {
    (GROUP, "Success"): (BOOL, lambda group: group.success),
    (GROUP, "Value"): (STRING, lambda group: group.value),
    (GROUP, "Index"): (INT, lambda group: group.index),
    (GROUP, "Length"): (INT, lambda group: len(group.value)),
}
PROPERTIES: Properties = {
    **_OF_A_GROUP,
    **{(MATCH, name): found for (_, name), found in _OF_A_GROUP.items()},
    (MATCH, "Groups"): (GROUPS, lambda match: match),
}
INDEXERS: Indexers = {
    (GROUPS, INT): (GROUP, lambda match, number: match.group(number)),
    (GROUPS, STRING): (GROUP, lambda match, name: match.group(given(name))),
}
STATICS: Methods = {
    ("Regex", "Match"): (of(MATCH, _match, *_TEXTS), of(MATCH, _match, *_TEXTS, REGEX_OPTIONS)),
    ("Regex", "IsMatch"): (of(BOOL, _is_match, *_TEXTS), of(BOOL, _is_match, *_TEXTS, REGEX_OPTIONS)),
    ("Regex", "Replace"): (
        of(STRING, _replace, *_TEXTS, STRING),
        of(STRING, _replace, *_TEXTS, _EVALUATOR),
        of(STRING, _replace, *_TEXTS, STRING, REGEX_OPTIONS),
        of(STRING, _replace, *_TEXTS, _EVALUATOR, REGEX_OPTIONS),
    ),
}

__all__ = ["INDEXERS", "PROPERTIES", "STATICS"]
