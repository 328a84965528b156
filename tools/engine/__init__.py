"""Finds the Pulumi CLI, or builds the pinned one once. `python -m tools.engine` prints where it stands.

Uses only the standard library: it runs before the virtual environment exists. It does not run Pulumi programs and knows
nothing of this project's stacks.
"""

from __future__ import annotations

from .errors import EngineError
from .locate import ensure_engine

__all__ = ["EngineError", "ensure_engine"]
