"""Resource Manager by plain requests: retries, throttling, operations that go on after the answer."""

from .client import PUBLIC, STORAGE, WEB, Answer, ArmClient
from .polling import PATIENCE, finished
from .problems import ArmProblem, Missing, NotOurs, OperationFailed, Silent, StillRunning, Throttled, told, without_secrets

__all__ = [
    "PATIENCE",
    "PUBLIC",
    "STORAGE",
    "WEB",
    "Answer",
    "ArmClient",
    "ArmProblem",
    "Missing",
    "NotOurs",
    "OperationFailed",
    "Silent",
    "StillRunning",
    "Throttled",
    "finished",
    "told",
    "without_secrets",
]
