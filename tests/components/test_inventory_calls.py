"""Calls in a package that the versioning strategies care about, found without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from components._code.package import SIGNATURES, SOURCES, Call, Inventory, inventory, read_package

from .apps import folder

HOST = '{"version": "2.0"}'


def calling(root: Path, line: str, **others: str) -> Inventory:
    """An app whose orchestrator has one line."""
    text = f"import azure.durable_functions as df\nimport names\nfrom names import LOCAL\napp = df.DFApp()\nHERE = 'Here'\n\n\n@app.orchestration_trigger(context_name='c')\ndef Main(c, options):\n    yield {line}\n\n\n@app.activity_trigger(input_name='i')\ndef Known(i): ...\n"  # fmt: skip
    root.mkdir(exist_ok=True)
    files = {"host.json": HOST, "function_app.py": text, "names.py": "LOCAL = 'Known'\n", **others}
    return inventory(read_package(folder(root / "app", files)))


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


def test_a_function_is_called_by_the_name_that_it_was_given(tmp_path: Path) -> None:
    names = "import azure.durable_functions as df\nLOCAL = 1\nbp = df.Blueprint()\n@bp.function_name('Real')\n@bp.orchestration_trigger(context_name='c')\ndef child(c): ...\n"
    assert (
        calling(tmp_path / "1", "c.call_sub_orchestrator(names.child)", **{"names.py": names}).calls_without_version[0].function == "Real"
    )
    here = "import azure.durable_functions as df\nbp = df.Blueprint()\n@bp.function_name('Real')\n@bp.orchestration_trigger(context_name='c')\ndef child(c): c.call_sub_orchestrator(child)\n"
    assert calling(tmp_path / "2", "None", **{"here.py": here}).calls_without_version == (Call("here.py", 5, "Real"),)


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
