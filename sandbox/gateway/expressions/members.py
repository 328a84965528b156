"""The closed list of what expressions may call: what is not here is refused.

Source of what API Management allows: Microsoft docs, "API Management policy expressions", the table of .NET Framework types and the members of
`context`; Azure/azure-api-management-policy-toolkit, ExpressionTypeUsed.Analyzer.cs, which has the same. Of that, here is what a policy of this
project needs. That a lambda may stand for a MatchEvaluator, which the table does not name, is inferred: the analyzer looks at members only.
"""

from __future__ import annotations

from . import context_members, regex_members, string_members
from .context_members import GENERIC_METHODS
from .overloads import Indexers, Methods, Properties
from .types import COMPARISON, REGEX_OPTIONS, SPLITTING

PROPERTIES: Properties = {**string_members.PROPERTIES, **regex_members.PROPERTIES, **context_members.PROPERTIES}
METHODS: Methods = {**string_members.METHODS, **context_members.METHODS}
INDEXERS: Indexers = {**string_members.INDEXERS, **regex_members.INDEXERS, **context_members.INDEXERS}
STATICS: Methods = {**string_members.STATICS, **regex_members.STATICS}
ENUMS: dict[str, tuple[str, ...]] = {
    COMPARISON: ("Ordinal", "OrdinalIgnoreCase", "InvariantCulture", "InvariantCultureIgnoreCase"),
    SPLITTING: ("None", "RemoveEmptyEntries"),
    REGEX_OPTIONS: ("None", "IgnoreCase"),
}
_NAMESPACES = {
    "String": "System",
    "Regex": "System.Text.RegularExpressions",
    "WebUtility": "System.Net",
    COMPARISON: "System",
    SPLITTING: "System",
    REGEX_OPTIONS: "System.Text.RegularExpressions",
}


def static_name(text: str) -> str | None:
    """`Regex` for `Regex` and `System.Text.RegularExpressions.Regex`, `String` for `string` too; None for what is no type here."""
    if text == "string":
        return "String"
    space, _, name = text.rpartition(".")
    return name if name in _NAMESPACES and space in ("", _NAMESPACES[name]) else None


__all__ = ["ENUMS", "GENERIC_METHODS", "INDEXERS", "METHODS", "PROPERTIES", "STATICS", "static_name"]
