"""What a package contains, found without running it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components._code.package import CALLS, SIGNATURES, SOURCES, Inventory, inventory, read_package

from .apps import folder, zipped

HOST = '{"version": "2.0"}'
APP = """\
import azure.durable_functions as df
import azure.functions as func

from orders import process, work
from orders.names import CHARGE

app = df.DFApp()


@app.route(route="orders")
@app.durable_client_input(client_name="client")
async def start(req: func.HttpRequest, client):
    await client.start_new("Order", None, req.get_json(), version="1.0")


@app.function_name("Order")
@app.orchestration_trigger(context_name="context")
def order(context):
    return (yield from process.order(context))


@app.function_name(CHARGE)
@app.activity_trigger(input_name="order")
def charge(order: dict, currency: str = "EUR") -> dict:
    return work.charge(order)


@app.entity_trigger(context_name="context")
def Stock(context): ...
"""
PROCESS = """\
from . import names
from .totals import total as sum_of

DEADLINE = 3


def order(context):
    yield context.call_activity(names.CHARGE, sum_of(context.get_input()))
    yield from _wait(context, DEADLINE)


def _wait(context, days): ...


def unused(): ...
"""
FILES = {
    "host.json": HOST,
    "function_app.py": APP,
    "orders/__init__.py": "",
    "orders/process.py": PROCESS,
    "orders/names.py": 'CHARGE = "Charge"\n',
    "orders/totals.py": "def total(order): return _sum(order)\n\n\ndef _sum(order): return 1\n",
    "orders/work.py": "def charge(order): return {}\n",
    "tests_of_nobody.py": "LIMIT = 1\n",
}


def taken(root: Path, **changes: str | None) -> Inventory:
    """`__` in a name stands for a slash, the suffix is left out; None takes a file away."""
    changed = {**FILES, **{f"{name.replace('__', '/')}.py": text for name, text in changes.items()}}
    root.mkdir()
    return inventory(read_package(folder(root / "app", {name: text for name, text in changed.items() if text is not None})))


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_functions_are_found_by_kind_in_a_folder_and_in_a_zip(tmp_path: Path, kind: str) -> None:
    path = folder(tmp_path / "app", FILES) if kind == "folder" else zipped(tmp_path / "app.zip", FILES)
    found = inventory(read_package(path))
    assert (list(found.orchestrators), list(found.activities), found.entities) == (["Order"], ["Charge"], ("Stock",))
    assert (found.calls_without_version, found.starts_without_version, found.undeclared, found.unchecked) == ((), (), (), frozenset())
    assert all(len(digest) == 8 for digest in (*found.orchestrators.values(), *found.activities.values(), *found.files.values()))


def test_an_orchestrator_is_made_of_what_it_uses_of_the_apps_own_modules(tmp_path: Path) -> None:
    assert list(taken(tmp_path / "a").files) == ["function_app.py", "orders/names.py", "orders/process.py", "orders/totals.py"]


CHANGED = {
    "its own lines": {"function_app": APP.replace("yield from process", "yield from  process")},
    "a function that it calls": {"orders__process": PROCESS.replace("get_input()", "get_input() or {}")},
    "a function that this one calls": {"orders__process": PROCESS.replace("_wait(context, days): ...", "_wait(context, days): return 1")},
    "a constant": {"orders__process": PROCESS.replace("DEADLINE = 3", "DEADLINE = 4")},
    "a constant of another module": {"orders__names": 'CHARGE = "Charge"  # and release\n'},
    "a module behind an imported one": {"orders__totals": FILES["orders/totals.py"].replace("return 1", "return 2")},
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_a_change_to_what_it_uses_changes_its_hash_and_that_of_the_file(tmp_path: Path, change: dict[str, str]) -> None:
    before, after = taken(tmp_path / "before"), taken(tmp_path / "after", **change)
    (name,) = change
    changed = {file for file in before.files.keys() | after.files.keys() if before.files.get(file) != after.files.get(file)}
    assert changed == {f"{name.replace('__', '/')}.py"}
    assert before.orchestrators != after.orchestrators


UNCHANGED = {
    "an activity in the same file": {"function_app": APP.replace("return work.charge(order)", "return {}")},
    "a client in the same file": {"function_app": APP.replace('route="orders"', 'route="shop"')},
    "what only an activity uses": {"orders__work": "def charge(order): return {1: 2}\n"},
    "a function that nobody calls": {"orders__process": PROCESS.replace("unused(): ...", "unused(): return 1")},
    "lines that move down": {"orders__process": "# Orders.\n\n" + PROCESS},
    "line ends": {"orders__process": PROCESS.replace("\n", "\r\n")},
    "a module that nobody imports": {"tests_of_nobody": "LIMIT = 2\n"},
}


@pytest.mark.parametrize("change", UNCHANGED.values(), ids=UNCHANGED)
def test_a_change_to_anything_else_does_not(tmp_path: Path, change: dict[str, str]) -> None:
    before, after = taken(tmp_path / "before"), taken(tmp_path / "after", **change)
    assert (before.orchestrators, before.files) == (after.orchestrators, after.files)


WAYS = {
    "a function": "from orders.process import order as run\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return run(c)",
    "a module": "import orders.process\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return orders.process.order(c)",
    "a module by another name": "import orders.process as p\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return p.order(c)",
    "an import within": "@app.orchestration_trigger(context_name='c')\ndef Order(c):\n    from orders.process import order\n    return order(c)",
    "everything": "from orders.process import *\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return order(c)",
    "a package that passes it on": "from shop import order\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return order(c)",
    "a value": "from orders import process\nRUN = process.order\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return RUN(c)",
    "a condition": "from orders import process\nif True:\n    def run(c): return process.order(c)\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return run(c)",
    "a class": "from orders import process\nclass Runs:\n    def run(self, c): return process.order(c)\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return Runs().run(c)",
    "a decorator": "from orders import process\ndef runs(f): return process.order\n@app.orchestration_trigger(context_name='c')\n@runs\ndef Order(c): ...",
    "a name made at run time": "import shop\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return shop.made(c)",
    "a module passed on": "from orders import process\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return getattr(process, 'order')(c)",
    "a function around it": "from orders import process\ndef register(app):\n    run = process.order\n    @app.orchestration_trigger(context_name='c')\n    def Order(c): return run(c)",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_it_is_followed_through(tmp_path: Path, way: str) -> None:
    files = {
        "function_app": f"import azure.durable_functions as df\napp = df.DFApp()\n{way}\n",
        "shop": "from orders.process import order\ndef __getattr__(name): return order\n",
    }
    hashes = {
        taken(tmp_path / str(number), **files, orders__process=PROCESS.replace("DEADLINE = 3", f"DEADLINE = {number}")).orchestrators[
            "Order"
        ]
        for number in (3, 4)
    }
    assert len(hashes) == 2


def test_statements_that_share_a_line_all_count(tmp_path: Path) -> None:
    app = "import azure.durable_functions as df\napp = df.DFApp()\nONE = 1; TWO = (\n    %s\n)\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return TWO, ONE\n"
    assert taken(tmp_path / "a", function_app=app % 2).files != taken(tmp_path / "b", function_app=app % 3).files


def test_an_activity_that_is_named_by_its_function_is_no_part_of_the_orchestrator(tmp_path: Path) -> None:
    app = APP.replace("process.order(context)", "context.call_activity(charge)")
    before = taken(tmp_path / "a", function_app=app)
    after = taken(tmp_path / "b", function_app=app.replace("return work.charge(order)", "return {}"))
    assert (before.orchestrators, before.files, list(before.files)) == (after.orchestrators, after.files, ["function_app.py"])


def test_modules_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    app = "import azure.durable_functions as df\nimport one\napp = df.DFApp()\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return one.run(c)\n"
    found = taken(
        tmp_path / "a",
        function_app=app,
        one="import two\ndef run(c): return two.run(c)\n",
        two="import one\ndef run(c): return one.run(c)\n",
    )
    assert list(found.files) == ["function_app.py", "one.py", "two.py"]


@pytest.mark.parametrize("place", [".python_packages/", "env/lib/python3.11/site-packages/", "node_modules/"])
def test_installed_packages_are_not_the_apps_own(tmp_path: Path, place: str) -> None:
    vendored = {f"{place}one.py": "def run(c): c.call_activity('Gone')\n"}
    app = "import azure.durable_functions as df\nimport one\napp = df.DFApp()\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return one.run(c)\n"
    found = inventory(read_package(folder(tmp_path / "app", {"host.json": HOST, "function_app.py": app, **vendored})))
    assert (list(found.files), found.undeclared) == (["function_app.py"], ())


def test_in_the_older_model_function_json_names_the_code(tmp_path: Path) -> None:
    files = {
        "host.json": HOST,
        "Order/function.json": '{"scriptFile": "../shared/order.py", "entryPoint": "run", "bindings": [{"type": "orchestrationTrigger", "name": "c"}]}',
        "Charge/function.json": '{"bindings": [{"type": "activityTrigger", "name": "order"}]}',
        "Charge/__init__.py": "def main(order: dict) -> str: ...\n",
        "shared/order.py": "import azure.durable_functions as df\nfrom . import rules\n\n\ndef order(c):\n    yield c.call_activity('Charge', rules.LIMIT)\n\n\nrun = df.Orchestrator.create(order)\n",
        "shared/rules.py": "LIMIT = 1\n",
    }  # fmt: skip
    found = inventory(read_package(folder(tmp_path / "app", files)))
    assert list(found.files) == ["shared/order.py", "shared/rules.py"]
    assert (set(found.orchestrators), set(found.activities), found.undeclared) == ({"Order"}, {"Charge"}, ())
    other = inventory(read_package(folder(tmp_path / "other", {**files, "Charge/__init__.py": "def main(order: dict) -> int: ...\n"})))
    assert (other.orchestrators, other.files) == (found.orchestrators, found.files) and other.activities != found.activities


SIGNATURES_THAT_DIFFER = [
    "def Act(order): ...",
    "def Act(item): ...",
    "def Act(order: dict): ...",
    "def Act(order: list): ...",
    "def Act(order=None): ...",
    "def Act(order, more): ...",
    "def Act(order, *more): ...",
    "def Act(order, *, more): ...",
    "def Act(order, *, more=1): ...",
    "def Act(order, **more): ...",
    "def Act(order) -> dict: ...",
]


def signature(root: Path, declaration: str) -> str:
    app = f"import azure.durable_functions as df\napp = df.DFApp()\n@app.activity_trigger(input_name='order')\n{declaration}\n"
    return inventory(read_package(folder(root, {"host.json": HOST, "function_app.py": app}))).activities["Act"]


def test_signatures_that_differ_have_other_hashes(tmp_path: Path) -> None:
    hashes = [signature(tmp_path / str(number), one) for number, one in enumerate(SIGNATURES_THAT_DIFFER)]
    assert len(set(hashes)) == len(hashes) and all(len(one) == 8 for one in hashes)


def test_a_signature_is_the_same_whatever_the_body_the_layout_and_the_default(tmp_path: Path) -> None:
    texts = ["def Act(order: dict = {}) -> str: ...", "def Act(\n    order:  dict={1: 2},\n) -> str:\n    return 'done'", "async def Act(order: dict = None) -> str: ..."]  # fmt: skip
    assert len({signature(tmp_path / str(number), text) for number, text in enumerate(texts)}) == 1


def test_other_languages_are_known_by_name_only(tmp_path: Path) -> None:
    bindings = {"Order": "orchestrationTrigger", "Charge": "activityTrigger", "Stock": "entityTrigger"}
    metadata = [{"name": name, "bindings": [{"type": trigger}]} for name, trigger in bindings.items()]
    found = inventory(read_package(folder(tmp_path / "app", {"host.json": HOST, "functions.metadata": json.dumps(metadata)})))
    assert found == Inventory({"Order": ""}, {"Charge": ""}, ("Stock",), unchecked=frozenset({SOURCES, SIGNATURES, CALLS}))
