"""`DURABLE_DEPLOY_FUNCTIONS`: what a package says of its functions, in one setting that travels with it, for the next package to be compared with.

Compact JSON, deflated, in base64: `{"o": {orchestrator: hash of its sources}, "a": {activity: hash of its signature or ""}, "f": {file: hash}}`.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .package import Inventory

LARGEST = 8 * 1024
"""Characters. Settings are environment variables, and a process gets some tens of kilobytes of them in all."""
_LARGEST_TEXT = 2 * 1024 * 1024
"""Bytes to inflate at most: nobody's functions fill that."""


@dataclass(frozen=True)
class Functions:
    """Functions by name, files by relative path. A hash is 8 hexadecimal digits, or empty where nothing is known but the name."""

    orchestrators: Mapping[str, str] = field(default_factory=dict)
    activities: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    """What the orchestrators are made of."""


def of(contents: Inventory) -> Functions:
    return Functions(contents.orchestrators, contents.activities, contents.files)


def write(functions: Functions) -> str | None:
    """The setting's value, the same for the same functions. None: it would be too large, so the setting is left out."""
    parts = {"o": functions.orchestrators, "a": functions.activities, "f": functions.files}
    text = json.dumps({key: dict(part) for key, part in parts.items()}, sort_keys=True, separators=(",", ":"))
    value = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    return value if len(value) <= LARGEST else None


def read(value: str | None) -> Functions | None:
    """None: the package does not say, or the value is not what `write` makes."""
    if not value:
        return None
    try:
        inflating = zlib.decompressobj()
        text = inflating.decompress(base64.b64decode(value, validate=True), _LARGEST_TEXT)
        found = json.loads(text) if inflating.eof else None
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    parts = [_texts(found.get(key)) for key in ("o", "a", "f")]
    return None if any(part is None for part in parts) else Functions(*(part or {} for part in parts))


def _texts(part: Any) -> dict[str, str] | None:
    whole = isinstance(part, dict) and all(isinstance(value, str) for value in part.values())
    return part if whole else None


__all__ = ["LARGEST", "Functions", "of", "read", "write"]
