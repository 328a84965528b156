"""Pulumi components that deploy Azure Durable Functions without breaking an orchestration that is still running."""

from ._args import StatusCheckWithSlotArgs
from ._problems import ArgumentErrors, Problem
from .status_check_with_slot import StatusCheckWithSlot

__all__ = ["ArgumentErrors", "Problem", "StatusCheckWithSlot", "StatusCheckWithSlotArgs"]
