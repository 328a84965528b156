"""From a location to what `taskhub` is given: endpoints, a tracking store, and who opens them."""

from __future__ import annotations

import pytest
from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

from functions.status_check.checking import credential_of, hub_of
from functions.status_check.connections import Connection, Identity
from functions.status_check.location import Location
from functions.status_check.problem import NotLocated
from taskhub import Hub, Tracking

STRING = "DefaultEndpointsProtocol=https;AccountName=blue;AccountKey=c2VjcmV0"
SHARED_STRING = "AccountName=shared;AccountKey=c2VjcmV0"
OWN = Identity(managed=True, client_id="c-1")


def connection(account: str, identity: Identity = OWN, services: tuple[str, ...] = ("queue", "table")) -> Connection:
    endpoints = tuple((service, f"https://{account}.{service}.core.windows.net") for service in services)
    return Connection(endpoints=endpoints, identity=identity, setting=account.title())


def by_string(text: str = STRING) -> Connection:
    return Connection(connection_string=text, setting="Storage")


def test_endpoints_and_an_identity() -> None:
    hub = Hub("tasks", queue="https://blue.queue.core.windows.net", table="https://blue.table.core.windows.net")
    assert hub_of(Location("tasks", connection("blue"))) == (hub, None)


def test_a_connection_string_opens_its_own_endpoints() -> None:
    assert hub_of(Location("tasks", by_string())) == (Hub.from_connection_string(STRING, "tasks"), STRING)


def test_a_tracking_store_of_the_same_identity_takes_the_place_of_the_tables() -> None:
    location = Location("tasks", connection("blue", services=("queue",)), connection("shared", services=("table",)), "Orders")
    hub, string = hub_of(location)
    assert (hub.tracking, string) == (Tracking("https://shared.table.core.windows.net", "Orders"), None)
    assert (hub.queue, hub.tables, hub.instances) == (
        "https://blue.queue.core.windows.net",
        "https://shared.table.core.windows.net",
        "OrdersInstances",
    )


@pytest.mark.parametrize(("main", "string"), [(by_string(), STRING), (connection("blue"), None)], ids=["a string", "an identity"])
def test_a_tracking_store_with_a_connection_string_is_opened_by_that(main: Connection, string: str | None) -> None:
    hub, opened_by = hub_of(Location("tasks", main, by_string(SHARED_STRING)))
    assert hub.tracking == Tracking("https://shared.table.core.windows.net", "DurableTask", connection_string=SHARED_STRING)
    assert opened_by == string


@pytest.mark.parametrize("main", [by_string(), connection("blue", Identity())], ids=["a string", "another identity"])
def test_a_tracking_store_of_another_identity_is_not_guessed_at(main: Connection) -> None:
    with pytest.raises(NotLocated, match=r"^The tracking store \(Shared\) is opened by another identity than the durable storage"):
        hub_of(Location("tasks", main, connection("shared")))


def test_an_endpoint_that_is_missing_is_named() -> None:
    with pytest.raises(NotLocated, match="Blue__queueServiceUri is missing"):
        hub_of(Location("tasks", connection("blue", services=("table",))))
    with pytest.raises(NotLocated, match="Blue__tableServiceUri is missing"):
        hub_of(Location("tasks", connection("blue", services=("queue",))))


def test_a_text_that_is_no_connection_string_is_not_quoted() -> None:
    with pytest.raises(NotLocated, match=r"^The setting Storage can't be used: This is no storage connection string") as caught:
        hub_of(Location("tasks", by_string("hunter2")))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        (Identity(managed=True), ManagedIdentityCredential),
        (OWN, ManagedIdentityCredential),
        (Identity(), DefaultAzureCredential),
        (Identity(client_id="c-1"), DefaultAzureCredential),
    ],
)
def test_a_managed_identity_is_asked_for_where_the_settings_say_so(identity: Identity, kind: type) -> None:
    assert isinstance(credential_of(identity), kind)
