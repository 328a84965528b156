"""pydantic's findings in the words of somebody who sets configuration keys: the rule, and the command that mends it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from ._model import known_below
from ._problems import ConfigProblem, path_of

_SHAPES: Mapping[str, tuple[str, str]] = {
    "dict_type": ("must be a map.", "Remove it, and set what is in it, one by one."),
    "list_type": ("must be a list.", "Remove it, and set its items: `[0]`, `[1]`, … behind the key."),
    "string_type": ("must be text.", ""),
    "int_parsing": ("must be a whole number.", ""),
    "int_type": ("must be a whole number.", ""),
    "int_from_float": ("must be a whole number.", ""),
    "bool_parsing": ("must be true or false.", ""),
    "bool_type": ("must be true or false.", ""),
}


def explained(error: Any, key: str, arguments: type, *, secret: bool) -> ConfigProblem:
    """One finding below the group `key`. No value is shown of a group that holds something encrypted."""
    location = (key, *error["loc"])
    path, kind = path_of(location), error["type"]
    if kind == "extra_forbidden":
        return unknown(location, known_below(arguments, location[:-1]))
    if kind == "missing":
        return ConfigProblem(path, "is required.", "", None, "set", location[-1].upper() if isinstance(location[-1], str) else "VALUE")
    value = None if secret else error["input"]
    if kind == "number_for_text":
        way_out = "Quote it in the YAML file, or set it as a string."
        return ConfigProblem(path, error["msg"], way_out, value, "set --type string")
    rule, way_out = _SHAPES.get(kind, (error["msg"].rstrip(".") + ".", ""))
    return ConfigProblem(path, rule, way_out, value, "rm" if way_out else "set")


def unknown(location: Sequence[str | int], known: Sequence[str]) -> ConfigProblem:
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    meant = f"Did you mean '{close[0]}'? " if close else ""
    return ConfigProblem(path_of(location), "is no setting of this project.", f"{meant}Known here: {', '.join(sorted(known))}.", None, "rm")
