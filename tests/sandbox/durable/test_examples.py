"""The example apps, run to their ends."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.durable.taskhub import TaskHub

EXAMPLES = Path(__file__).parents[3] / "examples"
OWN_MODULES = ("function_app", "ordering")


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """The app of an example. The examples' modules share names, so they are forgotten afterwards."""

    def load(name: str) -> Any:
        monkeypatch.syspath_prepend(str(EXAMPLES / name))
        return importlib.import_module("function_app").app

    forget()
    yield load
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] in OWN_MODULES]:
        del sys.modules[name]


def order(cents: int, quantity: int = 2) -> dict[str, Any]:
    return {"id": "o-1", "items": [{"sku": "tea", "quantity": quantity, "cents": cents}, {"sku": "cup", "quantity": 1, "cents": 100}]}


def test_a_small_order_is_reserved_waited_for_and_charged(taskhub: TaskHub, example: Callable[[str], Any]) -> None:
    taskhub.worker(example("orders"))
    taskhub.start("ProcessOrder", input=order(500))
    status = taskhub.finished()
    assert status["output"] == {"status": "done", "receipt": "receipt-o-1", "cents": 1100}
    assert (taskhub.executions("activity", "ReserveItem"), taskhub.executions("activity", "ChargeOrder")) == (2, 1)


@pytest.mark.parametrize(("approved", "ends"), [(True, "done"), (False, "not approved")])
def test_a_large_order_waits_for_its_approval(taskhub: TaskHub, example: Callable[[str], Any], approved: bool, ends: str) -> None:
    taskhub.worker(example("orders"))
    taskhub.start("ProcessOrder", input=order(90_000))
    taskhub.reaches("waiting for approval")
    taskhub.request("POST", "instances/i-1/raiseEvent/Approval", approved)
    assert taskhub.finished()["output"]["status"] == ends


def test_orders_with_an_entity_take_from_the_stock_and_give_back(taskhub: TaskHub, example: Callable[[str], Any]) -> None:
    taskhub.worker(example("orders_with_entity"))
    taskhub.start("ProcessOrder", "fits", order(500))
    assert taskhub.finished("fits")["output"] == {"status": "done", "receipt": "receipt-o-1", "cents": 1100}
    taskhub.start("ProcessOrder", "too-much", order(500, quantity=1000))
    assert taskhub.finished("too-much")["output"] == {"status": "out of stock", "missing": ["tea"]}
    stock = {one["entityId"]["key"]: taskhub.request("GET", f"entities/stock/{one['entityId']['key']}").body for one in entities(taskhub)}
    assert stock == {"tea": 98, "cup": 99}


def entities(taskhub: TaskHub) -> list[dict[str, Any]]:
    return taskhub.request("GET", "entities/stock").body
