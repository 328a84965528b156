"""A stand-in of the Durable Task extension with the Azure Storage backend: real orchestrator code, real queues and tables, on one machine."""

from .engine.timings import Timings
from .extension import PATH, DurableExtension
from .options import HubOptions, StartProblem

__all__ = ["PATH", "DurableExtension", "HubOptions", "StartProblem", "Timings"]
