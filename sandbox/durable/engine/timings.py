"""How long things take in the sandbox, in seconds. Azure's own values are in brackets: too long for a test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timings:
    visibility: int = 10
    """A message that a worker took and did not finish comes again after that [5 minutes]."""
    put_off: int = 1
    """A message that can't be handled yet, or not by this worker, comes again after that [2, 4, 8… up to 600]: TaskHubQueue.AbandonMessageAsync."""
    lease: float = 6.0
    """A worker that died loses its partitions after that [30, the first time 60]."""
    balancing: float = 1.0
    """Between two looks at the partitions [10; 1 while a partition changes hands]."""
    quick: float = 0.05
    """Between two looks at the queues while there is something to do [0.05]."""
    drain: float = 5.0
    """How long a worker that stops gracefully waits for its activities [10 minutes for partitions]."""
    slow: float = 0.5
    """The same when nothing has happened for a while [30, maxQueuePollingInterval]."""
