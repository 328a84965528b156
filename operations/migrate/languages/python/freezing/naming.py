"""Where the suffix goes in a copy: at the place of use, or once where a constant is defined that serves as the function's name alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import libcst as cst

from ..reading.app import App, Constant
from ..reading.names import last
from ..reading.source import Source, Span
from ..reading.values import Edit, Leaf, leaves
from .cuts import inside


class Naming:
    def __init__(self, app: App, paths: Iterable[str], cuts: Mapping[str, Sequence[Span]]) -> None:
        """`cuts`: what the copies of the modules are without."""
        self._app = app
        self._sources = [app.sources[path] for path in paths]
        self._cuts = cuts

    def edits(self, places: Sequence[Leaf], suffix: str) -> Iterator[tuple[str, Edit]]:
        """`places`: all expressions of the copies that name one of the functions. With the path that each edit is for."""
        of_constants: dict[tuple[str, int, str], list[Leaf]] = {}
        for leaf in places:
            if leaf.constant is None:
                yield leaf.source.path, leaf.suffixed(suffix)
            else:
                of_constants.setdefault(leaf.constant.key, []).append(leaf)
        for uses in of_constants.values():
            constant = uses[0].constant
            assert constant is not None
            if self._names_only(constant, uses):
                definition = [one for node in constant.nodes for one in leaves(self._app, constant.source, constant.scope, node)]
                yield from ((constant.source.path, one.suffixed(suffix)) for one in definition)
            else:
                yield from ((leaf.source.path, leaf.suffixed(suffix)) for leaf in uses)

    def _names_only(self, constant: Constant, uses: Sequence[Leaf]) -> bool:
        known = {(leaf.source.path, _token(leaf, constant.name)) for leaf in uses}
        known |= {(constant.source.path, self._target(constant, node)) for node in constant.nodes}
        seen = {(source.path, span) for source in self._seen_by(constant) for span in self._occurrences(source, constant.name)}
        return seen <= known and not any(self._is_shared(constant, node) for node in constant.nodes)

    def _is_shared(self, constant: Constant, node: cst.BaseExpression) -> bool:
        """Whether the value is another name's as well."""
        return id(node) in constant.source.shared or isinstance(self._app.find(constant.source, constant.scope, node), Constant)

    def _seen_by(self, constant: Constant) -> list[Source]:
        return [constant.source] if constant.scope.kind == "function" else self._sources

    def _target(self, constant: Constant, node: cst.BaseExpression) -> Span:
        """Where the name stands that the expression is assigned to."""
        start = constant.source.span(node)[0]
        return max(span for span in constant.source.names[constant.name] if span[1] <= start)

    def _occurrences(self, source: Source, name: str) -> Iterator[Span]:
        """Also under the names that the module imports it as. Any identifier of that name counts, whatever it means."""
        cuts = self._cuts.get(source.path, ())
        for called in {name, *source.aliases.get(name, ())}:
            for span in source.names.get(called, ()):
                if not inside(span, source.import_spans) and not inside(span, cuts):
                    yield span


def _token(leaf: Leaf, name: str) -> Span:
    """Where the constant's own name ends the expression; in `Names.ORDER.value`, that is before `.value`."""
    node: cst.CSTNode = leaf.node
    if isinstance(node, cst.Attribute):
        node = node.value if last(node) == "value" and last(node.value) == name else node.attr
    if isinstance(node, cst.Attribute):
        node = node.attr
    return leaf.source.span(node)


__all__ = ["Naming"]
