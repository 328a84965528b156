"""`%SETTING%` in the values of bindings: Microsoft docs, "Azure Functions binding expression patterns", app settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .problem import AppProblem


def resolved(text: str, settings: Mapping[str, str]) -> str:
    """Raises AppProblem for a setting that the slot lacks."""

    def value(match: re.Match[str]) -> str:
        found = next((known for name, known in settings.items() if name.lower() == match[1].lower()), None)
        if found is None:
            raise AppProblem(f"'%{match[1]}%' does not resolve to a value.")
        return found

    return re.sub(r"%([^%]+)%", value, text)
