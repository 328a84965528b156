"""Functions of Python's v2 programming model, read from the syntax tree: decorators on FunctionApp, Blueprint and DFApp objects.

Every module of the package is read, not only those that function_app.py imports: an import may be hidden, and a blueprint that is never
registered costs nothing. Objects that plainly belong to another library (a Flask app's `@app.route`) are left alone.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass

from ._functions import Found, FunctionInfo, Read, UnnamedFunction
from ._python_constants import Constants

_TRIGGERS = {
    "route": "httpTrigger",
    "schedule": "timerTrigger",
    "timer_trigger": "timerTrigger",
    "queue_trigger": "queueTrigger",
    "service_bus_queue_trigger": "serviceBusTrigger",
    "service_bus_topic_trigger": "serviceBusTrigger",
    "event_hub_message_trigger": "eventHubTrigger",
    "event_grid_trigger": "eventGridTrigger",
    "blob_trigger": "blobTrigger",
    "cosmos_db_trigger": "cosmosDBTrigger",
    "kafka_trigger": "kafkaTrigger",
    "sql_trigger": "sqlTrigger",
    "mysql_trigger": "mysqlTrigger",
    "connector_trigger": "connectorTrigger",
    "dapr_binding_trigger": "daprBindingTrigger",
    "dapr_topic_trigger": "daprTopicTrigger",
    "dapr_service_invocation_trigger": "daprServiceInvocationTrigger",
    "assistant_skill_trigger": "assistantSkillTrigger",
    "mcp_tool_trigger": "mcpToolTrigger",
    "mcp_resource_trigger": "mcpResourceTrigger",
    "mcp_prompt_trigger": "mcpPromptTrigger",
    "warm_up_trigger": "warmupTrigger",
    "orchestration_trigger": "orchestrationTrigger",
    "durable_openai_agent_orchestrator": "orchestrationTrigger",
    "activity_trigger": "activityTrigger",
    "entity_trigger": "entityTrigger",
    "generic_trigger": "",
}
"""Decorator -> binding type (azure.functions.FunctionApp and azure.durable_functions.DFApp). Others that end in `_trigger` are derived."""

_WORTH_PARSING = re.compile(rb"\.(route|schedule|durable_openai_agent_orchestrator|\w+_trigger)\s*\(|\b(Asgi|Wsgi)FunctionApp\b")
_OTHER_LIBRARIES = ("flask", "fastapi", "starlette", "quart", "sanic", "bottle", "apscheduler", "celery")
_NOT_THE_APPS = ("azure/functions/", "azure/durable_functions/", ".python_packages/lib/site-packages/tests/")
"""The SDKs, and the tests that the wheel of azure-functions-durable brings along as a package of their own: functions, but nobody's."""


def find(names: Collection[str], read: Read) -> Found:
    found = Found()
    constants = Constants(set(names), read)
    for name in names:
        if not name.endswith(".py") or any(folder in name for folder in _NOT_THE_APPS):
            continue
        source = read(name)
        if not _WORTH_PARSING.search(source):
            continue
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError) as error:
            if name == "function_app.py" or b"azure.functions" in source or b"durable_functions" in source:
                version = f"{sys.version_info.major}.{sys.version_info.minor}"
                found.problems.append(
                    f"{name}: cannot be read as Python {version} ({error}): mend it, or deploy with the app's own Python version"
                )
            continue
        found += _Module(tree, name, constants).find()
    return found


@dataclass(frozen=True)
class Declaration:
    name: str | None
    """None: the text does not give it."""
    trigger: str
    node: ast.FunctionDef | ast.AsyncFunctionDef


def declarations(tree: ast.Module, source: str, constants: Constants) -> list[Declaration]:
    """The decorated functions of one module."""
    module = _Module(tree, source, constants)
    module.find()
    return module.declared


class _Module:
    """One module: the objects that are not function apps, and its functions."""

    def __init__(self, tree: ast.Module, source: str, constants: Constants) -> None:
        self._tree = tree
        self._source = source
        self._constants = constants
        self._foreign: set[str] = set()
        self._decorators: set[int] = set()
        self.declared: list[Declaration] = []
        self._note_assignments()

    def find(self) -> Found:
        found = Found()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._decorated(node, found)
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                self._called(node, found)
        return found

    def _note_assignments(self) -> None:
        other_names: set[str] = set()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _OTHER_LIBRARIES:
                other_names |= {alias.asname or alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                other_names |= {alias.asname or alias.name for alias in node.names if alias.name.split(".")[0] in _OTHER_LIBRARIES}
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
                continue
            if ast.unparse(node.value.func).split(".")[0] in other_names:
                self._foreign |= {target.id for target in node.targets if isinstance(target, ast.Name)}

    def _decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, found: Found) -> None:
        calls = [call for call in node.decorator_list if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)]
        self._decorators |= {id(call) for call in calls}
        triggers = [call for call in calls if self._trigger(call) is not None]
        if not triggers:
            return
        name: str | None = node.name
        for call in calls:
            if isinstance(call.func, ast.Attribute) and call.func.attr == "function_name":
                name = self._text(call, "name", 0)
        self.declared.append(Declaration(name, self._trigger(triggers[0]) or "", node))
        self._add(found, name, triggers[0])

    def _called(self, node: ast.Call, found: Found) -> None:
        """Registrations without a decorator line, and apps that bring their one function with them."""
        callee = ast.unparse(node.func).split(".")[-1]
        if callee in ("AsgiFunctionApp", "WsgiFunctionApp"):
            name = self._text(node, "function_name", None) if any(one.arg == "function_name" for one in node.keywords) else "http_app_func"
            self._add_named(found, name, "httpTrigger", node.lineno)
        elif id(node) not in self._decorators and self._trigger(node) is not None and any(one.arg == "arg_name" for one in node.keywords):
            self._add(found, None, node)

    def _trigger(self, call: ast.Call) -> str | None:
        """The binding type if `call` declares a trigger, an empty string if it does but the type can't be read."""
        if not isinstance(call.func, ast.Attribute):
            return None
        if isinstance(call.func.value, ast.Name) and call.func.value.id in self._foreign:
            return None
        attribute = call.func.attr
        if attribute == "generic_trigger":
            return self._text(call, "type", 1) or ""
        if attribute in _TRIGGERS:
            return _TRIGGERS[attribute]
        if attribute.endswith("_trigger"):
            first, *rest = attribute.removesuffix("_trigger").split("_")
            return first + "".join(part.title() for part in rest) + "Trigger"
        return None

    def _text(self, call: ast.Call, keyword: str, position: int | None) -> str | None:
        """An argument that is a literal, or a name of this module or of an imported one that stands for a literal."""
        values = [one.value for one in call.keywords if one.arg == keyword]
        if not values and position is not None:
            values = call.args[position : position + 1]
        return self._constants.text(values[0], self._tree, self._source) if values else None

    def _add(self, found: Found, name: str | None, call: ast.Call) -> None:
        self._add_named(found, name, self._trigger(call) or "", call.lineno)

    def _add_named(self, found: Found, name: str | None, trigger: str, line: int) -> None:
        if name is None:
            found.unnamed.append(UnnamedFunction(trigger or "genericTrigger", self._source, line))
            return
        found.functions.append(FunctionInfo(name, trigger or "genericTrigger", self._source))


__all__ = ["Declaration", "declarations", "find"]
