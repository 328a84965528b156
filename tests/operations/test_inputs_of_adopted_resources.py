"""An adopted resource has the inputs that the program declared, with what Azure has now."""

from __future__ import annotations

from typing import Any

import pytest

from operations.repair.inputs import as_declared, with_secrets

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
ARCHIVE = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "hash": "abc"}


@pytest.mark.parametrize(
    ("declared", "live", "expected"),
    [
        ({"a": 1}, {"a": 2, "b": 3}, {"a": 2}),
        ({"config": {"x": True}}, {"config": {"x": False, "y": True}}, {"config": {"x": False}}),
        ({"source": ARCHIVE}, {}, {"source": ARCHIVE}),
        ({"source": ARCHIVE}, {"source": {"hash": "other"}}, {"source": ARCHIVE}),
        ({"key": SECRET}, {"key": "clear"}, {"key": SECRET}),
        (
            {"id": "/subscriptions/S/resourceGroups/g"},
            {"id": "/subscriptions/s/resourcegroups/G"},
            {"id": "/subscriptions/S/resourceGroups/g"},
        ),
        ({"names": ["b", "a"]}, {"names": ["A", "b"]}, {"names": ["b", "a"]}),
        ({"names": ["a"]}, {"names": ["a", "x"]}, {"names": ["a", "x"]}),
        ({"rules": [{"n": 1}]}, {"rules": [{"n": 2, "server": "x"}]}, {"rules": [{"n": 2}]}),
        ({"ids": ["/x"]}, {"ids": {"/x": {}}}, {"ids": ["/x"]}),
        ({"n": 1}, {"n": 1.0}, {"n": 1.0}),
        (
            {"kind": "functionapp,linux", "tier": "Premium0V3"},
            {"kind": "linux,functionapp", "tier": "PremiumV3"},
            {"kind": "functionapp,linux", "tier": "PremiumV3"},
        ),
    ],
)
def test_declared_keys_with_live_values(declared: dict[str, Any], live: dict[str, Any], expected: dict[str, Any]) -> None:
    assert as_declared(declared, live) == expected


def test_what_was_declared_secret_is_secret_in_the_outputs_too() -> None:
    declared = {"tags": {"pin": SECRET, "team": "orders"}, "keys": [SECRET], "name": "x"}
    outputs = {"tags": {"pin": "1234", "team": "orders"}, "keys": ["k"], "name": "x", "state": "Ready"}
    mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    assert with_secrets(declared, outputs) == {
        "tags": {"pin": {**mark, "plaintext": '"1234"'}, "team": "orders"},
        "keys": {**mark, "plaintext": '["k"]'},
        "name": "x",
        "state": "Ready",
    }
    assert with_secrets(declared, with_secrets(declared, outputs)) == with_secrets(declared, outputs)
