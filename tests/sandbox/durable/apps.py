"""Small apps with one thing each, made anew for every test, so that a test may change what they know."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import azure.durable_functions as df

Orchestrator = Callable[[df.DurableOrchestrationContext], Generator[Any, Any, Any]]


def app_with(
    *orchestrators: Orchestrator, activities: dict[str, Callable[..., Any]] | None = None, **entities: Callable[..., Any]
) -> df.DFApp:
    """Orchestrators and entities under their own names; an activity takes one input."""
    app = df.DFApp()
    for orchestrator in orchestrators:
        app.function_name(orchestrator.__name__)(app.orchestration_trigger(context_name="context")(orchestrator))
    for name, entity in entities.items():
        entity.__name__ = name
        app.function_name(name)(app.entity_trigger(context_name="context")(entity))
    for name, activity in (activities or {}).items():
        app.function_name(name)(app.activity_trigger(input_name="value")(_named(activity, name)))
    return app


def _named(activity: Callable[..., Any], name: str) -> Callable[..., Any]:
    def call(value: Any) -> Any:
        return activity(value)

    call.__name__ = name
    return call


def counter(context: df.DurableEntityContext) -> None:
    count = context.get_state(lambda: 0)
    if context.operation_name == "add":
        count += context.get_input()
        context.set_state(count)
    elif context.operation_name == "forget":
        context.destruct_on_exit()
        return
    elif context.operation_name != "get":
        raise ValueError(f"a counter can't {context.operation_name}")
    context.set_result(count)
