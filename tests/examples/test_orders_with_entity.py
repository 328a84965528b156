"""The order app with an entity: it imports, its functions index, its orchestrator replays, and its entity counts."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads was called:DeprecationWarning")  # the SDK, of itself

ORDER = {"id": "o-1", "items": [{"sku": "tea", "quantity": 2, "cents": 450}, {"sku": "cup", "quantity": 1, "cents": 900}]}


@pytest.fixture
def app(load_app: Callable[[str], Any]) -> Any:
    return load_app("orders_with_entity")


class Stock:
    """Keeps entities as the extension does: state goes in as JSON and comes out as JSON."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.states: dict[str, str] = {}

    def __call__(self, name: str, value: Any) -> Any:
        if not name.startswith("@stock@"):
            return self._app.function(name)(value)
        entity, _, operation = name.rpartition(".")
        return self.batch(entity, [(operation, value)])[0]

    def batch(self, entity: str, operations: list[tuple[str, Any]]) -> list[Any]:
        body = {
            "self": {"name": "stock", "key": entity.rpartition("@")[2]},
            "exists": entity in self.states,
            "state": self.states.get(entity),
            "batch": [{"name": operation, "input": json.dumps(json.dumps(value)), "signal": False} for operation, value in operations],
        }
        answer = json.loads(self._app.function("Stock")(SimpleNamespace(body=json.dumps(body))))
        assert answer["entityExists"]
        self.states[entity] = answer["entityState"]
        return [json.loads(result["result"]) for result in answer["results"]]


@pytest.fixture
def stock(app: Any) -> Stock:
    return Stock(app)


def test_its_functions_index_with_these_bindings(app: Any) -> None:
    assert app.bindings() == {
        "StartOrder": ["durableClient", "httpTrigger", "http"],
        "TakeOrder": ["durableClient", "queueTrigger"],
        "ProcessOrder": ["orchestrationTrigger"],
        "Stock": ["entityTrigger"],
        "ChargeOrder": ["activityTrigger"],
    }


def test_an_order_takes_its_items_from_the_stock_and_is_charged(app: Any, stock: Stock, play: Any) -> None:
    order = play(app.function("ProcessOrder"), ORDER)
    order.work(stock)
    order.fire_timer()
    order.work(stock)
    assert order.scheduled == ["@stock@tea.reserve", "@stock@cup.reserve", "timer +300 s", "ChargeOrder"]
    assert (order.done, order.output) == (True, {"status": "done", "receipt": "receipt-o-1", "cents": 1800})
    assert stock.states == {"@stock@tea": "98", "@stock@cup": "99"}


def test_an_order_with_an_article_out_of_stock_gives_back_only_what_it_had(app: Any, stock: Stock, play: Any) -> None:
    stock.states["@stock@cup"] = "0"
    order = play(app.function("ProcessOrder"), ORDER)
    order.work(stock)
    assert order.scheduled == ["@stock@tea.reserve", "@stock@cup.reserve", "@stock@tea.give_back"]
    assert (order.done, order.output) == (True, {"status": "out of stock", "missing": ["cup"]})
    assert stock.states == {"@stock@tea": "100", "@stock@cup": "0"}


def test_stock_answers_a_batch_in_order_and_an_unknown_operation_changes_nothing(stock: Stock) -> None:
    answers = stock.batch("@stock@tea", [("count", None), ("reserve", 60), ("reserve", 60), ("restock", 20), ("reserve", 60), ("burn", 1)])
    assert answers == [100, True, False, 60, True, "stock has no operation 'burn' with the input 1"]
    assert stock.states == {"@stock@tea": "0"}
