"""Two programs are compared only if they declare the same: every difference is seen, and what is no difference isn't one."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from benchmarks.sameness import declared, differences

SIGNATURE, ARCHIVE = "4dabf18193072939515e22adb298388d", "0def7320c3a5731c473e5ecbe6d01bc7"


def state(*resources: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    entries = [{"urn": f"urn:pulumi:s::p::{type}::{name}", "type": type, "inputs": inputs} for type, name, inputs in resources]
    return {"deployment": {"resources": entries}}


SITE = ("azure-native:web:WebApp", "orders-site", {"name": "orders", "siteConfig": {"alwaysOn": True}})
BLOB = ("azure-native:storage:Blob", "orders-package", {"source": {SIGNATURE: ARCHIVE, "hash": "f00d", "path": "/app"}})


def test_a_component_and_the_stack_are_no_difference() -> None:
    with_component = state(SITE, ("pulumi:pulumi:Stack", "p-s", {}), ("durable-deploy:index:StatusCheckWithSlot", "orders", {}))
    assert differences(declared(with_component), declared(state(SITE))) == []


def test_an_archive_with_the_same_content_is_no_difference() -> None:
    assets = {SIGNATURE: ARCHIVE, "hash": "f00d", "assets": {"host.json": {"text": "{}"}}}
    assert differences(declared(state(BLOB)), declared(state((*BLOB[:2], {"source": assets})))) == []


def test_an_archive_with_other_content_is_one() -> None:
    other = copy.deepcopy(BLOB)
    other[2]["source"]["hash"] = "beef"
    (found,) = differences(declared(state(BLOB)), declared(state(other)))
    assert found == "orders-package: source is {'archive': 'f00d'} in one program and {'archive': 'beef'} in the other"


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (state(), "orders-site is declared by one program only"),
        (state(("azure-native:web:WebAppSlot", *SITE[1:])), "orders-site is a azure-native:web:WebApp in one program and a"),
        (state((*SITE[:2], {**SITE[2], "httpsOnly": True})), "orders-site: httpsOnly is None in one program and True in the other"),
        (state((*SITE[:2], {**SITE[2], "siteConfig": {}})), "orders-site: siteConfig is {'alwaysOn': True} in one program and {} in"),
    ],
    ids=["missing", "another type", "one input more", "a nested input less"],
)
def test_a_difference_is_told(other: dict[str, Any], sentence: str) -> None:
    (found,) = differences(declared(state(SITE)), declared(other))
    assert found.startswith(sentence)
