"""The namespaces of a frozen copy, and the changes that make a copied file refer to copies where there are any. Pure.

`Shop.Models` becomes `Shop.Versions.V1.Models` if the project also has types in `Shop` (or `Shop` is its root namespace), and
`Shop.Models.Versions.V1` otherwise: the copies are nested in each other as the originals are, inside the namespace of the originals. So a
name without a namespace finds the copy first and, failing that, the original, as C# looks from the inside outwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tree_sitter import Node

from ...nodes import child, text
from ...spans import inside
from ..reading.grammar import segments
from ..reading.projects import FOLDER, Project
from ..reading.source import Namespace, Source, Type, Using, spans_of
from .cutting import BOM, Edit
from .needing import Plan
from .visibility import Visibility, prefixes


class Namespaces:
    def __init__(self, project: Project, working: Mapping[str, Source], visibility: Visibility, plan: Plan, version_folder: str) -> None:
        self._visibility = visibility
        self._plan = plan
        self._inner = f"{FOLDER}.{version_folder}"
        self._declared = frozenset(one.namespace for source in working.values() for one in source.types)
        self._roots = self._declared | ({project.root_namespace} if project.root_namespace else frozenset())
        self._with_copies = frozenset(name.rpartition(".")[0] for name in plan.copied)

    def root(self, namespace: str) -> str | None:
        return next((one for one in prefixes(namespace) if one in self._roots), None)

    def copy_of(self, namespace: str) -> str:
        root = self.root(namespace)
        if root is None:
            return f"{namespace}.{self._inner}" if namespace else self._inner
        return f"{root}.{self._inner}{namespace.removeprefix(root)}"

    def edits(self, source: Source, spoken: set[Type], left_out: list[Node]) -> list[Edit]:
        """`spoken`: the app's types that the copy of this file mentions."""
        gone = {node.start_byte for node in left_out}
        kept = [one for one in source.types if one.node.start_byte not in gone]
        copied = {one for one in spoken if one.full_name in self._plan.copied}
        originals = {one.namespace for one in spoken - copied}
        found: list[Edit] = []
        inner: list[str] = []
        outer: list[str] = []
        for using in source.usings:
            if using.is_global:
                continue  # taken out: it would count for the working copy too
            found += self._using(source, using, originals, inner, outer)
        inner += self._from_elsewhere(source, copied, inner)
        outer += [one for one in sorted(originals) if self._lost(source, one)]
        found += [self._insertion(node, at) for node, at in self._dotted(source, left_out)]
        found += self._beginnings(source, kept, copied, inner)
        if outer:
            at = source.namespaces[0].node.start_byte
            at = source.content.rfind(b"\n", 0, at) + 1
            found.append(Edit(at, at, "".join(f"using {name};{source.eol}" for name in dict.fromkeys(outer)) + source.eol))
        return [one for one in found if one.text]

    def _using(self, source: Source, using: Using, originals: set[str], inner: list[str], outer: list[str]) -> list[Edit]:
        names = segments(using.node.named_children[-1]) or []
        around = source.namespace_at(using.node.start_byte) if using.namespace is not None else ""
        meant = self._meant(using.name, around)
        if not using.of_namespace:
            place = self._place(names, around, of_type=meant is None) if meant is None or meant in self._with_copies else None
            return [] if place is None else [self._insertion(names, place)]
        if meant is None or meant not in self._with_copies:
            return []
        if meant in originals:
            if using.namespace is None:
                inner.append(meant)
                return []
            outer.append(meant)
        place = self._place(names, around, of_type=False)
        return [] if place is None else [self._insertion(names, place)]

    def _from_elsewhere(self, source: Source, copied: set[Type], have: list[str]) -> list[str]:
        """Namespaces of copies that the file sees without a using of its own: by a global one, or since they are global themselves."""
        own = {prefix for one in source.namespaces for prefix in prefixes(one.name)}
        if not source.namespaces:
            own = {""}
        named = {one.name for one in source.usings if one.of_namespace and not one.is_global} | set(have) | own
        named |= {f"{prefix}.{one.name}" for one in source.usings for prefix in own if prefix and not one.is_global}
        shared = {one.name for one in self._visibility.shared_usings if one.of_namespace} | set(self._visibility.project_usings) | {""}
        return sorted({one.namespace for one in copied if one.namespace in shared} - named)

    def _lost(self, source: Source, namespace: str) -> bool:
        """Whether the file saw it only because it stands inside of it, and its copy no longer does."""
        named = {one.name for one in source.usings if one.of_namespace and one.namespace is None}
        around = {prefix for one in source.namespaces for prefix in prefixes(one.name)}
        roots = {prefix for one in source.namespaces for prefix in prefixes(self.root(one.name) or one.name)}
        return namespace in around - roots - named

    def _dotted(self, source: Source, left_out: list[Node]) -> Iterable[tuple[list[Node], int]]:
        """`Shop.Models.Order` in the code, outermost."""
        end = 0
        nodes = sorted(
            (*source.nodes["qualified_name"], *source.nodes["member_access_expression"]), key=lambda n: (n.start_byte, -n.end_byte)
        )
        usings = [one.node for one in source.usings] + [name for one in source.namespaces if (name := child(one.node, "name")) is not None]
        skipped = spans_of([*usings, *left_out])
        for node in nodes:
            if node.start_byte < end or inside(skipped, node.start_byte):
                continue
            names = _leading(node)
            if len(names) > 1:
                end = names[-1].end_byte
                place = self._place(names, source.namespace_at(node.start_byte), of_type=True)
                if place is not None:
                    yield names, place

    def _place(self, names: list[Node], around: str, *, of_type: bool) -> int | None:
        """Behind which of the names the copy's part belongs. -1: it must be said in full that the original is meant. None: nowhere."""
        words = [text(one) for one in names]
        for length in range(len(words) - 1 if of_type else len(words), 0, -1):
            for prefix in ["", *prefixes(around)][::-1]:
                namespace = ".".join([*([prefix] if prefix else []), *words[:length]])
                if namespace not in self._declared:
                    continue
                root = self.root(namespace) or namespace
                behind = len(root.split(".")) - (len(prefix.split(".")) if prefix else 0) - 1
                if not of_type or f"{namespace}.{words[length]}" in self._plan.copied:
                    return behind if behind >= 0 else None
        return None

    def _insertion(self, names: list[Node], at: int) -> Edit:
        end = names[at].end_byte
        return Edit(end, end, f".{self._inner}")

    def _meant(self, name: str, around: str) -> str | None:
        found = [".".join(filter(None, (prefix, name))) for prefix in ["", *prefixes(around)][::-1]]
        return next((one for one in found if one in self._declared), None)

    def _beginnings(self, source: Source, kept: list[Type], copied: set[Type], inner: list[str]) -> list[Edit]:
        names = {one.name for one in source.mentions}
        spoken = {one.full_name for one in copied}
        lines = [f"using global::{self.copy_of(name)};" for name in dict.fromkeys(inner)]
        for using in self._visibility.shared_usings:
            namespace, _, name = using.name.rpartition(".")
            wanted = using.alias in names if using.alias is not None else using.is_static and using.name in spoken
            if wanted and using.name in self._plan.copied:
                kind = "static " if using.is_static else f"{using.alias} = "
                lines.append(f"using {kind}global::{self.copy_of(namespace)}.{name};")
        found: list[Edit] = []
        for one in source.namespaces:
            if (edit := self._renamed(one)) is not None:
                found += [edit, _with_usings(one.node, source, lines)]
        found += _wrapped(source, [one for one in kept if not one.namespace], self._inner, lines)
        return found

    def _renamed(self, namespace: Namespace) -> Edit | None:
        """Nested namespaces: in the one whose own name ends the root, or holds its end."""
        root = self.root(namespace.name)
        name = child(namespace.node, "name")
        if root is None or name is None:
            return None
        outer = len(namespace.name.split(".")) - len(namespace.own.split("."))
        behind = len(root.split(".")) - outer - 1
        return self._insertion(segments(name) or [], behind) if behind >= 0 else None


