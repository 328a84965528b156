"""Purges finished instances, which Azure keeps for ever. Off unless asked for."""

from .purging import PurgedSlot, purge_history

__all__ = ["PurgedSlot", "purge_history"]
