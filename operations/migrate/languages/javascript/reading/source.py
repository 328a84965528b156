"""One file, as far as copying it asks: what it imports, what it exports, and what each name in it is bound to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tree_sitter import Node

from ...nodes import Nodes, child, errors, text
from .exporting import Exports, exports_of
from .grammar import DECLARATIONS, FUNCTIONS, SCOPES, loaded_by, parsed, plain
from .scopes import Scope, Scopes

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Import:
    """A module that is loaded: `import`, `export … from`, `require(…)`, `import(…)`."""

    specifier: str
    literal: Node
    """The string that names it."""
    node: Node
    """The statement, or the call."""


@dataclass(frozen=True)
class Bound:
    """What a name is bound to. All empty: something that only running the code can tell."""

    value: Node | None = None
    keys: tuple[str, ...] = ()
    """The property of `value` that is meant, and the property of that: from a pattern."""
    each: bool = False
    """Any element of `value`: from `for … of`."""
    module: str | None = None
    member: str | None = None
    """Of the module. None: all of it."""


class Source:
    """Reads a file once; everything else is asked of it. Never changes."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.root: Node
        self.nodes: Nodes
        # A JSON file that is imported is a module that exports an object. Nobody asks for positions in it.
        code, extension = (b"module.exports = " + content, "js") if path.endswith(".json") else (content, path.rpartition(".")[2])
        self.root, self.nodes = parsed(code, extension)

    @property
    def eol(self) -> str:
        return "\r\n" if b"\r\n" in self.content else "\n"

    @cached_property
    def syntax_errors(self) -> list[int]:
        return errors(self.root)

    @cached_property
    def imports(self) -> list[Import]:
        found = []
        for kind in ("import_statement", "export_statement"):
            for node in self.nodes[kind]:
                literal = child(node, "source") or _required(node)
                if literal is not None and (name := plain(literal)) is not None:
                    found.append(Import(name, literal, node))
        for node in self.nodes["call_expression"]:
            if (literal := loaded_by(node)) is not None and (name := plain(literal)) is not None:
                found.append(Import(name, literal, node))
        return sorted(found, key=lambda one: one.literal.start_byte)

    @cached_property
    def is_module(self) -> bool:
        """Written with `import` or `export`."""
        return bool(self.nodes["import_statement"] or self.nodes["export_statement"])

    @cached_property
    def exports(self) -> Exports:
        return exports_of(self.nodes)

    @cached_property
    def named(self) -> dict[str, list[Node]]:
        """Identifiers by what they say, those of types included."""
        found: dict[str, list[Node]] = {}
        for kind in ("identifier", "shorthand_property_identifier", "type_identifier"):
            for node in self.nodes[kind]:
                found.setdefault(text(node), []).append(node)
        return found

    @cached_property
    def assigned(self) -> set[str]:
        """Names and properties that are set again after their declaration."""
        found = set()
        for kind in ("assignment_expression", "augmented_assignment_expression", "update_expression"):
            for node in self.nodes[kind]:
                left = child(node, "left") or child(node, "argument")
                if left is not None and left.type == "identifier":
                    found.add(text(left))
                elif left is not None and left.type == "member_expression" and text(left).split(".")[0] not in ("module", "exports"):
                    found.add("." + text(left).rpartition(".")[2])
        return found

    def find(self, node: Node) -> Bound | None:
        """What the name at that place is bound to. None: to nothing in this file."""
        at = node.start_byte
        around = [one for one in self._bindings.get(text(node), {}).values() if one[0].start <= at < one[0].end]
        return max(around, key=lambda one: one[0].start - one[0].end)[1] if around else None

    def top(self, name: str) -> Bound | None:
        found = self._bindings.get(name, {}).get(0)
        return found[1] if found is not None else None

    def in_function(self, node: Node) -> bool:
        """Loading the file does not run it."""
        return self._scopes.around(node, *FUNCTIONS).number != 0

    @cached_property
    def quote(self) -> str:
        """The sort of quotes that the file uses most."""
        strings = self.nodes["string"]
        single = sum(node.text is not None and node.text.startswith(b"'") for node in strings)
        return '"' if single * 2 < len(strings) else "'"

    @cached_property
    def called(self) -> set[int]:
        """Ids of the nodes that are called."""
        return {one.id for node in self.nodes["call_expression"] if (one := child(node, "function")) is not None}

    @cached_property
    def _bindings(self) -> dict[str, dict[int, tuple[Scope, Bound]]]:
        """By name, then by scope. To ask a node for what is around it is slow in long files, so scopes are looked up by position."""
        found: dict[str, dict[int, tuple[Scope, Bound]]] = {}
        for scope, name, bound in self._declared():
            held = found.setdefault(name, {})
            held[scope.number] = (scope, Bound() if scope.number in held else bound)
        return found

    def _declared(self) -> Iterator[tuple[Scope, str, Bound]]:
        for node in self.nodes["import_statement"]:
            yield from ((self._scopes.top, name, bound) for name, bound in _imported(node))
        for kind in ("lexical_declaration", "variable_declaration"):
            for node in self.nodes[kind]:
                yield from self._variables(node)
        for kind in DECLARATIONS:
            for node in self.nodes[kind]:
                if (name := child(node, "name")) is not None:
                    yield self._scopes.around(node), text(name), Bound(node)
        for node in self.nodes["for_in_statement"]:
            left, right = child(node, "left"), child(node, "right")
            if left is not None and child(node, "kind") is not None:
                of = any(one.type == "of" for one in node.children)
                whole = Bound(right, each=True) if of and left.type == "identifier" else Bound()
                yield from ((self._scopes.around(left), name, whole) for name, _ in pattern(left))
        for kind, field in (("formal_parameters", ""), ("arrow_function", "parameter"), ("catch_clause", "parameter")):
            for node in self.nodes[kind]:
                if (listed := child(node, field) if field else node) is not None:
                    yield from ((self._scopes.around(listed), name, Bound()) for name, _ in pattern(listed))

    def _variables(self, declaration: Node) -> Iterator[tuple[Scope, str, Bound]]:
        fixed = any(one.type == "const" for one in declaration.children)
        hoisted = declaration.type == "variable_declaration"
        scope = self._scopes.around(declaration, *(FUNCTIONS if hoisted else ()))
        for node in declaration.named_children:
            name, value = child(node, "name"), child(node, "value")
            for each, keys in pattern(name) if name is not None and node.type == "variable_declarator" else ():
                known = value is not None and (fixed or each not in self.assigned)
                yield scope, each, Bound(value, keys) if known and keys is not None else Bound()

    @cached_property
    def _scopes(self) -> Scopes:
        return Scopes(self.root, [node for kind in SCOPES for node in self.nodes[kind]])


