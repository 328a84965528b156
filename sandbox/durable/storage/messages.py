"""Messages of the control and work-item queues.

Sources: durabletask MessageData.cs, TaskMessage.cs (what is in a message: JSON with type names), MessageManager.cs (a large one is a blob that
the message names), Messaging/TaskHubQueue.cs (a TimerFired message stays invisible until it is due; others are visible at once; none expires).
"""

from __future__ import annotations

import json
import math
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.storage.queue import QueueClient

from sandbox.durable.engine.events import Event, from_json, to_json

from .hub import Hub
from .keys import escape_key, partition_of
from .large import LargePayloads, is_large

NOT_WORTH_WAITING = 0.2
"""Seconds: visibility is a whole number of them, and a timer due within this is not put off by a whole one."""


@dataclass(frozen=True)
class Message:
    """For one instance. `execution_id` None: for whatever execution runs (an event, a termination). `due` seconds from now: a timer."""

    instance_id: str
    event: Event
    execution_id: str | None = None
    sender: str = ""
    due: float = 0.0


@dataclass
class Received:
    """A message taken from a queue: invisible to others until it is deleted, abandoned, or its visibility ends."""

    message: Message
    queue: QueueClient = field(repr=False)
    id: str
    pop_receipt: str
    dequeued: int
    """How often, this time included."""
    _hidden_since: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def delete(self) -> None:
        """A message that someone else has meanwhile will be handled twice, which everything here expects."""
        with self._lock, _unless_taken():
            self.queue.delete_message(self.id, self.pop_receipt)

    def abandon(self, seconds: int) -> None:
        """Visible again after that time."""
        with self._lock, _unless_taken():
            self._hide(seconds)

    def keep(self, seconds: int) -> None:
        """Hides it for so long again, once half of that time is over."""
        with self._lock, _unless_taken():
            if time.monotonic() - self._hidden_since > seconds / 2:
                self._hide(seconds)

    def _hide(self, seconds: int) -> None:
        self.pop_receipt = str(self.queue.update_message(self.id, self.pop_receipt, visibility_timeout=seconds).pop_receipt)
        self._hidden_since = time.monotonic()


@contextmanager
def _unless_taken() -> Iterator[None]:
    try:
        yield
    except HttpResponseError as error:
        if error.status_code not in (400, 404):
            raise


class Messages:
    def __init__(self, hub: Hub) -> None:
        self._hub, self._large = hub, LargePayloads(hub.large_messages)

    def send(self, message: Message) -> None:
        """Into the control queue of its instance."""
        count = self._hub.options.partition_count
        self._put(self._hub.control[partition_of(message.instance_id, count)], message)

    def send_work(self, message: Message) -> None:
        """Into the work-item queue, for any worker."""
        self._put(self._hub.work_items, message)

    def receive(self, queue: QueueClient, most: int, visibility: int) -> list[Received]:
        """At most 32, Azure Storage's limit for one request."""
        pages = queue.receive_messages(messages_per_page=most, max_messages=most, visibility_timeout=visibility)
        return [self._received(queue, raw) for raw in pages]

    def _put(self, queue: QueueClient, message: Message) -> None:
        body = _body(message, queue.queue_name)
        text = json.dumps(body, separators=(",", ":"))
        if is_large(text):
            kind = message.event["EventType"]
            name = f"{escape_key(message.instance_id)}/message-{body['ActivityId'].replace('-', '')}-{kind}.json.gz"
            self._large.put(name, text)
            text = json.dumps({**body, "TaskMessage": None, "CompressedBlobName": name}, separators=(",", ":"))
        delay = 0 if message.due < NOT_WORTH_WAITING else math.ceil(message.due)
        queue.send_message(text, visibility_timeout=delay, time_to_live=-1)

    def _received(self, queue: QueueClient, raw: Any) -> Received:
        body = json.loads(raw.content)
        if body["CompressedBlobName"]:
            body = json.loads(self._large.get(body["CompressedBlobName"]))
        task = body["TaskMessage"]
        to = task["OrchestrationInstance"]
        message = Message(to["InstanceId"], from_json(task["Event"]), to["ExecutionId"], body["Sender"]["InstanceId"])
        return Received(message, queue, raw.id, raw.pop_receipt, raw.dequeue_count)


def _body(message: Message, queue_name: str) -> dict[str, Any]:
    kind = message.event["EventType"]
    return {
        "$type": "DurableTask.AzureStorage.MessageData",
        "ActivityId": str(uuid.uuid4()),
        "TaskMessage": {
            "$type": "DurableTask.Core.TaskMessage",
            "Event": {"$type": f"DurableTask.Core.History.{kind}Event", **to_json(message.event)},
            "SequenceNumber": 0,
            "OrchestrationInstance": {
                "$type": "DurableTask.Core.OrchestrationInstance",
                "InstanceId": message.instance_id,
                "ExecutionId": message.execution_id,
            },
        },
        "CompressedBlobName": None,
        "SequenceNumber": 0,
        "Sender": {"InstanceId": message.sender, "ExecutionId": ""},
        "QueueName": queue_name,
    }
