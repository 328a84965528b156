"""Calls the app's functions: asynchronous ones on one event loop, the others in threads.

Source: Microsoft docs, "Azure Functions Python developer guide", sections on async and threads: a worker has one event loop; functions
without `async` run in a pool of threads, PYTHON_THREADPOOL_THREAD_COUNT of them.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import uuid
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .app import AppFunction

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Context:
    """What a parameter named `context` gets in a function that binds nothing of that name (`azure.functions.Context`)."""

    function_name: str
    function_directory: str
    invocation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    thread_local_storage: Any = field(default_factory=threading.local)
    trace_context: Any = None
    retry_context: Any = None


class Invoker:
    """`client_binding` is what a durable client input gets; `observe` is told each call of a function."""

    def __init__(
        self, directory: str, client_binding: Callable[[], str] | None, observe: Callable[[dict[str, Any]], None], threads: int
    ) -> None:
        self._directory, self._client_binding, self._observe = directory, client_binding, observe
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="function")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="functions", daemon=True).start()

    def call(self, function: AppFunction, arguments: Mapping[str, Any]) -> Any:
        """What the function returns; raises what it raises. Waits in the calling thread."""
        self._observe(
            {"kind": "function", "function": function.name, "trigger": function.trigger.type, "instance": None, "replaying": False}
        )
        code = function.function.get_user_function()
        given = {**arguments, **self._bound(function, code)}
        if inspect.iscoroutinefunction(code):
            return asyncio.run_coroutine_threadsafe(code(**given), self._loop).result()
        return self._threads.submit(code, **given).result()

    def wait(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Runs on the functions' event loop; waits in the calling thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _bound(self, function: AppFunction, code: Any) -> dict[str, Any]:
        bound: dict[str, Any] = {}
        for binding in function.function.get_bindings():
            if binding.type == "durableClient":
                assert self._client_binding is not None
                bound[binding.name] = self._client_binding()
        names = {binding.name for binding in function.function.get_bindings()}
        if "context" in inspect.signature(code).parameters and "context" not in names:
            bound["context"] = Context(function.name, self._directory)
        return bound