def pattern(node: Node) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """The names that a pattern binds, each with the way to it, property by property. None: it is not reached by properties alone."""
    match node.type:
        case "identifier":
            yield text(node), ()
        case "shorthand_property_identifier_pattern":
            yield text(node), (text(node),)
        case "pair_pattern":
            key, value = child(node, "key"), child(node, "value")
            if key is not None and value is not None:
                taken = plain(key) or text(key)
                yield from ((name, None if inner is None else (taken, *inner)) for name, inner in pattern(value))
        case "object_pattern":
            for one in node.named_children:
                yield from pattern(one)
        case "object_assignment_pattern" | "assignment_pattern":
            if (left := child(node, "left")) is not None:
                yield from ((name, None) for name, _ in pattern(left))
        case "required_parameter" | "optional_parameter":
            if (held := child(node, "pattern")) is not None:
                yield from ((name, None) for name, _ in pattern(held))
        case "formal_parameters" | "array_pattern" | "rest_pattern":
            for one in node.named_children:
                yield from ((name, None) for name, _ in pattern(one))


def _required(node: Node) -> Node | None:
    """TypeScript's `import names = require("./names")`."""
    clause = next((one for one in node.named_children if one.type == "import_require_clause"), None)
    return child(clause, "source") if clause is not None else None


def _imported(node: Node) -> Iterator[tuple[str, Bound]]:
    literal = child(node, "source") or _required(node)
    module = plain(literal) if literal is not None else None
    for clause in node.named_children:
        if clause.type == "import_require_clause":
            yield text(clause.named_children[0]), Bound(module=module)
        for one in clause.named_children if clause.type == "import_clause" else []:
            match one.type:
                case "identifier":
                    yield text(one), Bound(module=module, member="default")
                case "namespace_import":
                    yield text(one.named_children[-1]), Bound(module=module)
                case "named_imports":
                    for each in (specifier for specifier in one.named_children if specifier.type == "import_specifier"):
                        name, alias = child(each, "name"), child(each, "alias")
                        if name is not None:
                            yield text(alias or name), Bound(module=module, member=plain(name) or text(name))


@lru_cache(maxsize=8192)
def read(path: str, content: bytes) -> Source:
    return Source(path, content)


__all__ = ["BOM", "Bound", "Import", "Source", "pattern", "read"]
