"""Endpoints, names of a hub's parts, and keys of instances."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import taskhub
from taskhub import Hub, Tracking
from taskhub.instance import escape_key, unescape_key

KEY = "AccountName=orders;AccountKey=a2V5"


@pytest.mark.parametrize(
    ("id", "key"),
    [("plain", "plain"), ("a/b\\c#d?e", "a^0b^1c^2d^3e"), ("^", "^^"), ("\t", "^É"), ("\x7f", "^Ŀ"), ("@c@é", "@c@é")],
)
def test_an_instance_id_is_escaped_as_durable_does(id: str, key: str) -> None:
    assert (escape_key(id), unescape_key(key)) == (key, id)


@given(st.text())
def test_every_id_comes_back_from_its_key(id: str) -> None:
    key = escape_key(id)
    assert unescape_key(key) == id
    assert not set(key) & set("/\\#?\t\n\r\x7f")


@pytest.mark.parametrize("key", ["^", "a^", "^x"])
def test_a_key_that_nobody_escaped_is_read_without_complaint(key: str) -> None:
    assert isinstance(unescape_key(key), str)


def test_endpoints_come_from_a_connection_string() -> None:
    assert Hub.from_connection_string(f"DefaultEndpointsProtocol=https;{KEY};EndpointSuffix=core.usgovcloudapi.net", "Orders") == Hub(
        "Orders",
        queue="https://orders.queue.core.usgovcloudapi.net",
        table="https://orders.table.core.usgovcloudapi.net",
        blob="https://orders.blob.core.usgovcloudapi.net",
    )
    explicit = Hub.from_connection_string(f"{KEY};QueueEndpoint=https://q/;TableEndpoint=https://t/", "Orders")
    assert (explicit.queue, explicit.table, explicit.blob) == ("https://q/", "https://t/", "https://orders.blob.core.windows.net")
    assert Hub.from_connection_string("UseDevelopmentStorage=true", "Orders").table == "http://127.0.0.1:10002/devstoreaccount1"


@pytest.mark.parametrize("text", ["", "secret", "AccountKey=secret", "AccountKey=secret;QueueEndpoint=https://q/"])
def test_a_text_that_names_no_account_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        Hub.from_connection_string(text, "Orders")
    assert "secret" not in str(caught.value)


def test_tables_are_named_after_the_hub_or_the_tracking_stores_prefix() -> None:
    own = Hub("Orders", "https://q", "https://t")
    assert (own.tables, own.instances, own.history, own.large_messages) == (
        "https://t",
        "OrdersInstances",
        "OrdersHistory",
        "orders-largemessages",
    )
    shared = Hub("Orders", "https://q", "https://t", Tracking("https://tracking"))
    assert (shared.tables, shared.instances, shared.history) == ("https://tracking", "DurableTaskInstances", "DurableTaskHistory")
    assert shared.large_messages == "orders-largemessages"


def test_a_connection_string_is_not_in_the_text_of_a_hub() -> None:
    assert "a2V5" not in repr(Hub.from_connection_string(KEY, "Orders", tracking=Tracking("https://t", connection_string=KEY)))


def test_own_queues_are_matched_from_beginning_to_end() -> None:
    names = [
        "orders-control-00",
        "orders-control-15",
        "orders-workitems",
        "orders2-control-00",
        "orders-control-0",
        "orders-control-000",
        "orders-control-panel",
        "xorders-control-00",
        "orders-workitems2",
    ]
    assert Hub("Orders", "", "").own_queues(names) == ["orders-control-00", "orders-control-15", "orders-workitems"]


def test_everything_that_is_public_is_exported_in_order() -> None:
    public = [name for name in vars(taskhub) if not name.startswith("_") and not hasattr(getattr(taskhub, name), "__path__")]
    modules = {name for name in public if type(getattr(taskhub, name)).__name__ == "module"}
    assert sorted(taskhub.__all__) == sorted(set(public) - modules)
