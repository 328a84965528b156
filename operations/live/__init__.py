"""What each slot runs now: read from Azure, never from outputs. `settings` understands, `slots` are the answers, `reading` asks."""

from .parity import parity_problems
from .reading import read_live
from .slots import LastSwap, Live, LiveSlot

__all__ = ["LastSwap", "Live", "LiveSlot", "parity_problems", "read_live"]
