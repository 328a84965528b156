"""Functions that are handed on as objects, `context.call_activity(reserve_item)`.

The SDK calls such a function by the name of its `def`, whatever its decorators say (azure-functions-durable
`models/DurableOrchestrationContext.py`, `_get_function_name`, reads the `_name` that azure-functions takes from the `def` alone). So in a copy
the `def` gets the copy's name, and the name that all others know it by is bound to it right behind.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..reading.references import Found, Target
from ..reading.scopes import Definition
from ..reading.source import Source
from ..reading.values import Edit
from .cuts import newline


def handed_on(found: Found, target: Target, source: Source, suffix: str) -> Iterator[tuple[str, Edit]]:
    """With the path that each edit is for. `source`: where the function is defined."""
    definition, new = target.definition, f"{target.function.name}{suffix}"
    assert definition is not None
    if not new.isidentifier():
        yield found.source.path, Edit(*found.span, f'"{new}"')
        return
    start, end = source.span(definition.node.name)
    yield source.path, Edit(start, end, new)
    yield source.path, _alias(source, definition, new)


def _alias(source: Source, definition: Definition, new: str) -> Edit:
    text, (start, _) = source.text, source.span(definition.node.name)
    end = min(source.span(definition.node)[1], len(text))
    begin = text.rfind("\n", 0, start) + 1
    indent = text[begin:start][: len(text[begin:start]) - len(text[begin:start].lstrip())]
    line = f"{indent}{definition.node.name.value} = {new}"
    return Edit(end, end, line + newline(source) if text[:end].endswith("\n") else newline(source) + line)


__all__ = ["handed_on"]
