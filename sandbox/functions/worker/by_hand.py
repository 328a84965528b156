"""`POST /admin/functions/NAME` with `{"input": "…"}`: runs a timer's or a queue's function at once, disabled or not.

Source: Microsoft docs, "Manually run a non HTTP-triggered function"."""

from __future__ import annotations

import logging
import threading
import uuid
from typing import Any

from .app import AppFunction
from .invoking import Invoker


def run(invoker: Invoker, function: AppFunction, text: str) -> None:
    """Returns at once."""
    threading.Thread(target=_run, args=(invoker, function, text), name=f"by hand {function.name}", daemon=True).start()


def _run(invoker: Invoker, function: AppFunction, text: str) -> None:
    from azure.functions.queue import QueueMessage
    from azure.functions.timer import TimerRequest

    message: Any = QueueMessage  # its constructor is not annotated
    value = message(id=str(uuid.uuid4()), body=text, dequeue_count=1) if function.trigger.type == "queueTrigger" else TimerRequest()
    try:
        invoker.call(function, {function.trigger.name: value})
    except Exception:
        logging.getLogger(f"Function.{function.name}").exception("Executed 'Functions.%s' (Failed)", function.name)
