"""Functions of the Node.js v4 programming model: `app.timer('name', …)`, `df.app.orchestration('name', …)`, in JavaScript or TypeScript.

Read by pattern, not parsed: commented-out registrations are found too, which errs on the safe side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ._functions import Found, FunctionInfo, Read, UnnamedFunction

_TRIGGERS = {
    "http": "httpTrigger",
    "get": "httpTrigger",
    "put": "httpTrigger",
    "post": "httpTrigger",
    "patch": "httpTrigger",
    "deleteRequest": "httpTrigger",
    "timer": "timerTrigger",
    "storageBlob": "blobTrigger",
    "storageQueue": "queueTrigger",
    "serviceBusQueue": "serviceBusTrigger",
    "serviceBusTopic": "serviceBusTrigger",
    "eventHub": "eventHubTrigger",
    "eventGrid": "eventGridTrigger",
    "cosmosDB": "cosmosDBTrigger",
    "warmup": "warmupTrigger",
    "sql": "sqlTrigger",
    "mySql": "mysqlTrigger",
    "webPubSub": "webPubSubTrigger",
    "mcpTool": "mcpToolTrigger",
    "mcpResource": "mcpResourceTrigger",
    "orchestration": "orchestrationTrigger",
    "activity": "activityTrigger",
    "entity": "entityTrigger",
}
"""Method -> binding type (@azure/functions 4, durable-functions 3). Unknown methods are taken for triggers that start by themselves."""

_NOT_FUNCTIONS = frozenset({"setup", "on", "use", "set", "listen", "all", "delete", "client", "subOrchestration"})
_SDK = re.compile(rb"@azure/functions|durable-functions")
_REGISTRATION = re.compile(
    r"\bapp\s*\.\s*(?P<method>\w+)\s*\(\s*(?:(?P<quote>['\"`])(?P<name>[^'\"`\n]*)(?P=quote)\s*,|(?P<other>[A-Za-z_$][\w$.]*)\s*,)"
)
_ENDINGS = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts")


def find(names: Iterable[str], read: Read) -> Found:
    """Only files that mention the Functions SDK are read; type declarations and installed modules are not."""
    found = Found()
    for name in names:
        if not name.endswith(_ENDINGS) or name.endswith((".d.ts", ".d.mts", ".d.cts")) or "node_modules/" in name:
            continue
        content = read(name)
        if _SDK.search(content):
            found += _find_in(content.decode("utf-8", "replace"), name)
    return found


def _find_in(text: str, source: str) -> Found:
    found = Found()
    for match in _REGISTRATION.finditer(text):
        method, name = match["method"], match["name"]
        if method in _NOT_FUNCTIONS:
            continue
        trigger = _TRIGGERS.get(method, f"{method}Trigger")
        if name is None or "${" in name:
            name = _constant(text, match["other"]) if match["other"] else None
        if name is None:
            line = text.count("\n", 0, match.start()) + 1
            found.unnamed.append(UnnamedFunction(trigger, source, line))
        elif re.fullmatch(r"[A-Za-z][\w-]*", name):  # anything else, like '/orders', belongs to a web framework
            found.functions.append(FunctionInfo(name, trigger, source))
    return found


def _constant(text: str, identifier: str) -> str | None:
    match = re.search(rf"\b(?:const|let|var)\s+{re.escape(identifier)}\b[^=\n]*=\s*(['\"`])([^'\"`\n$]*)\1", text)
    return match[2] if match else None


__all__ = ["find"]
