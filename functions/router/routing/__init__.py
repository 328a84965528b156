"""Where a request goes. Pure: what it asks for, what is known of the lines, and the policy in; one decision out."""

from .asked import Ambiguous, Asked, Kind, asked_of
from .decide import decide
from .decisions import Decision, ForwardTo, ListInstances, LookUp, MakeLine, Recorded, Refuse, Served, StoreFor
from .snapshot import Snapshot

__all__ = [
    "Ambiguous",
    "Asked",
    "Decision",
    "ForwardTo",
    "Kind",
    "ListInstances",
    "LookUp",
    "MakeLine",
    "Recorded",
    "Refuse",
    "Served",
    "Snapshot",
    "StoreFor",
    "asked_of",
    "decide",
]
