"""Builds the strategy that a stack's settings name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components import ArgumentErrors, Problem

from ._lean import drop_type_aliases
from ._problems import ConfigProblem, SettingsErrors, parts_of, path_of
from .known import STRATEGIES
from .settings import Settings

NAME = "app"
"""The component's name in every stack. It is part of the name of each resource in the state: a change would replace them all."""


def build(settings: Settings) -> Mapping[str, Any]:
    """Registers the stack's resources. Returns what the stack exports.

    Raises SettingsErrors, in terms of configuration keys, for what the component refuses.
    """
    if settings.general.lean:
        drop_type_aliases()
    strategy = STRATEGIES[settings.general.strategy]
    try:
        app = strategy.component(NAME, settings.arguments)
    except ArgumentErrors as error:
        config = settings.stack
        problems = [in_terms_of_config(one, strategy.arguments) for one in error.problems]
        raise SettingsErrors(problems, config.project, config.stack) from None
    return {"strategy": settings.general.strategy, **{name: getattr(app, name) for name in strategy.outputs}}


def in_terms_of_config(problem: Problem, arguments: type) -> ConfigProblem | str:
    parts = parts_of(problem.path)
    if parts[0] not in arguments.__annotations__:
        return str(problem)  # about the surroundings: no configuration key mends it
    leave_out = problem.way_out.startswith("Leave it out")
    one_value = len(parts) > 1
    return ConfigProblem(path_of(parts), problem.rule, problem.way_out, problem.value, "rm" if leave_out else "set" if one_value else "")


__all__ = ["NAME", "build", "in_terms_of_config"]
