"""The durable functions of an app, by kind and name, and how each is called.

Sources: durable extension DurableTaskExtension.cs (names are compared without case; the sentences on missing functions),
azure-functions converters (`ActivityTriggerConverter`), azure-functions-durable `Orchestrator.create`, `Entity.create`.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Literal

from azure.functions import meta
from azure.functions.decorators.function_app import Function
from azure.functions.durable_functions import ActivityTriggerConverter

Kind = Literal["orchestrator", "activity", "entity"]
_TRIGGERS: dict[str, tuple[Kind, str]] = {
    "orchestrationTrigger": ("orchestrator", "orchestration"),
    "activityTrigger": ("activity", "activity"),
    "entityTrigger": ("entity", "entity_name"),
}
FAILURE_DATA = "\n\n$OutOfProcData$:"
"""Between the message and the state in the exception of a failed orchestrator."""


class MissingFunction(Exception):
    """The message is the extension's."""


class DurableFunctions:
    """`client_binding` is what a durable client input of an activity gets."""

    def __init__(self, functions: Mapping[str, Function], client_binding: Callable[[], str]) -> None:
        self._client_binding = client_binding
        self._known: dict[Kind, dict[str, tuple[str, Function]]] = {"orchestrator": {}, "activity": {}, "entity": {}}
        for name, function in functions.items():
            trigger = function.get_trigger()
            if trigger is not None and trigger.type in _TRIGGERS:
                kind, attribute = _TRIGGERS[trigger.type]
                called = getattr(trigger, attribute, None) or name
                self._known[kind][called.lower()] = (called, function)

    def check(self, kind: str, name: str) -> None:
        """Raises MissingFunction."""
        self._find(kind, name)  # type: ignore[arg-type]

    def name(self, kind: Kind, name: str) -> str:
        """As the app writes it."""
        return self._find(kind, name)[0]

    def orchestrate(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the SDK returns for a history: isDone, actions, output, customStatus, error. Raises MissingFunction."""
        function = self._find("orchestrator", name)[1].get_user_function()
        try:
            state: dict[str, Any] = json.loads(function(SimpleNamespace(body=json.dumps(body))))
        except Exception as error:
            _, separator, data = str(error).rpartition(FAILURE_DATA)
            if not separator:
                # The SDK itself failed.
                return {"isDone": False, "actions": [[]], "error": str(error) or type(error).__name__}
            state = json.loads(data)
        return state

    def operate(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the SDK returns for a batch of operations: entityExists, entityState, results, signals. Raises MissingFunction."""
        function = self._find("entity", name)[1].get_user_function()
        answer: dict[str, Any] = json.loads(function(SimpleNamespace(body=json.dumps(body))))
        return answer

    def act(self, name: str, text: str) -> str:
        """Calls an activity with its input as the worker would, and returns its output as JSON. Raises what the activity raises."""
        function = self._find("activity", name)[1]
        trigger = function.get_trigger()
        assert trigger is not None
        arguments = {trigger.name: ActivityTriggerConverter.decode(meta.Datum(text, "json"), trigger_metadata=None)}
        for binding in function.get_bindings():
            if binding.type == "durableClient":
                arguments[binding.name] = self._client_binding()
        result = function.get_user_function()(**arguments)
        if inspect.isawaitable(result):
            result = asyncio.run(_finished(result))
        return str(ActivityTriggerConverter.encode(result, expected_type=None).value)

    def _find(self, kind: Kind, name: str) -> tuple[str, Function]:
        found = self._known[kind].get(name.lower())
        if found is None:
            raise MissingFunction(self._missing(kind, name))
        return found

    def _missing(self, kind: Kind, name: str) -> str:
        known = "', '".join(called for called, _ in self._known[kind].values())
        info = f"The following are the known {kind} functions: '{known}'." if known else f"No {kind} functions are currently registered!"
        return f"The function '{name}' doesn't exist, is disabled, or is not an {kind} function. Additional info: {info}"


async def _finished(awaitable: Any) -> Any:
    return await awaitable
