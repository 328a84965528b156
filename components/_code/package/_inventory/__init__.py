"""What a package contains, found without running it: for comparing a new package with the one that production runs."""

from .model import CALLS, SIGNATURES, SOURCES, Call, Inventory
from .taking import inventory

__all__ = ["CALLS", "SIGNATURES", "SOURCES", "Call", "Inventory", "inventory"]
