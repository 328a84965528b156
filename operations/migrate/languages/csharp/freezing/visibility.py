"""Which of the app's types a name in a file can mean. Errs on the side of too many: a type too many in a copy does no harm."""

from __future__ import annotations

from collections.abc import Mapping

from ...nodes import child, text
from ..reading.grammar import last_name
from ..reading.projects import Project
from ..reading.source import Source, Type


class Visibility:
    def __init__(self, project: Project, sources: Mapping[str, Source], types: Mapping[str, list[Type]]) -> None:
        self._types = types
        self.shared_usings = [using for source in sources.values() for using in source.usings if using.is_global]
        """`global using …` of any file: it counts for all."""
        self.project_usings = project.usings
        self._extensions = _extensions(sources)
        self._members = {one.full_name: _members(one) for each in types.values() for one in each if self._is_global_static(one)}
        self._namespaces: dict[str, frozenset[str]] = {}
        self._names: dict[str, frozenset[str]] = {}

    def meant(self, source: Source, name: str) -> list[Type]:
        found = self._types.get(name, [])
        if extending := self._extensions.get(name):
            found = [*found, *extending]
        found = [one for one in found if self._is_visible(source, one)]
        found += (
            [one for each in self._types.values() for one in each if name in self._members.get(one.full_name, ())] if self._members else []
        )
        for using in self.shared_usings:
            if using.alias == name:
                found += [one for one in self._types.get(using.name.rpartition(".")[2], []) if one.full_name == using.name]
        return found

    def namespaces(self, source: Source) -> frozenset[str]:
        """Whose types need no namespace before them."""
        if source.path not in self._namespaces:
            around = {prefix for one in source.namespaces for prefix in prefixes(one.name)} | {""}
            named = {using.name for using in (*source.usings, *self.shared_usings) if using.of_namespace} | set(self.project_usings)
            relative = {f"{prefix}.{name}" for prefix in around if prefix for name in named}
            self._namespaces[source.path] = frozenset(around | named | relative)
        return self._namespaces[source.path]

    def _is_visible(self, source: Source, one: Type) -> bool:
        if one.namespace in self.namespaces(source):
            return True
        if source.path not in self._names:
            self._names[source.path] = frozenset(mention.name for mention in source.mentions)
        return one.namespace.rpartition(".")[2] in self._names[source.path]  # written out, perhaps in part

    def _is_global_static(self, one: Type) -> bool:
        return any(using.is_static and using.name == one.full_name for using in self.shared_usings)


def prefixes(namespace: str) -> list[str]:
    """`A.B.C` -> A, A.B, A.B.C."""
    parts = namespace.split(".") if namespace else []
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _extensions(sources: Mapping[str, Source]) -> dict[str, list[Type]]:
    """Extension methods by name: whoever calls one does not name its class."""
    found: dict[str, list[Type]] = {}
    for source in sources.values():
        for node in source.nodes["method_declaration"]:
            parameters = child(node, "parameters")
            first = parameters.named_children[0] if parameters is not None and parameters.named_children else None
            if first is not None and any(text(one) == "this" for one in first.children):
                around = source.type_at(node.start_byte)
                if around is not None:
                    found.setdefault(last_name(child(node, "name")), []).append(around)
    return found


def _members(one: Type) -> frozenset[str]:
    body = child(one.node, "body")
    found = set()
    for member in body.named_children if body is not None else []:
        if (name := child(member, "name")) is not None:
            found.add(text(name))
        for declaration in member.named_children:
            if declaration.type == "variable_declaration":
                found |= {last_name(child(each, "name")) for each in declaration.named_children if each.type == "variable_declarator"}
    return frozenset(found)


__all__ = ["Visibility", "prefixes"]
