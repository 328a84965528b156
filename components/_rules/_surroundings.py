"""Where the program runs: the embedded Azure serves only stacks that are meant for it, and those stacks need it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from .._problems import Problem


@dataclass(frozen=True)
class Surroundings:
    stack: str
    attached_providers: str
    """The value of PULUMI_DEBUG_PROVIDERS."""

    @property
    def embedded(self) -> bool:
        """True for the stacks that the embedded Azure serves."""
        return self.stack == "local" or fnmatch.fnmatchcase(self.stack, "test-*")


def problems(surroundings: Surroundings) -> Iterator[Problem]:
    if "azure-native:" in surroundings.attached_providers and not surroundings.embedded:
        yield Problem(
            "PULUMI_DEBUG_PROVIDERS",
            surroundings.attached_providers,
            f"attaches another azure-native provider, but the stack is '{surroundings.stack}': only 'local' and 'test-*' may use one.",
            "Run this stack in a shell without that variable.",
        )
