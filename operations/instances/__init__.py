"""Finds an instance wherever it lives: in the hub of any slot, also of an old version that finishes behind."""

from .finding import Found, active_in, find_everywhere

__all__ = ["Found", "active_in", "find_everywhere"]
