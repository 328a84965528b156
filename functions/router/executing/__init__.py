"""Carries out what was planned, step by step, and remembers what came of it. No decision is made here."""

from .context import Context
from .passing import PassReport, run_pass

__all__ = ["Context", "PassReport", "run_pass"]
