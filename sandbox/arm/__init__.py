"""The control plane: one store of ARM resources, the requests that may touch it, a journal of what was written, faults on demand."""

from .control_plane import ControlPlane, Request, ResourceType, Response
from .errors import ArmError, ConnectionDropped
from .faults import Fault, Faults
from .ids import ResourceId
from .journal import Journal, Write
from .store import Store

__all__ = [
    "ArmError",
    "ConnectionDropped",
    "ControlPlane",
    "Fault",
    "Faults",
    "Journal",
    "Request",
    "ResourceId",
    "ResourceType",
    "Response",
    "Store",
    "Write",
]
