"""Whether two programs declare the same resources: the comparison is worth nothing otherwise. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

Declared = Mapping[str, Mapping[str, Any]]
"""Resource name -> its type and inputs."""


def declared(state: Mapping[str, Any]) -> Declared:
    """The azure-native resources in what `pulumi stack export` printed."""
    return {
        entry["urn"].rpartition("::")[2]: {"type": entry["type"], "inputs": _comparable(entry.get("inputs", {}))}
        for entry in state["deployment"]["resources"]
        if entry["type"].startswith("azure-native:")
    }


def differences(one: Declared, other: Declared) -> list[str]:
    """One sentence per difference; none: the same names, types and inputs."""
    return list(_differences(one, other))


def _differences(one: Declared, other: Declared) -> Iterable[str]:
    for name in sorted({*one, *other}):
        if name not in one or name not in other:
            yield f"{name} is declared by one program only"
            continue
        if one[name]["type"] != other[name]["type"]:
            yield f"{name} is a {one[name]['type']} in one program and a {other[name]['type']} in the other"
        for key in sorted({*one[name]["inputs"], *other[name]["inputs"]}):
            left, right = one[name]["inputs"].get(key), other[name]["inputs"].get(key)
            if left != right:
                yield f"{name}: {key} is {left!r} in one program and {right!r} in the other"


def _comparable(value: Any) -> Any:
    """An archive is what it contains, however it was put together."""
    if isinstance(value, Mapping):
        return {"archive": value["hash"]} if _ARCHIVE in value.values() else {key: _comparable(inner) for key, inner in value.items()}
    return [_comparable(inner) for inner in value] if isinstance(value, list) else value
