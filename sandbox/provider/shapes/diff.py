"""Inputs against older inputs, as the real provider compares them (pulumi-azure-native, provider/diff.go)."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import provider_pb2

from .wire import Properties

Detailed = dict[str, provider_pb2.PropertyDiff]
_Found = dict[str, "provider_pb2.PropertyDiff.Kind.ValueType"]

_Kind = provider_pb2.PropertyDiff.Kind
_REPLACING = {_Kind.ADD: _Kind.ADD_REPLACE, _Kind.DELETE: _Kind.DELETE_REPLACE, _Kind.UPDATE: _Kind.UPDATE_REPLACE}


def detailed_diff(olds: Properties, news: Properties, force_new: frozenset[str]) -> Detailed:
    """Every changed property by its path. One whose top-level name is in `force_new` asks for a replacement.

    A top-level `location` is compared without regard to case and spaces: "West Europe" is "westeurope".
    """
    kinds: _Found = {}
    for name in {**olds, **news}:
        if name.startswith("__") or (name == "location" and _same_location(olds.get(name), news.get(name))):
            continue
        found: _Found = {}
        _compare(name, olds, news, name, found)
        kinds |= {path: _REPLACING[kind] if name in force_new else kind for path, kind in found.items()}
    return {path: provider_pb2.PropertyDiff(kind=kind, inputDiff=True) for path, kind in kinds.items()}


def replaced(diff: Detailed) -> list[str]:
    """The top-level names that ask for a replacement."""
    return sorted({top_level(path) for path, entry in diff.items() if entry.kind in _REPLACING.values()})


def top_level(path: str) -> str:
    return path.split(".")[0].split("[")[0]


def _compare(key: str, olds: Properties, news: Properties, path: str, found: _Found) -> None:
    if key not in olds:
        found[path] = _Kind.ADD
    elif key not in news:
        found[path] = _Kind.DELETE
    else:
        _compare_values(olds[key], news[key], path, found)


def _compare_values(old: Any, new: Any, path: str, found: _Found) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            _compare(key, old, new, f"{path}.{key}", found)
    elif isinstance(old, list) and isinstance(new, list):
        _compare_lists(old, new, path, found)
    elif not _same(old, new):
        found[path] = _Kind.UPDATE


def _compare_lists(old: list[Any], new: list[Any], path: str, found: _Found) -> None:
    for index in range(max(len(old), len(new))):
        if index >= len(old):
            found[f"{path}[{index}]"] = _Kind.ADD
        elif index >= len(new):
            found[f"{path}[{index}]"] = _Kind.DELETE
        else:
            _compare_values(old[index], new[index], f"{path}[{index}]", found)


def _same(old: Any, new: Any) -> bool:
    """Python holds `True == 1`; JSON does not."""
    return isinstance(old, bool) == isinstance(new, bool) and bool(old == new)


def _same_location(old: Any, new: Any) -> bool:
    return isinstance(old, str) and isinstance(new, str) and old.replace(" ", "").lower() == new.replace(" ", "").lower()


def drifted(inputs: Properties, old_outputs: Properties, new_outputs: Properties) -> Properties:
    """The inputs after a refresh: the old ones, with what changed between two projections of the outputs applied to them.

    A refresh can't know which outputs are Azure's defaults and which the program asked for. What did not change is left alone, so
    that a property which Azure never returns (`siteConfig.appSettings`) is never seen to drift.
    """
    result = {name: value for name, value in inputs.items() if not (name in old_outputs and name not in new_outputs)}
    for name, new in new_outputs.items():
        if name not in old_outputs or (name not in inputs and not _equal(old_outputs[name], new)):
            result[name] = new
        elif name in inputs:
            result[name] = _drifted_value(inputs[name], old_outputs[name], new)
    return result


def _drifted_value(base: Any, old: Any, new: Any) -> Any:
    if _equal(old, new):
        return base
    if isinstance(base, dict) and isinstance(old, dict) and isinstance(new, dict):
        return drifted(base, old, new)
    if isinstance(base, list) and isinstance(old, list) and isinstance(new, list):
        return [_drifted_value(base[i], old[i], item) if i < min(len(base), len(old)) else item for i, item in enumerate(new)]
    return new


def _equal(old: Any, new: Any) -> bool:
    found: _Found = {}
    _compare_values(old, new, "", found)
    return not found
