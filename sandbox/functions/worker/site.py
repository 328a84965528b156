"""One slot's app as a whole: its functions, their triggers, the Durable extension if it uses one, and its answers over HTTP.

Sources: azure-functions-host WebHostMiddleware (503 "Function host is not running." while in error), HostController.cs (admin/host/status),
FunctionsController.cs (admin/functions/NAME); Microsoft docs, "Manually run a non HTTP-triggered function", "How to disable functions"
(a disabled function answers 404, and runs with the master key), "App settings reference" (AzureWebJobsDisableHomepage).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ..serving import STOPPING, Answer, Call
from ..spec import Keys, Spec
from .app import AppFunction, load_functions
from .authorizing import is_master, opens
from .executions import Executions
from .host_json import read_host_json, section
from .invoking import Invoker
from .naming import host_id
from .problem import AppProblem
from .routes import Route, find, routes_of

WEBHOOKS = "/runtime/webhooks/durabletask"
_DURABLE_KEY = "durabletask_extension"


class Listener(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def join(self) -> None: ...


class SiteApp:
    """Answers as a host in error until `start` has returned."""

    def __init__(self, spec: Spec, settings: Mapping[str, str]) -> None:
        self.keys: Keys = spec.keys
        self.problem: str | None = "The host is starting."
        self._spec, self._settings = spec, settings
        self._began = time.monotonic()
        self._functions: dict[str, AppFunction] = {}
        self._routes: list[Route] = []
        self._prefix = "api"
        self._listeners: list[Listener] = []
        self._durable: Any = None
        self._invoker: Invoker | None = None
        self._change = threading.Condition()
        self._in_flight = 0
        self._stopping = False

    def start(self) -> None:
        """Raises AppProblem, or what storage raises; then `problem` says it."""
        try:
            self._start()
            self.problem = None
        except Exception as problem:
            self.problem = str(problem) or type(problem).__name__
            raise

    @property
    def functions(self) -> list[dict[str, Any]]:
        return [function.described for function in self._functions.values()]

    def stop(self) -> None:
        """Nothing new is taken; what runs ends, requests too."""
        with self._change:
            self._stopping = True
        for listener in self._listeners:
            listener.stop()
        for listener in self._listeners:
            listener.join()
        if self._durable is not None:
            self._durable.stop(graceful=True)
        with self._change:
            self._change.wait_for(lambda: self._in_flight == 0)

    def _start(self) -> None:
        package = Path(self._spec.package)
        host_json = read_host_json(package)
        self._functions = load_functions(package, self._settings)
        self._prefix = str(section(host_json, self._settings, "extensions", "http").get("routeprefix", "api"))
        self._routes = routes_of(self._functions.values(), self._prefix)
        executions = Executions(self._spec, self._settings)
        if any(function.is_durable for function in self._functions.values()):
            self._durable = self._durable_extension(host_json, executions)
        binding = None if self._durable is None else self._durable.client_binding
        threads = int(self._settings.get("PYTHON_THREADPOOL_THREAD_COUNT") or 32)
        self._invoker = Invoker(self._spec.package, binding, executions.add, threads)
        self._listeners = self._triggers(host_json)
        if self._durable is not None:
            self._durable.start()
        for listener in self._listeners:
            listener.start()

    def _triggers(self, host_json: Mapping[str, Any]) -> list[Listener]:
        assert self._invoker is not None
        found: list[Listener] = []
        queues = section(host_json, self._settings, "extensions", "queues")
        for function in self._functions.values():
            if function.disabled or function.trigger is None:
                continue
            if function.trigger.type == "timerTrigger" and self._spec.runs_timers:
                from .timers import Timer

                found.append(Timer(function, self._invoker, self._settings))
            elif function.trigger.type == "queueTrigger":
                from .queues import QueueListener

                found.append(QueueListener(function, self._invoker, self._settings, queues, self._spec.ca_bundle))
        return found

    def _durable_extension(self, host_json: Mapping[str, Any], executions: Executions) -> Any:
        from sandbox.durable import DurableExtension, HubOptions, StartProblem, Timings

        from .connections import identity

        try:
            options = HubOptions.of(host_json, self._settings, self._spec.site, self._spec.slot, self._spec.timer_speed)
        except StartProblem as problem:
            raise AppProblem(str(problem)) from None
        return DurableExtension(
            options,
            options.connection_string or identity(options.client_id),
            {name: function.function for name, function in self._functions.items() if not function.disabled},
            base_url=self._spec.base_url,
            key=self._spec.keys.system[_DURABLE_KEY],
            worker_id=f"{self._spec.site}-{self._spec.slot}-{time.time_ns():x}",
            observe=executions.add,
            connection_verify=self._spec.ca_bundle,
            # An instance of Flex Consumption that is drained lets its activities end, however long they take.
            timings=None if self._spec.deployment is None else Timings(drain=3600),
        )

    def answer(self, call: Call) -> Answer:
        """While it stops it takes no request any more: the front door keeps those for the next process."""
        with self._change:
            if self._stopping:
                return Answer(503, ((STOPPING, "true"),))
            self._in_flight += 1
        try:
            return self._answer(call)
        finally:
            with self._change:
                self._in_flight -= 1
                self._change.notify_all()

    def _answer(self, call: Call) -> Answer:
        path = call.path.lower().rstrip("/")
        if path == "/admin/host/status":
            return Answer.of_json(200, self.status()) if is_master(call, self.keys) else Answer(401)
        if self.problem is not None:
            return Answer.of_text(503, "Function host is not running.")
        if path.startswith("/admin/functions/"):
            return self._run_by_hand(call) if is_master(call, self.keys) else Answer(401)
        if path.startswith(WEBHOOKS):
            return self._manage(call)
        if path == "" and not self._prefix_is_root():
            return self._homepage()
        return self._function(call)

    def status(self) -> dict[str, Any]:
        """HostStatus.cs. `errors` is there only if there are some."""
        known: dict[str, Any] = {
            "id": self._settings.get("AzureFunctionsWebHost__hostid") or host_id(self._spec.site, self._spec.slot),
            "state": "Running" if self.problem is None else "Error",
            "version": "4.0.0-sandbox",
            "processUptime": int((time.monotonic() - self._began) * 1000),
            "functionAppContentEditingState": "NotAllowed",
        }
        return known if self.problem is None else {**known, "errors": [self.problem]}

    def _function(self, call: Call) -> Answer:
        assert self._invoker is not None
        found = find(self._routes, call.method, call.path)
        if found is None:
            return Answer(404)
        function, parameters = found
        if function.disabled and not is_master(call, self.keys):
            return Answer(404)
        level = str(getattr(function.trigger.auth_level, "value", function.trigger.auth_level) or "function").lower()
        if not opens(call, self.keys, level):
            return Answer(401)
        from .http_functions import respond

        return respond(self._invoker, function, call, parameters, self._settings)

    def _manage(self, call: Call) -> Answer:
        if self._durable is None:
            return Answer(404)
        if not opens(call, self.keys, "system"):
            return Answer(401)
        headers = {**call.headers, "x-functions-key": self.keys.system[_DURABLE_KEY]}
        status, answered, body = self._durable.handle(call.method, call.target, headers, call.body)
        kept = tuple((name, value) for name, value in answered.items() if name.lower() != "content-length")
        return Answer(status, kept, body)

    def _run_by_hand(self, call: Call) -> Answer:
        """202 at once, whatever the function does later."""
        function = self._functions.get(call.path.rstrip("/").rsplit("/", 1)[-1])
        if function is None or function.trigger is None:
            return Answer(404)
        if call.method != "POST" or function.trigger.type not in ("timerTrigger", "queueTrigger"):
            return Answer(400)
        try:
            text = (json.loads(call.body or b"{}") or {}).get("input", "")
        except ValueError:
            return Answer(400)
        from .by_hand import run

        assert self._invoker is not None
        run(self._invoker, function, str(text))
        return Answer(202)

    def _homepage(self) -> Answer:
        if self._settings.get("AzureWebJobsDisableHomepage", "").lower() in ("true", "1"):
            return Answer(204)
        return Answer.of_text(200, "Your Azure Function App is up and running.")

    def _prefix_is_root(self) -> bool:
        return self._prefix.strip("/") == "" and any(route.pattern.fullmatch("") for route in self._routes)
