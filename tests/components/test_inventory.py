"""What a package contains, found without running it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components._code.package import CALLS, SIGNATURES, SOURCES, Call, Inventory, PackageProblem, inventory, read_package

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


def calling(root: Path, line: str, **others: str) -> Inventory:
    """An app whose orchestrator has one line."""
    text = f"import azure.durable_functions as df\nimport names\nfrom names import LOCAL\napp = df.DFApp()\nHERE = 'Here'\n\n\n@app.orchestration_trigger(context_name='c')\ndef Main(c, options):\n    yield {line}\n\n\n@app.activity_trigger(input_name='i')\ndef Known(i): ...\n"  # fmt: skip
    root.mkdir(exist_ok=True)
    files = {"host.json": HOST, "function_app.py": text, "names.py": "LOCAL = 'Known'\n", **others}
    return inventory(read_package(folder(root / "app", files)))


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
    "a statement that shares a line": {
        "orders__process": PROCESS.replace("DEADLINE = 3", "DEADLINE = 4; SPARE = DEADLINE").replace(
            "context, DEADLINE)", "context, SPARE)"
        )
    },
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
    "a module passed on": "from orders import process\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return getattr(process, 'order')(c)",
    "a function around it": "from orders import process\ndef register(app):\n    run = process.order\n    @app.orchestration_trigger(context_name='c')\n    def Order(c): return run(c)",
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_it_is_followed_through(tmp_path: Path, way: str) -> None:
    files = {
        "function_app": f"import azure.durable_functions as df\napp = df.DFApp()\n{way}\n",
        "shop": "from orders.process import order\n",
    }
    hashes = {
        taken(tmp_path / str(number), **files, orders__process=PROCESS.replace("DEADLINE = 3", f"DEADLINE = {number}")).orchestrators[
            "Order"
        ]
        for number in (3, 4)
    }
    assert len(hashes) == 2


def test_modules_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    app = "import azure.durable_functions as df\nimport one\napp = df.DFApp()\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return one.run(c)\n"
    found = taken(
        tmp_path / "a",
        function_app=app,
        one="import two\ndef run(c): return two.run(c)\n",
        two="import one\ndef run(c): return one.run(c)\n",
    )
    assert list(found.files) == ["function_app.py", "one.py", "two.py"]


def test_installed_packages_are_not_the_apps_own(tmp_path: Path) -> None:
    vendored = {".python_packages/lib/site-packages/one.py": "def run(c): c.call_activity('Gone')\n"}
    app = "import azure.durable_functions as df\nimport one\napp = df.DFApp()\n@app.orchestration_trigger(context_name='c')\ndef Order(c): return one.run(c)\n"
    found = inventory(read_package(folder(tmp_path / "app", {"host.json": HOST, "function_app.py": app, **vendored})))
    assert (list(found.files), found.undeclared) == (["function_app.py"], ())


def test_in_the_older_model_function_json_names_the_code(tmp_path: Path) -> None:
    files = {
        "host.json": HOST,
        "Order/function.json": '{"scriptFile": "../shared/order.py", "entryPoint": "run", "bindings": [{"type": "orchestrationTrigger", "name": "c"}]}',
        "Charge/function.json": '{"scriptFile": "__init__.py", "bindings": [{"type": "activityTrigger", "name": "order"}]}',
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


CHILDREN = [
    ("c.call_sub_orchestrator('Child')", "Child"),
    ("c.call_sub_orchestrator('Child', 1, 'id')", "Child"),
    ("c.call_sub_orchestrator('Child', 1, 'id', None)", "Child"),
    ("c.call_sub_orchestrator(name='Child', version=None)", "Child"),
    ("c.call_sub_orchestrator(HERE)", "Here"),
    ("c.call_sub_orchestrator(names.LOCAL)", "Known"),
    ("c.call_sub_orchestrator(Main)", "Main"),
    ("c.call_sub_orchestrator(options['child'])", "options['child']"),
    ("c.call_sub_orchestrator_with_retry('Child', options, 1, 'id')", "Child"),
    ("c.task_all([c.call_sub_orchestrator('Child', one) for one in options])", "Child"),
]


@pytest.mark.parametrize(("line", "name"), CHILDREN, ids=[line for line, _ in CHILDREN])
def test_a_sub_orchestration_without_a_version_is_found_with_its_line(tmp_path: Path, line: str, name: str) -> None:
    assert calling(tmp_path, line).calls_without_version == (Call("function_app.py", 10, name),)


@pytest.mark.parametrize(
    "line",
    [
        "c.call_sub_orchestrator('Child', version=c.version)",
        "c.call_sub_orchestrator('Child', 1, 'id', c.version)",
        "c.call_sub_orchestrator_with_retry('Child', options, 1, 'id', c.version)",
        "c.call_sub_orchestrator('Child', **options)",
        "c.call_sub_orchestrator(*options)",
    ],
)
def test_one_with_a_version_is_not(tmp_path: Path, line: str) -> None:
    assert calling(tmp_path, line).calls_without_version == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("c.call_activity('Gone', 1)", "Gone"),
        ("c.call_activity(name='Gone')", "Gone"),
        ("c.call_activity(HERE)", "Here"),
        ("c.call_activity_with_retry('Gone', options)", "Gone"),
    ],
)
def test_a_call_of_an_activity_that_the_package_lacks_is_found(tmp_path: Path, line: str, name: str) -> None:
    assert calling(tmp_path, line).undeclared == (Call("function_app.py", 10, name),)


@pytest.mark.parametrize(
    "line", ["c.call_activity('Known')", "c.call_activity('KNOWN')", "c.call_activity(LOCAL)", "c.call_activity(names.LOCAL)", "c.call_activity(Known)", "c.call_activity(options)", "c.call_activity()"]
)  # fmt: skip
def test_one_that_it_has_or_that_can_t_be_told_is_not(tmp_path: Path, line: str) -> None:
    assert calling(tmp_path, line).undeclared == ()


def test_with_an_activity_whose_name_can_t_be_read_no_call_is_said_to_be_wrong(tmp_path: Path) -> None:
    more = "import azure.durable_functions as df\nbp = df.Blueprint()\n@bp.function_name(str(1))\n@bp.activity_trigger(input_name='i')\ndef one(i): ...\n"
    assert calling(tmp_path, "c.call_activity('Gone')", **{"more.py": more}).undeclared == ()


def test_a_client_that_starts_without_a_version_is_found(tmp_path: Path) -> None:
    lines = "client.start_new('Main', 'id', {}); client.start_new('Main', client_input=1); client.start_new('Main', version=v)"
    found = calling(
        tmp_path, "c.call_activity('Known')", **{"clients.py": f"def start(client, v):\n    {lines}\n    client.start_new(v, None, 1, v)\n"}
    )
    assert found.starts_without_version == (Call("clients.py", 2, "Main"),)


def test_a_module_that_is_no_python_of_ours_is_left_out(tmp_path: Path) -> None:
    found = calling(tmp_path, "c.call_activity('Known')", **{"old.py": "print 'x'\n"})
    assert list(found.orchestrators) == ["Main"] and found.unchecked == frozenset()


def test_other_languages_are_known_by_name_only(tmp_path: Path) -> None:
    bindings = {"Order": "orchestrationTrigger", "Charge": "activityTrigger", "Stock": "entityTrigger"}
    metadata = [{"name": name, "bindings": [{"type": trigger}]} for name, trigger in bindings.items()]
    found = inventory(read_package(folder(tmp_path / "app", {"host.json": HOST, "functions.metadata": json.dumps(metadata)})))
    assert found == Inventory({"Order": ""}, {"Charge": ""}, ("Stock",), unchecked=frozenset({SOURCES, SIGNATURES, CALLS}))


NODE = """\
const df = require('durable-functions');
df.app.orchestration('Main', function* (context) {
    %s;
});
df.app.activity('Known', { handler: () => 1 });
"""


def calling_node(root: Path, line: str) -> Inventory:
    return inventory(read_package(folder(root / "app", {"host.json": HOST, "package.json": "{}", "src/main.js": NODE % line})))


def test_of_javascript_the_calls_are_read_by_pattern(tmp_path: Path) -> None:
    assert calling_node(tmp_path, "context.df.callActivity('Known')") == Inventory(
        {"Main": ""}, {"Known": ""}, unchecked=frozenset({SOURCES, SIGNATURES})
    )


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("yield context.df.callSubOrchestrator('Child')", "Child"),
        ('yield context.df.callSubOrchestrator("Child", { a: [1, 2], b: f(1, 2) }, `id, ${x}`)', "Child"),
        ("yield context.df.callSubOrchestrator<Result>('Child', 1, 'id', undefined)", "Child"),
        ("yield context.df.callSubOrchestrator('Child', 1, 'id', /* no version */)", "Child"),
        ("yield context.df.callSubOrchestrator(\n'Child', // with (brackets\n 1\n)", "Child"),
        ("yield context.df.callSubOrchestratorWithRetry('Child', options, 1, 'id')", "Child"),
        ("yield context.df.callSubOrchestrator(child)", "child"),
    ],
)
def test_a_sub_orchestration_without_a_version_is_found_in_javascript(tmp_path: Path, line: str, name: str) -> None:
    assert calling_node(tmp_path, line).calls_without_version == (Call("src/main.js", 3, name),)


@pytest.mark.parametrize(
    "line",
    [
        "yield context.df.callSubOrchestrator('Child', 1, 'id', context.df.version)",
        "yield context.df.callSubOrchestratorWithRetry('Child', options, 1, 'id', context.df.version)",
        "yield context.df.callSubOrchestrator(...child)",
        "yield context.df.callSubOrchestrator('Child'",
        "yield context.df.callSubOrchestrator(]",
    ],
)
def test_one_with_a_version_is_not_found_in_javascript(tmp_path: Path, line: str) -> None:
    assert calling_node(tmp_path, line).calls_without_version == ()


def test_starts_without_a_version_are_found_in_javascript(tmp_path: Path) -> None:
    lines = [
        "client.startNew('Main')",
        "client.startNew('Main', { input: 1 })",
        "client.startNew('Main', { input: 1, version })",
        "client.startNew('Main', options)",
    ]
    found = calling_node(tmp_path, ";\n".join(lines))
    assert found.starts_without_version == (Call("src/main.js", 3, "Main"), Call("src/main.js", 4, "Main"))


def test_activities_that_the_package_lacks_are_found_in_javascript(tmp_path: Path) -> None:
    lines = [
        "context.df.callActivity('known')",
        "context.df.callActivity('Gone', 1)",
        "context.df.callActivityWithRetry(`Gone`, o)",
        "context.df.callActivity(name)",
    ]
    found = calling_node(tmp_path, ";\n".join(lines))
    assert found.undeclared == (Call("src/main.js", 4, "Gone"), Call("src/main.js", 5, "Gone"))


MANIFEST = {
    "format": 1,
    "orchestrators": {"Order": "sha256:0123456789abcdef"},
    "activities": {"Charge": "89abcdef01234567"},
    "entities": ["Stock"],
    "files": {"src/order.ts": "fedcba9876543210"},
    "calls_without_version": ["src/order.ts:12 (Ship)", "C:/x.ts:1"],
    "starts_without_version": [],
    "undeclared": [],
}


def described(root: Path, manifest: object) -> Inventory:
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    return inventory(read_package(folder(root / "app", {**FILES, "durable-deploy.json": text})))


def test_a_manifest_is_taken_at_its_word(tmp_path: Path) -> None:
    assert described(tmp_path, MANIFEST) == Inventory(
        orchestrators={"Order": "01234567"},
        activities={"Charge": "89abcdef"},
        entities=("Stock",),
        files={"src/order.ts": "fedcba98"},
        calls_without_version=(Call("C:/x.ts", 1, "?"), Call("src/order.ts", 12, "Ship")),
    )


def test_what_a_manifest_does_not_say_was_not_checked(tmp_path: Path) -> None:
    assert described(tmp_path, {"format": 1, "orchestrators": {}}).unchecked == {SOURCES, SIGNATURES, CALLS}


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ("{", "not valid JSON"),
        ([], 'must be an object with "format": 1 and "orchestrators"'),
        ({"format": 2, "orchestrators": {}}, 'must be an object with "format": 1 and "orchestrators"'),
        ({"format": 1, "orchestrators": {"Order": 1}}, "'orchestrators' must be an object of texts"),
        ({"format": 1, "orchestrators": {}, "entities": "Stock"}, "'entities' must be a list of texts"),
        ({"format": 1, "orchestrators": {}, "undeclared": ["Gone"]}, "'undeclared': 'Gone' must be like 'src/orders.ts:12 (Ship)'"),
        ({"format": 1, "orchestrators": {}, "orchestrations": {}}, "'orchestrations' is not known: leave it out"),
    ],
)
def test_a_manifest_that_can_t_be_understood_is_a_problem(tmp_path: Path, manifest: object, problem: str) -> None:
    with pytest.raises(PackageProblem) as caught:
        described(tmp_path, manifest)
    assert len(caught.value.problems) == 1
    assert "durable-deploy.json: " in caught.value.problems[0] and problem in caught.value.problems[0]
