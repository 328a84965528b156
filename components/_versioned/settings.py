"""The settings of one slot in the versioning strategies: code and its records travel; hub and start versions stay."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from .._azure import setting_names as names
from .._children.slot_settings import Facts, Settings, code_settings, slot_settings, sticky_names, unknown, unknown_code_settings
from .._live.parity import Code
from .deciding import Decision
from .wanted import VersionedArguments


def start_names(arguments: VersionedArguments) -> list[str]:
    return [arguments.start_setting, *(f"{arguments.start_setting}_{orchestrator}" for orchestrator in arguments.overrides)]


def all_sticky_names(arguments: VersionedArguments, starters: tuple[str, ...], of_backend: tuple[str, ...]) -> list[str]:
    """One list per site: what stays in every strategy, the hubs, and what tells clients which version to start."""
    return sorted({*sticky_names(arguments, starters), *of_backend, *start_names(arguments)})


def versioned_settings(
    arguments: VersionedArguments, slot: str, decision: Decision, starters: tuple[str, ...], facts: Facts, durable: Mapping[str, pulumi.Input[str]]
) -> Settings:  # fmt: skip
    """The whole map of one slot. `durable` is the backend's part: the connection, and the slot's own task hub."""
    starts: Mapping[str, pulumi.Input[str]]
    held: Code | None = None
    if decision.plan is None or decision.starts is None:
        code, starts = unknown_code_settings(arguments, names.RECORDS), {name: unknown() for name in start_names(arguments)}
    else:
        planned = next(one for one in decision.plan.slots if one.slot == slot)
        code, starts = code_settings(arguments, planned, facts.new_package), decision.starts.settings[slot]
        held = planned.code
    whole = slot_settings(arguments, slot, {**durable, **code, **starts}, starters, facts)
    return arguments.hosting.settings(whole, held)


__all__ = ["all_sticky_names", "start_names", "versioned_settings"]
