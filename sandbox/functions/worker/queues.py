"""Queue triggers: one thread each asks, as many as the batch allows work.

Sources: Microsoft docs, "Azure Queue storage trigger" and its host.json section (batchSize 16, maxDequeueCount 5, visibilityTimeout 0,
messageEncoding base64), "poison messages"; azure-webjobs-sdk QueueListener.cs: a queue that does not exist is looked for again and never
made, a message is taken for ten minutes. Simplified: the next batch is asked for when one has ended, and an idle queue every half second
instead of ever more rarely.
"""

from __future__ import annotations

import base64
import binascii
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.functions.queue import QueueMessage
from azure.storage.queue import QueueClient, QueueServiceClient

from .app import AppFunction
from .connections import queue_service
from .invoking import Invoker
from .problem import AppProblem
from .resolving import resolved

_TAKEN_SECONDS = 600
_IDLE_SECONDS = 0.5


class QueueListener:
    """`options` is host.json's `extensions.queues`, names in lower case. Raises AppProblem if the connection names no storage."""

    def __init__(
        self, function: AppFunction, invoker: Invoker, settings: Mapping[str, str], options: Mapping[str, Any], ca_bundle: str
    ) -> None:
        self._function, self._invoker = function, invoker
        trigger = function.trigger
        self._service: QueueServiceClient = queue_service(trigger.connection or "AzureWebJobsStorage", settings, ca_bundle)
        self._queue: QueueClient = self._service.get_queue_client(resolved(trigger.queue_name, settings).lower())
        self._batch = min(int(options.get("batchsize", 16)), 32)
        self._attempts = int(options.get("maxdequeuecount", 5))
        self._delay = _seconds(str(options.get("visibilitytimeout", "00:00:00")))
        self._base64 = str(options.get("messageencoding", "base64")).lower() == "base64"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"queue {function.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def join(self) -> None:
        """What was taken is worked off first."""
        self._thread.join()
        self._service.close()

    def _run(self) -> None:
        with ThreadPoolExecutor(self._batch) as working:
            while not self._stopping.is_set():
                if not self._take(working):
                    self._stopping.wait(_IDLE_SECONDS)

    def _take(self, working: ThreadPoolExecutor) -> bool:
        try:
            messages = list(self._queue.receive_messages(max_messages=self._batch, visibility_timeout=_TAKEN_SECONDS))
        except ResourceNotFoundError:
            return False
        except AzureError as problem:
            _LOG.warning("queue %s can't be read: %s", self._queue.queue_name, problem)
            return False
        list(working.map(self._process, messages))
        return bool(messages)

    def _process(self, message: Any) -> None:
        try:
            if self._run_function(message):
                self._queue.delete_message(message)
            elif message.dequeue_count >= self._attempts:
                self._to_poison(message)
            else:
                self._queue.update_message(message, visibility_timeout=self._delay)
        except AzureError as problem:
            _LOG.warning("message %s of %s: %s", message.id, self._queue.queue_name, problem)

    def _run_function(self, message: Any) -> bool:
        try:
            self._invoker.call(self._function, {self._function.trigger.name: self._decoded(message)})
            return True
        except Exception:
            logging.getLogger(f"Function.{self._function.name}").exception("Executed 'Functions.%s' (Failed)", self._function.name)
            return False

    def _decoded(self, message: Any) -> QueueMessage:
        body = str(message.content).encode()
        if self._base64:
            try:
                body = base64.b64decode(body, validate=True)
            except binascii.Error:
                raise ValueError("the message is no base64, and host.json's messageEncoding asks for it") from None
        make: Any = QueueMessage  # its constructor is not annotated
        message_of_sdk: QueueMessage = make(
            id=message.id,
            body=body,
            dequeue_count=message.dequeue_count,
            expiration_time=message.expires_on,
            insertion_time=message.inserted_on,
            time_next_visible=message.next_visible_on,
            pop_receipt=message.pop_receipt,
        )
        return message_of_sdk

    def _to_poison(self, message: Any) -> None:
        poison = self._service.get_queue_client(f"{self._queue.queue_name}-poison")
        try:
            poison.send_message(message.content, time_to_live=-1)
        except ResourceNotFoundError:
            poison.create_queue()
            poison.send_message(message.content, time_to_live=-1)
        self._queue.delete_message(message)


_LOG = logging.getLogger("Host.Queues")


def _seconds(span: str) -> int:
    """From hh:mm:ss."""
    try:
        hours, minutes, seconds = (int(part) for part in span.split(":"))
    except ValueError:
        raise AppProblem(f"host.json: extensions.queues.visibilityTimeout is {span!r}; it must be hh:mm:ss.") from None
    return int(timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds())
