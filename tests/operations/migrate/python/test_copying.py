"""Which modules a copy consists of, what is in them, and how they import each other."""

from __future__ import annotations

import re

import pytest

from operations.migrate.languages.python import LANGUAGE

from .apps import Files, copied, freeze, frozen, pruned, small

BLUEPRINT = "import azure.durable_functions as df\nbp = df.Blueprint()\n"


def app(entry: str, **modules: str) -> Files:
    """`a__b` is a/b.py, `a__` is a/__init__.py."""
    paths = {name: (f"{name}init" if name.endswith("__") else name).replace("__", "/") for name in modules}
    files = {f"{re.sub('(^|/)init$', '/__init__', paths[name]).lstrip('/')}.py": text for name, text in modules.items()}
    text = f"import azure.durable_functions as df\n{entry}\napp = df.DFApp()\n"
    return {path: one.encode() for path, one in sorted({**files, "function_app.py": text + ORDER}.items())}


ORDER = """

@app.orchestration_trigger(context_name="context")
def Order(context):
    yield shipping.ship(context)
"""


@pytest.mark.parametrize(
    ("written", "copy"),
    [
        ("import shipping", "from . import shipping"),
        ("import shipping as s", "from . import shipping as s"),
        ("import os, shipping, sys", "import os; from . import shipping; import sys"),
        ("import a.b", "from . import a; from .a import b as _a_b"),
        ("import a.b as c", "from .a import b as c"),
        ("import a.b.c", "from . import a; from .a.b import c as _a_b_c"),
        ("from shipping import ship", "from .shipping import ship"),
        ("from shipping import ship as s, other", "from .shipping import ship as s, other"),
        ("from a import b", "from .a import b"),
        ("from a.b import (  # two\n    c,\n    d,\n)", "from .a.b import (  # two\n    c,\n    d,\n)"),
        ("from a import \\\n    b", "from .a import \\\n    b"),
        ("from  shipping  import  ship", "from  .shipping  import  ship"),
        ("import os", "import os"),
        ("from azure import functions", "from azure import functions"),
        ("if 1:\n    import shipping", "if 1:\n    from . import shipping"),
        (
            "try:\n    import shipping\nexcept ImportError: import a.b as b",
            "try:\n    from . import shipping\nexcept ImportError: from .a import b",
        ),
    ],
)
def test_an_import_of_the_apps_own_modules_becomes_one_of_their_copies(written: str, copy: str) -> None:
    files = app(written, shipping="", a__="", a__b__="", a__b__c="")

    assert f"functions as df\n{copy}\nfrom ._blueprint" in copied(files)


def test_relative_imports_stay_as_they_are_and_absolute_ones_start_at_the_copies_package() -> None:
    text = "from . import d\nfrom .. import a\nfrom ..a import x\nfrom p.q import d as e\nimport p.q.d\nfrom .d import y\n"
    files = app("import p.q.c", p__="", p__a="x = 1", p__q__="", p__q__c=text, p__q__d="y = 2")
    copy = copied(files, path="p/q/c.py")

    assert copy == (
        "from . import d\nfrom .. import a\nfrom ..a import x\nfrom ...p.q import d as e\n"
        "from ... import p; from ...p.q import d as _p_q_d\nfrom .d import y\n"
    )


def test_only_what_the_functions_need_is_copied() -> None:
    files = app(
        "import used\nimport shipping", used="import deeper.down", deeper__="import side", deeper__down="", side="", shipping="", unused=""
    )

    assert sorted(freeze(files).writes) == [
        "function_app.py",
        "versions/__init__.py",
        "versions/v1/__init__.py",
        "versions/v1/_blueprint.py",
        "versions/v1/deeper/__init__.py",
        "versions/v1/deeper/down.py",
        "versions/v1/function_app.py",
        "versions/v1/shipping.py",
        "versions/v1/side.py",
        "versions/v1/used.py",
    ]


CLIENT = """

# Starts orders.
@app.route(route="orders")
@app.durable_client_input(client_name="client")
async def start(req, client):
    return await starting.start(client, both, once)  # by hand


def helper():
    return both
"""


