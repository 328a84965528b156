"""Whatever functions are called, and whatever stands around their names."""

from __future__ import annotations

import ast
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from operations.migrate.languages.python import LANGUAGE
from operations.migrate.names import suffix, versioned

from .apps import Files, freeze, frozen, pruned

NAMES = st.lists(
    st.sampled_from(["Order", "OrderItem", "Item", "Or", "Order_", "Order_vx", "OrderOrder", "Reorder", "v1", "_v", "Order1", "versions_"]),
    min_size=1,
    unique_by=str.lower,
)
VERSIONS = st.lists(st.integers(0, 120), min_size=1, max_size=4).map(lambda parts: "v" + ".".join(map(str, parts)))
WAYS = st.sampled_from(
    [
        '"{name}"',
        "'{name}'",
        '"""{name}"""',
        '"" "{name}"',
        'f"{{names.{name}}}"',
        '"" + names.{name}',
        "names.{name}",
        "{name}",
        'names.TABLE["{name}"]',
    ]
)
NOISE = st.text(st.characters(codec="utf-8", exclude_characters="\"'\\\r\n{}", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)


def app(names: list[str], ways: list[str], noise: str) -> str:
    """Every function is called in every way, and every name also stands in a comment, a text and an identifier."""
    declared = "".join(
        f"""
# {noise} {name} "{name}"
@app.orchestration_trigger(context_name="context")
def {name}(context):
    log("{noise}{name} {name}", {name}_input="{name}")  # {name} {noise}
    yield context.call_activity("Elsewhere{name}")
{"".join(f"    yield context.call_activity({way.format(name=other)}, {other}_input)" + chr(10) for other in names for way in ways)}"""
        for name in names
    )
    return f"import azure.durable_functions as df\nimport names\n\napp = df.DFApp()\n{declared}"


def constants(names: list[str]) -> str:
    table = ", ".join(f'"{name}": "{name}"' for name in names)
    return "".join(f'{name} = "{name}"\n' for name in names) + f"TABLE = {{{table}}}\n"


@settings(max_examples=30, deadline=None)
@given(NAMES, st.lists(WAYS, max_size=4), VERSIONS, NOISE, st.booleans(), st.booleans())
def test_exactly_the_names_of_functions_change(
    names: list[str], ways: list[str], version: str, noise: str, windows: bool, unfinished: bool
) -> None:
    text = app(names, ways, noise)
    text = text.rstrip() if unfinished else text
    files: Files = {"function_app.py": text.encode(), "names.py": constants(names).encode()}
    if windows:
        files = {path: one.replace(b"\n", b"\r\n") for path, one in files.items()}
    after = frozen(files, version)
    folder, ending = f"versions/{suffix(version)}/", f"_{suffix(version)}"

    assert _undone(after[f"{folder}function_app.py"].decode(), ending) == files["function_app.py"].decode()
    assert after[f"{folder}names.py"].decode().replace(ending, "") == files["names.py"].decode()
    assert _calls(after[f"{folder}function_app.py"], after[f"{folder}names.py"]) == [
        *(["Elsewhere" + name, *(versioned(other, version) for other in names for _ in ways)] for name in names)
    ]
    assert {one.name for one in LANGUAGE.index(after).functions} == {*names, *(versioned(name, version) for name in names)}
    assert [one.name for one in LANGUAGE.index(after).functions if one.version == version] == [versioned(name, version) for name in names]
    assert freeze(after, version, *names).writes == {}
    assert pruned(after, version) == files


def _undone(copy: str, ending: str) -> str:
    """The copy without what freezing adds: explicit names, the suffix, the blueprint, and the dot of its import."""
    copy = re.sub(rf"\r?\n\w+ = \w+{ending}(?=\r?\n|$)", "", copy)
    copy = re.sub(rf"def (\w+){ending}\(", r"def \1(", copy)
    copy = re.sub(rf'@app\.function_name\("\w+{ending}"\)\r?\n', "", copy)
    copy = copy.replace(f' + "{ending}"', "").replace("from . import names", "import names")
    copy = copy.replace("from ._blueprint import blueprint as app", "app = df.DFApp()")
    called = re.compile(rf"""(call_activity\([^\n]*?){ending}(?=["'])""")
    return called.sub(r"\1", copy)


def _calls(text: bytes, names: bytes) -> list[list[str]]:
    """What each orchestrator would call: the arguments, evaluated. A function is called by the name of its `def`, as the SDK does it."""
    values: dict[str, object] = {}
    exec(names, values)  # the copy's own constants
    module = type("names", (), values)
    found = []
    tree = ast.parse(text)
    objects = {one.name: one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    for one in tree.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name) and isinstance(one.targets[0], ast.Name):
            objects[one.targets[0].id] = objects[one.value.id]
    for function in (one for one in tree.body if isinstance(one, ast.FunctionDef)):
        calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _called(node) == "call_activity"]
        called = [eval(ast.unparse(call.args[0]), {"names": module, **objects}) for call in sorted(calls, key=lambda one: one.lineno)]
        found.append([str(one) for one in called])
    return found


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""
