"""The stand-in of the Durable Task extension in one process of an app.

It is a test double. Modelled is what the Azure Storage backend does with messages, rows and the code of the app; left out are call_http, rewind,
entity locks, scheduled signals, extended sessions, the app lease (it protects no slot from another: AppLeaseManager.cs), Event Grid and traces.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from azure.functions.decorators.function_app import Function

from .api import answers
from .api.answers import Answer, empty, error
from .api.client import Client
from .api.listener import PATH as LOCAL_PATH
from .api.listener import LocalListener
from .api.routes import Api, split
from .engine.functions import DurableFunctions
from .engine.timings import Timings
from .engine.worker import Worker
from .options import HubOptions
from .storage.hub import Hub

PATH = "/runtime/webhooks/durabletask"
PLACEHOLDER = "INSTANCEID"
"""Stands for an instance's id in the URLs of a client binding; the SDK replaces it."""


class DurableExtension:
    """credential         azure-core TokenCredential (sync or async) or a connection string; not used where `options` holds a connection string
    functions          of the app, by name; those without a durable trigger are ignored
    base_url           scheme and host under which the public reaches the app: management URLs and Location headers carry it
    key                system key of the extension: asked for under `PATH` (as `code` or `x-functions-key`), not at the local address
    worker_id          owner of partitions; unique among the workers of a hub
    observe            told every execution of a function, in the thread that runs it
    connection_verify  CA bundle for the storage endpoints, or True for the system's
    client_options     for every storage client, such as `transport`
    """

    def __init__(
        self,
        options: HubOptions,
        credential: Any,
        functions: Mapping[str, Function],
        *,
        base_url: str,
        key: str,
        worker_id: str,
        observe: Callable[[dict[str, Any]], None],
        connection_verify: Any = True,
        timings: Timings | None = None,
        **client_options: Any,
    ) -> None:
        self.options, self._key = options, key
        self._hub = Hub(options, credential, connection_verify=connection_verify, **client_options)
        self._base, self._query = f"{base_url.rstrip('/')}{PATH}", answers.query_of(options, key)
        durable = DurableFunctions(functions, self.client_binding)
        self._worker = Worker(self._hub, worker_id, durable, observe, timings or Timings())
        self._api = Api(Client(self._hub, self._worker.wake), durable, self._base, self._query)
        self._local = LocalListener(self._local_answer)

    def start(self) -> None:
        """Makes the hub's tables, queues and containers where they are missing. From here on there is a client binding.

        Raises what storage raises; then nothing runs.
        """
        self._hub.create()
        self._local.start()
        try:
            self._worker.start()
        except Exception:
            self._local.stop()
            raise

    def stop(self, *, graceful: bool) -> None:
        """Graceful: running functions end, partitions are released. Not graceful: as if the process were killed; leases run out."""
        self._worker.stop(graceful=graceful)
        self._local.stop()
        if graceful:
            self._hub.close()

    @property
    def owned_queues(self) -> frozenset[str]:
        return self._worker.owned

    def client_binding(self) -> str:
        """What the SDK's `DurableOrchestrationBindings` takes: public URLs for others, `rpcBaseUrl` on loopback for the SDK itself.

        Source: durable extension BindingHelper.cs (DurableClientToString)."""
        return json.dumps(
            {
                "taskHubName": self.options.hub,
                "creationUrls": answers.creation_urls(self._base, self._query),
                "managementUrls": answers.management_urls(self._base, PLACEHOLDER, self._query),
                "baseUrl": self._base,
                "requiredQueryStringParameters": f"code={self._key}",
                "rpcBaseUrl": self._local.url,
            }
        )

    def handle(self, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Everything under `PATH`; the local address of the SDK's client has a listener of its own. (status, headers, body)."""
        path, query = split(path_and_query)
        if not path.lower().startswith(PATH):
            return empty(404)
        given = {name.lower(): value for name, value in headers.items()}.get("x-functions-key") or parse_qs(query).get("code", [""])[0]
        if not hmac.compare_digest(given.encode(), self._key.encode()):
            return empty(401)
        return self._answer(method, path[len(PATH) :], query, headers, body)

    def _local_answer(self, method: str, path_and_query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path, query = split(path_and_query)
        return self._answer(method, path[len(LOCAL_PATH) - 1 :], query, headers, body) if path.startswith(LOCAL_PATH) else empty(404)

    def _answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            return self._api.answer(method, path, query, headers, body)
        except Exception as problem:
            return error(500, "Something went wrong while processing your request", str(problem))