def _leading(node: Node) -> list[Node]:
    """The names at the left of `Shop.Names.Ship.ToString().Length`, as far as they are only names."""
    while segments(node) is None:
        left = child(node, "qualifier") or child(node, "expression")
        if left is None or left.type not in ("qualified_name", "member_access_expression"):
            return []
        node = left
    return segments(node) or []


def _with_usings(node: Node, source: Source, lines: list[str]) -> Edit:
    body = child(node, "body")
    if body is None:
        at = node.end_byte
        return Edit(at, at, source.eol + "".join(source.eol + line for line in lines) if lines else "")
    at = body.start_byte + 1
    first = next((one for one in body.named_children if one.start_point.row > body.start_point.row), None)
    start = source.content.rfind(b"\n", 0, first.start_byte) + 1 if first is not None else 0
    indent = source.content[start : first.start_byte].decode() if first is not None else "    "
    return Edit(at, at, "".join(f"{source.eol}{indent}{line}" for line in lines) + source.eol if lines else "")


def _wrapped(source: Source, types: list[Type], namespace: str, lines: list[str]) -> list[Edit]:
    """Types without a namespace get one around them. In braces, which every version of C# knows, and without indenting what was written."""
    if not types:
        return []
    heads = ("using_directive", "extern_alias_directive", "global_attribute", "global_statement", "preproc_define", "preproc_undef")
    children = source.root.children
    start = max((one.end_byte for one in children if one.type in heads or _only_usings(one)), default=0)
    newline = source.content.find(b"\n", start)
    if start:
        start = newline + 1 if newline >= 0 else len(source.content)
    elif source.content.startswith(BOM):
        start = len(BOM)
    eol = source.eol
    before = f"{eol if start > len(BOM) else ''}namespace {namespace}{eol}{{{eol}" + "".join(f"    {line}{eol}" for line in lines)
    end = len(source.content)
    last = next((one for one in children if one.type in ("namespace_declaration", "file_scoped_namespace_declaration")), None)
    if last is not None and last.start_byte > types[-1].node.start_byte:
        end = source.content.rfind(b"\n", 0, last.start_byte) + 1
    gap = "" if source.content[:end].endswith(b"\n") else eol
    return [Edit(start, start, before), Edit(end, end, f"{gap}}}{eol}")]


def _only_usings(node: Node) -> bool:
    return node.type == "preproc_if" and any(one.type == "using_directive" for one in node.named_children)


__all__ = ["Namespaces"]
