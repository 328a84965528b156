"""The order app: it imports, its functions index, and its orchestrator replays to the end."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import azure.functions as func
import pytest
from azure.durable_functions import OrchestrationRuntimeStatus

pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads was called:DeprecationWarning")  # the SDK, of itself

SMALL = {"id": "o-1", "items": [{"sku": "tea", "quantity": 2, "cents": 450}, {"sku": "cup", "quantity": 1, "cents": 900}]}
LARGE = {"id": "o-2", "items": [{"sku": "urn", "quantity": 2, "cents": 50_000}]}
MISSING = {"id": "o-3", "items": [{"sku": "tea", "quantity": 2, "cents": 450}, {"sku": "cup", "quantity": 101, "cents": 1}]}


@pytest.fixture
def app(load_app: Callable[[str], Any]) -> Any:
    return load_app("orders")


@pytest.fixture
def activities(app: Any) -> Callable[[str, Any], Any]:
    """The app's own activities, called as the extension would: with JSON in and out."""
    return lambda name, value: json.loads(json.dumps(app.function(name)(value)))


@pytest.fixture
def start(app: Any, play: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda order: play(app.function("ProcessOrder"), order)


def test_its_functions_index_with_these_bindings(app: Any) -> None:
    assert app.bindings() == {
        "StartOrder": ["durableClient", "httpTrigger", "http"],
        "TakeOrder": ["durableClient", "queueTrigger"],
        "ProcessOrder": ["orchestrationTrigger"],
        "ReserveItem": ["activityTrigger"],
        "ReleaseItem": ["activityTrigger"],
        "ChargeOrder": ["activityTrigger"],
    }


def test_a_small_order_is_reserved_can_be_withdrawn_and_is_charged(start: Any, activities: Any) -> None:
    order = start(SMALL)
    order.work(activities)
    assert order.status == "can be withdrawn"
    order.fire_timer()
    order.work(activities)
    assert order.scheduled == ["ReserveItem", "ReserveItem", "timer +300 s", "ChargeOrder"]
    assert (order.done, order.output) == (True, {"status": "done", "receipt": "receipt-o-1", "cents": 1800})


def test_a_large_order_waits_for_its_approval_and_then_goes_on(start: Any, activities: Any) -> None:
    order = start(LARGE)
    order.work(activities)
    assert (order.status, order.scheduled[1:]) == ("waiting for approval", ["wait for Approval", "timer +259200 s"])
    order.raise_event("Approval", True)
    assert (order.status, len(order.waiting_for)) == ("can be withdrawn", 1), "the deadline of the approval is cancelled"
    order.fire_timer()
    order.work(activities)
    assert (order.done, order.output) == (True, {"status": "done", "receipt": "receipt-o-2", "cents": 100_000})


@pytest.mark.parametrize("answer", [False, None, "yes"])
def test_an_order_that_is_not_approved_gives_its_items_back(start: Any, activities: Any, answer: Any) -> None:
    order = start(LARGE)
    order.work(activities)
    order.raise_event("Approval", answer)
    order.work(activities)
    assert (order.done, order.output, order.scheduled[-1]) == (True, {"status": "not approved"}, "ReleaseItem")


def test_an_order_that_nobody_approves_in_time_gives_its_items_back(start: Any, activities: Any) -> None:
    order = start(LARGE)
    order.work(activities)
    order.fire_timer()
    order.work(activities)
    assert (order.done, order.output, order.scheduled[-1]) == (True, {"status": "not approved"}, "ReleaseItem")


def test_an_order_with_an_article_out_of_stock_gives_back_only_what_it_had(start: Any, activities: Any) -> None:
    order = start(MISSING)
    order.work(activities)
    assert (order.done, order.output) == (True, {"status": "out of stock", "missing": ["cup"]})
    assert order.scheduled == ["ReserveItem", "ReserveItem", "ReleaseItem"]


def test_an_order_whose_activities_are_still_running_is_not_done(start: Any) -> None:
    order = start(SMALL)
    order.complete(1, {"sku": "cup", "reserved": True})
    assert (order.done, order.scheduled, list(order.waiting_for)) == (False, ["ReserveItem", "ReserveItem"], [0])


@pytest.mark.parametrize(
    "status, starts",
    [
        (None, True),
        (OrchestrationRuntimeStatus.Failed, True),
        (OrchestrationRuntimeStatus.Terminated, True),
        (OrchestrationRuntimeStatus.Pending, False),
        (OrchestrationRuntimeStatus.Running, False),
        (OrchestrationRuntimeStatus.Suspended, False),
        (OrchestrationRuntimeStatus.Completed, False),
    ],
)
def test_a_message_starts_its_order_once_however_often_it_arrives(app: Any, instances: Any, status: Any, starts: bool) -> None:
    instances.status = status
    message = func.QueueMessage(body=json.dumps(SMALL).encode())
    asyncio.run(app.function("TakeOrder")(message=message, client=instances.binding))
    assert instances.started == ([("ProcessOrder", "o-1", SMALL)] if starts else [])


def test_a_message_that_is_no_order_fails_so_that_the_queue_keeps_it(app: Any, instances: Any) -> None:
    with pytest.raises(app.module.InvalidOrder):
        asyncio.run(app.function("TakeOrder")(message=func.QueueMessage(body=b"x"), client=instances.binding))
    assert instances.started == []


def post(app: Any, instances: Any, body: bytes) -> func.HttpResponse:
    request = func.HttpRequest("POST", "http://localhost/api/orders", body=body)
    return asyncio.run(app.function("StartOrder")(req=request, client=instances.binding))


def test_an_order_by_http_is_started_and_answered_with_its_status_url(app: Any, instances: Any) -> None:
    answer = post(app, instances, json.dumps(SMALL).encode())
    assert instances.started == [("ProcessOrder", "o-1", SMALL)]
    assert (answer.status_code, answer.headers["Location"]) == (202, "http://localhost/instances/o-1?code=x")


def test_an_http_request_that_is_no_order_is_answered_with_the_reason(app: Any, instances: Any) -> None:
    answer = post(app, instances, b'{"id": "o-1", "items": []}')
    assert (answer.status_code, answer.get_body(), instances.started) == (400, b"items: a list with at least one item", [])


@pytest.mark.parametrize(
    "body, message",
    [
        (b"x", "an order is a JSON object"),
        (b"[]", "id: 1 to 64 letters, digits and hyphens"),
        (b'{"id": "a/b"}', "id: 1 to 64 letters, digits and hyphens"),
        (b'{"id": "a", "items": []}', "items: a list with at least one item"),
        (b'{"id": "a", "items": [{"sku": ""}]}', "items[0].sku: a text"),
        (b'{"id": "a", "items": [{"sku": "x", "quantity": 0, "cents": 1}]}', "items[0].quantity: a whole number from 1 on"),
        (b'{"id": "a", "items": [{"sku": "x", "quantity": true, "cents": 1}]}', "items[0].quantity: a whole number from 1 on"),
        (b'{"id": "a", "items": [{"sku": "x", "quantity": 1}]}', "items[0].cents: a whole number from 1 on"),
    ],
)
def test_what_is_not_an_order_is_refused_with_the_field(app: Any, body: bytes, message: str) -> None:
    with pytest.raises(app.module.InvalidOrder) as caught:
        app.module.parse_order(body)
    assert str(caught.value) == message