def test_a_function_that_is_not_part_of_the_version_is_left_out_with_the_imports_that_only_it_needs() -> None:
    files = app("import starting\nfrom parts import (both, once)\nimport shipping", starting="", parts="both = once = 1", shipping="")
    files["function_app.py"] += CLIENT.encode()
    copy = copied(files, names=("Order",))

    assert copy == (
        "import azure.durable_functions as df\nfrom .parts import (both, )\nfrom . import shipping\nfrom ._blueprint import blueprint as app\n"
        + ORDER.replace("@app.orch", '@app.function_name("Order_v1")\n@app.orch')
        + "\n\ndef helper():\n    return both\n"
    )
    assert "versions/v1/starting.py" not in frozen(files, "v1", "Order")


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ("both, once", "both"),
        ("once, both", "both"),
        ("both as b, once as o", "both as b"),
        ("both, once, once as twice", "both"),
        ("once, both, once as twice", "both"),
    ],
)
def test_one_name_of_an_import_can_go(names: str, kept: str) -> None:
    client = '\n\n@app.route(route="x")\ndef x(req):\n    return once, o, twice\n'
    files = app(f"import shipping\nfrom parts import {names}\nprint(both, b)", parts="both = once = 1", shipping="")
    files["function_app.py"] += client.encode()

    assert f"\nfrom .parts import {kept}\nprint(" in copied(files, names=("Order",))


def test_every_app_and_blueprint_is_the_versions_one_blueprint() -> None:
    entry = "import azure.functions as func\nimport one, two as second\nmore: df.Blueprint = df.Blueprint()\na = b = func.Blueprint()"
    files = app(entry, one=BLUEPRINT, two=BLUEPRINT, shipping="")
    files["function_app.py"] += b"app.register_functions(one.bp)\nfor x in (more, a, second.bp): app.register_blueprint(x)\n"
    copy = copied(files)

    assert (
        "\nfrom ._blueprint import blueprint as more\nfrom ._blueprint import blueprint as a; from ._blueprint import blueprint as b\n"
        in copy
    )
    assert "\nfrom ._blueprint import blueprint as app\n" in copy
    assert copy.endswith("yield shipping.ship(context)\nfor x in (more, a, second.bp): None\n")
    assert "import one" not in copy
    assert LANGUAGE.index(frozen(files)).problems == ()


def test_an_unregistered_blueprints_functions_are_none_of_the_app_and_none_of_the_copy() -> None:
    forgotten = BLUEPRINT + '@bp.activity_trigger("x")\ndef Forgotten(x): ...\nused = 1\n'
    files = app("import forgotten, shipping\nprint(forgotten.used)", forgotten=forgotten, shipping="")
    files["function_app.py"] += b"known = df.Blueprint()\napp.register_functions(known)\n"

    assert [one.name for one in LANGUAGE.index(files).functions] == ["Order"]
    assert copied(files, path="forgotten.py").endswith("blueprint as bp\nused = 1\n")


def test_an_implicit_name_becomes_an_explicit_one_with_the_decorators_indentation() -> None:
    files = app("import shipping\nTHERE = True", shipping="")
    nested = (
        '\nif THERE:\n\n    # Packs.\n    @app.activity_trigger(\n        input_name="x",\n    )\n    @other\n    async def Pack(x): ...\n'
    )
    files["function_app.py"] += nested.encode()

    assert nested.replace("    @app", '    @app.function_name("Pack_v1")\n    @app') in copied(files)


