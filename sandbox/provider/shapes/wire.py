"""Property values as the engine sends them (protobuf Struct) and as this package handles them (plain Python).

The stand-in answers Configure without `acceptSecrets`, as the real provider does, so the engine unwraps secrets before it sends and
marks them again in what comes back. What stays special are unknowns, during a preview, and assets and archives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

_SIGNATURE = rpc._special_sig_key
_WRAPPERS = {rpc._special_secret_sig, rpc._special_output_value_sig}
_SOURCES = {rpc._special_asset_sig, rpc._special_archive_sig}

Properties = dict[str, Any]


class Unknown:
    """A value that only the update itself will bring. There is one: `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Source:
    """An asset or an archive, kept as it came: two are equal if their hashes are, wherever their content lies."""

    hash: str
    raw: Mapping[str, Any] = field(compare=False)

    @property
    def is_archive(self) -> bool:
        return bool(self.raw[_SIGNATURE] == rpc._special_archive_sig)


def decode(message: struct_pb2.Struct) -> Properties:
    """Nulls are left out, as the real provider does (`SkipNulls`)."""
    return {key: _decoded(value) for key, value in json_format.MessageToDict(message).items() if value is not None}


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update({key: _encoded(value) for key, value in properties.items() if value is not None})
    return message


def contains_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return _decoded_map(value)
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if value == rpc.UNKNOWN:
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _decoded_map(value: dict[str, Any]) -> Any:
    signature = value.get(_SIGNATURE)
    if signature in _WRAPPERS:
        return _decoded(value["value"]) if "value" in value else UNKNOWN
    if signature in _SOURCES:
        return Source(value.get("hash", ""), value)
    return {key: _decoded(item) for key, item in value.items() if item is not None}


def _encoded(value: Any) -> Any:
    if value is UNKNOWN:
        return rpc.UNKNOWN
    if isinstance(value, Source):
        return dict(value.raw)
    if isinstance(value, dict):
        return {key: _encoded(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_encoded(item) for item in value]
    return value
