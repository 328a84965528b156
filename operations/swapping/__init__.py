"""A swap of two slots, and the way back: `planning` decides, `exchanging` is the one request and its wait, `acting` is the whole."""

from .acting import Choices, roll_back, swap_slots
from .exchanging import TakenBack, exchange, reset_preview, wait_for_swap
from .planning import Plan, mismatches, plan_rollback, plan_swap

__all__ = [
    "Choices",
    "Plan",
    "TakenBack",
    "exchange",
    "mismatches",
    "plan_rollback",
    "plan_swap",
    "reset_preview",
    "roll_back",
    "swap_slots",
    "wait_for_swap",
]
