"""Is anything still running in a Durable Functions task hub on Azure Storage, since when, and how much?

`check` reads and judges; `read` and `judge` are its two halves. Input: endpoints, the hub's name, a credential of azure-identity (aio) or
a connection string. It needs Storage Table Data Reader and Storage Queue Data Reader; `purge` needs the Contributor roles.
"""

from .checking import Unsettled, check
from .finding import Finding, Reason, Verdict
from .hub import Hub, Tracking
from .instance import ACTIVE, STATUSES, TERMINAL, Instance
from .instances import find_instance, list_instances
from .judging import judge
from .leftovers import LeftoverTimer, leftover_timers
from .passing import read
from .purging import Purged, purge
from .reading import Group, Reading

__all__ = [
    "ACTIVE",
    "STATUSES",
    "TERMINAL",
    "Finding",
    "Group",
    "Hub",
    "Instance",
    "LeftoverTimer",
    "Purged",
    "Reading",
    "Reason",
    "Tracking",
    "Unsettled",
    "Verdict",
    "check",
    "find_instance",
    "judge",
    "leftover_timers",
    "list_instances",
    "purge",
    "read",
]
