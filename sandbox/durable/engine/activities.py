"""Runs one activity: the answer is sent first, then the work item is deleted.

Sources: durabletask AzureStorageOrchestrationService.cs (CompleteTaskActivityWorkItemAsync), durable extension Listener/TaskActivityShim.cs,
TaskNonexistentActivityShim.cs (an activity that this worker's code lacks fails: activities know no versions).
"""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime

from sandbox.durable.storage.messages import Message, Messages, Received

from .episode import Observe
from .events import Event, event
from .functions import DurableFunctions, MissingFunction


def run_activity(work: Received, functions: DurableFunctions, messages: Messages, observe: Observe) -> None:
    asked = work.message
    answer = _call(asked.event, asked.instance_id, functions, observe)
    messages.send(Message(asked.instance_id, answer, asked.execution_id, sender=asked.instance_id))
    work.delete()


def _call(scheduled: Event, instance_id: str, functions: DurableFunctions, observe: Observe) -> Event:
    name, id = scheduled["Name"], scheduled["EventId"]
    try:
        observe({"kind": "activity", "function": functions.name("activity", name), "instance": instance_id, "replaying": False})
        result = functions.act(name, json.loads(scheduled["Input"])[0])
    except MissingFunction as error:
        return _failed(name, id, str(error), "")
    except Exception as error:
        # As the host words what a worker reports: RpcException.
        reason = f"Result: Failure\nException: {type(error).__name__}: {error}"
        return _failed(name, id, reason, traceback.format_exc())
    return event("TaskCompleted", datetime.now(UTC), TaskScheduledId=id, Result=result)


def _failed(name: str, id: int, message: str, details: str) -> Event:
    return event(
        "TaskFailed", datetime.now(UTC), TaskScheduledId=id, Reason=f"Activity function '{name}' failed: {message}", Details=details
    )
