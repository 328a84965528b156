"""Waits until nothing runs on a task hub, or says what still does: `taskhub` looks, `deciding` judges what to do next, `waiting` does it."""

from .deciding import EVERY, Again, Stop, next_step
from .waiting import Gated, look, wait_until_drained

__all__ = ["EVERY", "Again", "Gated", "Stop", "look", "next_step", "wait_until_drained"]
