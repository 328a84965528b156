"""Builds the strategy "status check with slot" from a stack's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components import ArgumentErrors, Problem, StatusCheckWithSlot, StatusCheckWithSlotArgs

from ._problems import ConfigProblem, SettingsErrors, parts_of, path_of
from .settings import Settings

NAME = "app"
"""The component's name in every stack. It is part of the name of each resource in the state: a change would replace them all."""

OUTPUTS = tuple(StatusCheckWithSlot.__annotations__)


def build(settings: Settings) -> Mapping[str, Any]:
    """Raises SettingsErrors, in terms of configuration keys, for what the component refuses."""
    try:
        app = StatusCheckWithSlot(NAME, settings.arguments)  # type: ignore[arg-type]
    except ArgumentErrors as error:
        config = settings.stack
        raise SettingsErrors([_in_terms_of_config(one) for one in error.problems], config.project, config.stack) from None
    return {name: getattr(app, name) for name in OUTPUTS}


def _in_terms_of_config(problem: Problem) -> ConfigProblem | str:
    parts = parts_of(problem.path)
    if parts[0] not in StatusCheckWithSlotArgs.__annotations__:
        return str(problem)  # about the surroundings: no configuration key mends it
    leave_out = problem.way_out.startswith("Leave it out")
    one_value = len(parts) > 1
    return ConfigProblem(path_of(parts), problem.rule, problem.way_out, problem.value, "rm" if leave_out else "set" if one_value else "")


__all__ = ["NAME", "build"]
