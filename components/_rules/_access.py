"""Who operates the app: principal ids, each once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .._problems import Problem
from .._wanted import CommonArguments

_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def problems(arguments: CommonArguments) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, operator in enumerate(arguments.access.operators):
        path = f"access.operators[{index}]"
        if not re.fullmatch(_UUID, operator, re.IGNORECASE):
            yield Problem(path, operator, "is no principal id.", "Give the object id of a user, group or service principal, a UUID.")
        elif operator.lower() in seen:
            yield Problem(path, operator, "is there twice.", "Name each operator once.")
        seen.add(operator.lower())
