"""Which name means what, and where: the scopes of a module and what is bound in them, as far as the text says it."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst


@dataclass(frozen=True)
class Value:
    """`NAME = expression`."""

    node: cst.BaseExpression


@dataclass(frozen=True)
class Imported:
    """`import module`, or `from module import member`."""

    module: str
    member: str | None = None


@dataclass(eq=False)
class Definition:
    """A `def`, with the scope that it stands in."""

    node: cst.FunctionDef
    scope: Scope
    inner: Scope


@dataclass(frozen=True)
class Other:
    """Bound in a way that is not followed: a loop's variable, a parameter, an unpacked value."""


Binding = Value | Imported | Definition | Other


@dataclass(eq=False)
class Scope:
    kind: str
    """`module`, `class` or `function`."""
    parent: Scope | None = None
    names: dict[str, list[Binding | Scope]] = field(default_factory=dict)
    """A class is bound to its scope."""
    parameters: tuple[str, ...] = ()
    """Of a function, in their order, without starred ones."""

    def bind(self, name: str, binding: Binding | Scope) -> None:
        self.names.setdefault(name, []).append(binding)

    def holder(self, name: str) -> Scope | None:
        """The scope that a name in this one is looked up in. Python passes over the classes around a function."""
        if name in self.names:
            return self
        outer = self.parent
        while outer is not None and (outer.kind == "class" or name not in outer.names):
            outer = outer.parent
        return outer


def bound(target: cst.CSTNode) -> list[str]:
    """The names that `a, (b, *c)` binds; attributes and items bind none."""
    if isinstance(target, cst.Name):
        return [target.value]
    if isinstance(target, (cst.Tuple, cst.List)):
        return [name for element in target.elements for name in bound(element.value)]
    if isinstance(target, (cst.StarredElement, cst.AsName)):
        return bound(target.value if isinstance(target, cst.StarredElement) else target.name)
    return []


__all__ = ["Binding", "Definition", "Imported", "Other", "Scope", "Value", "bound"]
