"""What a package in JavaScript or TypeScript calls (durable-functions 3, programming model v4): by pattern, not parsed.

Sources of orchestrators and signatures of activities can't be told this way. A call in a comment or a text is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .._functions import FunctionInfo, Read, UnnamedFunction
from .model import SIGNATURES, SOURCES, Call, Inventory

_METHODS = {"callActivity": -1, "callActivityWithRetry": -1, "callSubOrchestrator": 3, "callSubOrchestratorWithRetry": 4, "startNew": 1}
"""Method -> position of `version`; of `startNew` that of its options."""
_CALL = re.compile(rf"\.\s*(?P<method>{'|'.join(_METHODS)})\s*(?:<[^()<>]*>\s*)?\(")
_ENDINGS = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts")
_TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`|[()\[\]{},]", re.DOTALL)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def take(functions: tuple[FunctionInfo, ...], unnamed: tuple[UnnamedFunction, ...], files: Iterable[str], read: Read) -> Inventory:
    named = {
        trigger: sorted(one.name for one in functions if one.trigger.lower() == trigger)
        for trigger in ("orchestrationtrigger", "activitytrigger", "entitytrigger")
    }
    orchestrators, activities, entities = named.values()
    known = {name.lower() for name in activities}
    some_unnamed = any(one.trigger.lower() == "activitytrigger" for one in unnamed)
    children, starts, undeclared = set(), set(), set()
    for method, arguments, call in _calls(files, read):
        name = _literal(arguments[0])
        if method.startswith("callActivity"):
            if name is not None and name.lower() not in known and not some_unnamed:
                undeclared.add(call)
        elif method == "startNew":
            if len(arguments) < 2 or (arguments[1].startswith("{") and not re.search(r"\bversion\b|\.\.\.", arguments[1])):
                starts.add(call)
        elif not any(one.startswith("...") for one in arguments) and _is_nothing(arguments[_METHODS[method] :]):
            children.add(call)
    return Inventory(
        dict.fromkeys(orchestrators, ""),
        dict.fromkeys(activities, ""),
        tuple(entities),
        calls_without_version=tuple(sorted(children)),
        starts_without_version=tuple(sorted(starts)),
        undeclared=tuple(sorted(undeclared)),
        unchecked=frozenset({SOURCES, SIGNATURES}),
    )


def _calls(files: Iterable[str], read: Read) -> Iterator[tuple[str, list[str], Call]]:
    for path in files:
        if not path.endswith(_ENDINGS) or path.endswith((".d.ts", ".d.mts", ".d.cts")) or "node_modules/" in path:
            continue
        text = read(path).decode("utf-8", "replace")
        for match in _CALL.finditer(text):
            arguments = _arguments(text, match.end())
            if arguments:
                line = text.count("\n", 0, match.start("method")) + 1
                yield match["method"], arguments, Call(path, line, _literal(arguments[0]) or arguments[0])


def _arguments(text: str, start: int) -> list[str]:
    """What stands between the brackets, comma by comma; empty if they are never closed."""
    arguments, open_brackets, at = [], ["("], start
    for token in _TOKEN.finditer(text, start):
        bracket = token[0]
        if bracket in ("(", "[", "{"):
            open_brackets.append(bracket)
        elif bracket in _CLOSING and open_brackets.pop() != _CLOSING[bracket]:
            return []
        if not open_brackets or (bracket == "," and len(open_brackets) == 1):
            arguments.append(_without_comments(text[at : token.start()]))
            at = token.end()
        if not open_brackets:
            return arguments if arguments[-1] else arguments[:-1]  # a comma at the end
    return []


def _without_comments(text: str) -> str:
    return _TOKEN.sub(lambda token: "" if token[0].startswith(("//", "/*")) else token[0], text).strip()


def _literal(argument: str) -> str | None:
    match = re.fullmatch(r"(['\"`])([^'\"`$\\]*)\1", argument)
    return match[2] if match else None


def _is_nothing(arguments: list[str]) -> bool:
    return not arguments or arguments[0] in ("undefined", "null", "void 0")


__all__ = ["take"]
