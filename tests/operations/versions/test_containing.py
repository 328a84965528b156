"""Whether a code has what runs on a hub, from what it says of itself."""

from __future__ import annotations

import base64
import json
import zlib

import pytest

from operations.versions.containing import Contents, contents_of, has_version, orphan_sentences, orphans
from tests.operations.slots.lives import slot

RUNNING = {"Running": 2}


def ordered(*versions: str, match: str = "CurrentOrOlder", names: frozenset[str] | None = None) -> Contents:
    return Contents("2.1.0", False, versions, match, names)


def named(*versions: str, names: frozenset[str] | None = None) -> Contents:
    return Contents("2.1.0", True, versions, orchestrators=names)


@pytest.mark.parametrize(
    ("code", "name", "version", "certain"),
    [
        (ordered("2.0"), "Orders", "1.0", None),
        (ordered("2.0"), "Orders", "2.0", None),
        (ordered("2.0"), "Orders", None, None),
        (ordered("2.0"), "Orders", "2.0.0", True),  # 2.0 < 2.0.0
        (ordered("10.0"), "Orders", "9.0", None),
        (ordered("10"), "Orders", "9", True),  # as text
        (ordered("2.0", match="Strict"), "Orders", "1.0", True),
        (ordered("2.0", match="Strict"), "Orders", "2.0", None),
        (ordered("1.0", match="None"), "Orders", "3.0", None),
        (ordered("2.0", names=frozenset({"orders"})), "ORDERS", "1.0", None),
        (ordered("2.0", names=frozenset({"orders"})), "Invoices", "1.0", True),
        (ordered(), "Orders", "1.0", False),
        (named("v1", "v2"), "Orders_v2", None, None),
        (named("v1", "v2"), "Orders_v3", None, True),
        (named("v1", "v1.2"), "Orders_v1_2", None, None),
        (named("v1", "v1.2"), "Orders_v12", None, True),
        (named("v1", "v2"), "Orders", None, False),
        (named("v1", "v2", names=frozenset({"orders", "orders_v1"})), "Orders", None, None),
        (named("v1", "v2", names=frozenset({"orders_v1"})), "Orders_v2", None, True),
        (named(), "Orders_v1", None, False),
    ],
)
def test_what_a_code_has(code: Contents, name: str, version: str | None, certain: bool | None) -> None:
    """None: it has it. True: it certainly has not. False: it does not say."""
    found = orphans(code, [(name, version, RUNNING)])
    assert [one.certain for one in found] == ([] if certain is None else [certain])


def test_what_does_not_run_any_more_is_missed_by_nobody() -> None:
    assert orphans(ordered("1.0"), [("Orders", "2.0", {}), ("Orders", "3.0", {"Running": 0})]) == []


def test_the_sentences_name_what_would_be_left_and_the_way_out() -> None:
    found = orphans(ordered("1.0"), [("Orders", "2.0", {"Running": 2, "Pending": 1}), ("Invoices", "3.0", {"Suspended": 1})])
    assert orphan_sentences(ordered("1.0"), found, "production") == [
        "2.1.0 does not have what still runs on the task hub of production: 3 instances of Orders of version 2.0, 1 instance of Invoices of version "
        "3.0. Nobody would go on with them. Wait until they have ended, or release a version that still has them."
    ]
    unsure = orphans(ordered(), [("Orders", "2.0", RUNNING)])
    assert orphan_sentences(ordered(), unsure, "production") == [
        "2.1.0 does not say which versions it has, so whether it can go on with 2 instances of Orders of version 2.0 isn't known. Deploy it with the "
        "component, which writes that down."
    ]
    assert orphan_sentences(ordered("2.0"), [], "production") == []


@pytest.mark.parametrize(
    ("code", "version", "has"),
    [
        (ordered("2.0"), "1.0", True),
        (ordered("2.0"), "2.1", False),
        (ordered(), "1.0", None),
        (named("v1", "v2"), "v2", True),
        (named("v1", "v2"), "v3", False),
    ],
)
def test_whether_clients_may_be_told_a_version(code: Contents, version: str, has: bool | None) -> None:
    assert has_version(code, version) is has


def test_a_code_says_it_in_its_slot_s_settings_and_a_broken_record_says_nothing() -> None:
    text = base64.b64encode(zlib.compress(json.dumps({"o": {"Orders": "12345678"}, "a": {}, "f": {}}).encode())).decode()
    settings = {"DURABLE_DEPLOY_STRATEGIES": "Strict,Fail", "DURABLE_DEPLOY_FUNCTIONS": text}
    live = slot("production", "blue", "1.0.0", contains=("1.0",), settings=settings)
    assert contents_of(live, by_name=False) == Contents("1.0.0", False, ("1.0",), "Strict", frozenset({"orders"}))
    for broken in ("", "x", "eJw=", base64.b64encode(zlib.compress(b"[]")).decode()):
        silent = slot("production", "blue", "1.0.0", settings={"DURABLE_DEPLOY_FUNCTIONS": broken})
        assert contents_of(silent, by_name=True) == Contents("1.0.0", True)
