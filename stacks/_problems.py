"""How a stack's configuration is refused: all problems at once, each with its full key, the value, the rule and the command that mends it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

_NAMES_BELOW = {"settings": 1, "version_settings": 1, "tags": 1, "sticky_settings": 2}
"""Groups whose entries are named by the user, and how deep: those names may hold dots, which separate nothing."""


@dataclass(frozen=True)
class ConfigProblem:
    path: str
    """As `pulumi config set --path` takes it, without the project: `site.slots[0]`, `settings["A.B"]`."""
    rule: str
    way_out: str = ""
    shown: Any = None
    """The value, where it helps and is no secret."""
    command: str = ""
    """What stands behind `pulumi config`, without the key: `set`, `set --type string`, `rm`; none if no command mends it."""
    example: str = "VALUE"

    def text(self, project: str, stack: str) -> str:
        key = f"{project}:{self.path}"
        shown = "" if self.shown is None else f" = {self.shown!r}"
        lines = [f"  - {key}{shown}: {self.rule} {self.way_out}".rstrip()]
        if self.command:
            verb, _, flags = self.command.partition(" ")
            nested = " --path" if re.search(r"[.\[]", self.path) else ""
            value = f" {self.example}" if verb == "set" else ""
            lines.append(f"      pulumi config {verb} --stack {stack}{nested}{flags and ' ' + flags} {shlex.quote(key)}{value}")
        return "\n".join(lines)


class SettingsErrors(pulumi.RunError):
    """The stack can't be deployed as it is configured. Nothing was registered."""

    def __init__(self, problems: Sequence[ConfigProblem | str], project: str, stack: str) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [one.text(project, stack) if isinstance(one, ConfigProblem) else f"  - {one}" for one in problems]
        super().__init__(f"The configuration of stack '{stack}' has {count}; nothing was registered.\n" + "\n".join(lines))


def path_of(parts: Sequence[str | int]) -> str:
    """The parts as one path: names joined by dots, quoted where a dot would mislead; list positions in brackets."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif re.fullmatch(r"[A-Za-z0-9_\-]+", part):
            path += f".{part}" if path else part
        else:
            path += f'["{part}"]'
    return path


def parts_of(path: str) -> list[str | int]:
    """The parts of a component's argument path, in which every step is a dot or an index: `sticky_settings.staging.A.B`."""
    group = path.partition(".")[0]
    names = path.split(".", _NAMES_BELOW[group]) if group in _NAMES_BELOW else path.split(".")
    parts: list[str | int] = []
    for name in names:
        head, *indices = re.split(r"\[(\d+)\]", name)
        parts += [part for part in (head, *(int(index) for index in indices if index)) if part != ""]
    return parts


__all__ = ["ConfigProblem", "SettingsErrors", "parts_of", "path_of"]
