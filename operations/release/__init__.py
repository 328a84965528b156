"""A release: the new version is staged, what runs is waited for, production is swapped, and the result is looked at.

Read (`reading`, into a `World`), decide (`planning`), act (`acting`, with the hands of `azure_hands`). Killed at any moment, the same
command goes on from what is live.
"""

from .acting import Observer, Result, carry_out
from .azure_hands import AzureHands, Manner
from .hooks import HookPayload
from .steps import Kind, Plan, Refusal, Step
from .world import Options, World

__all__ = ["AzureHands", "HookPayload", "Kind", "Manner", "Observer", "Options", "Plan", "Refusal", "Result", "Step", "World", "carry_out"]
