"""The settings of a stack: its configuration, checked as a whole before anything is registered.

What the values mean together is the component's to check. What is checked here: that every key exists, on every level, that every value
has the right shape, and that nothing is missing. The keys below a group are those of the component's arguments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ._config import StackConfig
from ._explained import explained, unknown
from ._model import checked, has_wired, hints_of
from ._problems import ConfigProblem, SettingsErrors
from .known import STRATEGIES


class General(BaseModel):
    """The keys that every strategy has. Defaults stand in Pulumi.yaml too, where `pulumi config` finds them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strategy: str = "status-check-with-slot"
    """Which component is deployed."""
    lean: bool = False
    """Registers resources without the SDK's type aliases; see `_lean.py`."""


_GROUPS = frozenset(name for strategy in STRATEGIES.values() for name in strategy.arguments.__annotations__)


@dataclass(frozen=True)
class Settings:
    stack: StackConfig
    general: General
    arguments: Mapping[str, Any]
    """The component's arguments, the package's path made absolute, encrypted values as secret outputs."""


def read_settings(config: StackConfig) -> Settings:
    """Raises SettingsErrors with everything that is wrong."""
    problems: list[ConfigProblem] = []
    general = _general(config, problems)
    strategy = STRATEGIES.get(general.strategy)
    if strategy is None:
        choices = ", ".join(STRATEGIES)
        rule, example = "is no strategy of this project.", next(iter(STRATEGIES))
        problems.append(ConfigProblem("strategy", rule, f"Choose one of: {choices}.", general.strategy, "set", example))
        raise SettingsErrors(problems, config.project, config.stack)
    read = _groups(config, strategy.arguments, problems)
    if problems:
        raise SettingsErrors(problems, config.project, config.stack)
    return Settings(config, general, read)


def _general(config: StackConfig, problems: list[ConfigProblem]) -> General:
    given = {key: value for key, value in config.values.items() if key in General.model_fields}
    try:
        return General.model_validate(given)
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors()}
        problems += [ConfigProblem(key, "must be true or false.", "", given[key], "set", "true") for key in sorted(wrong)]
        return General.model_validate({key: value for key, value in given.items() if key not in wrong})


def _groups(config: StackConfig, arguments: type, problems: list[ConfigProblem]) -> dict[str, Any]:
    """The component's arguments. Groups that are required but absent are read as empty, so that what is missing in them is named."""
    hints = hints_of(arguments)
    required: frozenset[str] = arguments.__required_keys__  # type: ignore[attr-defined]
    texts = {**dict.fromkeys(sorted(required), "{}"), **config.values}
    read: dict[str, Any] = {}
    for key, text in texts.items():
        if key in General.model_fields or (key not in hints and key in _GROUPS and text == "{}"):
            continue  # Pulumi.yaml's default for a group of another strategy
        found = list(_group_problems(config, arguments, hints, key, text))
        problems += found
        if not found:
            read[key] = checked(arguments, key, json.loads(text), secret=key in config.secret)
    if path := read.get("package", {}).get("path"):
        read["package"]["path"] = str(config.root / Path(path).expanduser())
    return read


def _group_problems(config: StackConfig, arguments: type, hints: Mapping[str, Any], key: str, text: str) -> Iterator[ConfigProblem]:
    if key not in hints:
        yield unknown((key,), [*hints, *General.model_fields])
        return
    secret = key in config.secret
    if secret and not has_wired(hints[key]):
        yield ConfigProblem(
            key, "is encrypted, but names and structure stand in the state in clear.", "Set it without --secret.", None, "rm"
        )
    try:
        checked(arguments, key, json.loads(text), secret=False)
    except ValidationError as error:
        yield from (explained(one, key, arguments, secret=secret) for one in error.errors())
    except ValueError:
        yield ConfigProblem(key, "must be a map, and is text.", "Remove it, and set what is in it, one by one.", None, "rm")


__all__ = ["General", "Settings", "read_settings"]
