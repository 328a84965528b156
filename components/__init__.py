"""Pulumi components that deploy Azure Durable Functions without breaking an orchestration that is still running."""

from ._args import StatusCheckWithSlotArgs
from ._args_routing import ApplicationRoutingArgs
from ._args_versioning import NameBasedVersioningArgs, OrchestrationVersioningArgs
from ._problems import ArgumentErrors, Problem
from .application_routing import ApplicationRouting
from .name_based_versioning import NameBasedVersioning
from .orchestration_versioning import OrchestrationVersioning
from .status_check_with_slot import StatusCheckWithSlot

__all__ = [
    "ApplicationRouting",
    "ApplicationRoutingArgs",
    "ArgumentErrors",
    "NameBasedVersioning",
    "NameBasedVersioningArgs",
    "OrchestrationVersioning",
    "OrchestrationVersioningArgs",
    "Problem",
    "StatusCheckWithSlot",
    "StatusCheckWithSlotArgs",
]