def test_what_is_remembered_found_by_place_or_loaded_by_name_is_told() -> None:
    text = "import importlib, pathlib\nCACHE = {}\nSEEN: list = []\nTABLE = {1: 2}\nHERE = pathlib.Path(__file__)\nimportlib.import_module('x')\n"

    assert freeze(app("import shipping", shipping=text)).notes == (
        "Copied with the functions, so that a later change does not reach them: shipping.py.",
        "shipping.py: CACHE, SEEN will be remembered by the working copy and by v1 each for itself.",
        "shipping.py:5: finds files by its own place; the copy lies elsewhere, and only modules are copied.",
        "shipping.py:6: imports a module by its name at run time; the copy loads the same one.",
    )


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n# end"])
def test_line_ends_and_the_end_of_the_file_stay_as_they_are(ends: str, last: str) -> None:
    text = f"# The app.\nfrom apps import app{last}"
    apps = BLUEPRINT.replace("bp = df.Blueprint()", "app = df.DFApp()\n@app.activity_trigger('x')\ndef Do(x): ...\n")
    files = {path: one.replace("\n", ends).encode() for path, one in {"apps.py": apps, "function_app.py": text}.items()}
    after = frozen(files)

    added = ["from versions.v1 import blueprint as versions_v1", "app.register_functions(versions_v1)"]
    assert after["function_app.py"].decode() == ends.join(["# The app.", "from apps import app", *added]) + last.replace("\n", ends)
    assert pruned(after) == files
    assert frozen(after) == after
    assert after["versions/v1/apps.py"].decode().count("\n") == after["versions/v1/apps.py"].decode().count(ends)


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ("import df\napp = df.DFApp()\n", "import df\n{import}\napp = df.DFApp()\n{register}\n"),
        (
            "import df\n\napp = df.DFApp()\nimport x\napp.register_functions(x.bp)\n\n",
            "import df\n{import}\n\napp = df.DFApp()\nimport x\napp.register_functions(x.bp)\n{register}\n\n",
        ),
        (
            "import df\nimport os  # why\n\napp: df.DFApp = df.DFApp(  # one\n)  # two\nx = 1\n",
            "import df\nimport os  # why\n{import}\n\napp: df.DFApp = df.DFApp(  # one\n)  # two\n{register}\nx = 1\n",
        ),
        ('"""Doc."""\nfrom a import app\nx = 1', '"""Doc."""\nfrom a import app\n{import}\n{register}\nx = 1'),
    ],
)
def test_the_registration_stands_with_the_others_and_the_import_with_the_imports(entry: str, wanted: str) -> None:
    files = {
        "function_app.py": f"{entry}".encode(),
        "df.py": b"",
        "x.py": b"import df\nbp = df.Blueprint()",
        "a.py": b"import df\napp = df.DFApp()",
    }
    files["x.py"] += b'\n@bp.activity_trigger("x")\ndef Do(x): ...\n'
    files["a.py"] += b'\n@app.activity_trigger("x")\ndef Do2(x): ...\n'
    if not LANGUAGE.index(files).functions:
        files["function_app.py"] += b'\n@app.activity_trigger("x")\ndef Do(x): ...\n'
        wanted += '\n@app.activity_trigger("x")\ndef Do(x): ...\n'
    text = frozen(files, "v2.10")["function_app.py"].decode()

    lines = {"{import}": "from versions.v2_10 import blueprint as versions_v2_10", "{register}": "app.register_functions(versions_v2_10)"}
    for sign, line in lines.items():
        wanted = wanted.replace(sign, line)
    assert text == wanted


def test_versions_whose_labels_begin_alike_are_pruned_one_by_one() -> None:
    one = frozen(small(), "v1")
    all_three = frozen(frozen(one, "v1.2"), "v12")

    assert pruned(pruned(all_three, "v12"), "v1.2") == one
    assert [path for path in pruned(all_three, "v1") if path.startswith("versions/v1/")] == []
    assert "from versions.v1 import" not in pruned(all_three, "v1")["function_app.py"].decode()


def test_another_librarys_blueprints_and_registrations_are_left_alone() -> None:
    text = "from flask import Blueprint\nimport flask\npages = Blueprint('pages', __name__)\nmore = flask.Blueprint('more')\nflask.register_functions(more)\n"

    assert copied(app("import shipping", shipping=text), path="shipping.py") == text


def test_a_frozen_version_that_the_working_copy_imports_itself_stays_that_version() -> None:
    files = frozen(app("import shipping", shipping="x = 1\n"), "v1")
    files["shipping.py"] = b"from versions.v1.shipping import x\nimport versions.v1.shipping as old, os\nfrom versions import v1\n"

    assert copied(files, "v2", "shipping.py") == files["shipping.py"].decode()


def test_where_modules_are_looked_for_is_told() -> None:
    notes = freeze(app("import shipping", shipping="import sys\nsys.path.append('lib')\n")).notes

    assert notes[-1] == "shipping.py:2: changes where modules are looked for; the copy shares what is found there."
