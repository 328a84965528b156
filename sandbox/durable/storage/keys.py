"""Where an instance lies: its row key in the tables, and its control queue."""

from __future__ import annotations

_ESCAPES = {"^": "^^", "/": "^0", "\\": "^1", "#": "^2", "?": "^3"}
_PLAIN = {escape[1]: character for character, escape in _ESCAPES.items()}
_OFFSET = ord("À")


def escape_key(instance_id: str) -> str:
    """An instance id as PartitionKey: durabletask KeySanitation.cs. Control characters are shifted to letters from À on."""
    return "".join(_ESCAPES.get(character) or _shifted(character) for character in instance_id)


def unescape_key(key: str) -> str:
    plain, rest = "", iter(key)
    for character in rest:
        if character == "^":
            code = next(rest)
            character = _PLAIN.get(code) or chr(ord(code) - _OFFSET)
        plain += character
    return plain


def _shifted(character: str) -> str:
    is_control = ord(character) <= 0x1F or 0x7F <= ord(character) <= 0x9F
    return f"^{chr(_OFFSET + ord(character))}" if is_control else character


def partition_of(instance_id: str, count: int) -> int:
    """FNV-1a, 32 bits, over the id in UTF-8: durabletask Fnv1aHashHelper.cs, AzureStorageOrchestrationService.GetControlQueueAsync."""
    value = 2166136261
    for byte in instance_id.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value % count


def is_entity(instance_id: str) -> bool:
    return instance_id.startswith("@")
