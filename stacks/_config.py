"""The stack's configuration as Pulumi hands it to the program: texts, some of them JSON, some of them secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi.runtime import config


@dataclass(frozen=True)
class StackConfig:
    project: str
    stack: str
    values: Mapping[str, str]
    """The project's own keys, without `project:`; a map or a list is JSON text."""
    secret: frozenset[str]
    """Those keys of `values` that hold something encrypted, however deep."""
    root: Path
    """The project's folder: relative paths in the configuration start there, wherever pulumi is run."""

    @classmethod
    def of_running_stack(cls, root: Path) -> StackConfig:
        project = pulumi.get_project()
        # The SDK's Config answers for keys that are asked for; only this map tells of those that nobody asks for: misspelt ones.
        given = {**config.get_config_env(), **config.CONFIG.get()}
        own = {key.partition(":")[2]: str(value) for key, value in given.items() if key.startswith(f"{project}:")}
        secret = frozenset(key for key in own if config.is_config_secret(f"{project}:{key}"))
        return cls(project, pulumi.get_stack(), own, secret, root)
