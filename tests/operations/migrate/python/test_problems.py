"""What can't be frozen, and what is said about it: the place, what is wrong, and the way out."""

from __future__ import annotations

import pytest

from operations.migrate.languages.python import LANGUAGE
from operations.problem import OperationProblem

from .apps import Files, freeze, frozen, small


def problems(files: Files, version: str = "v1") -> tuple[str, ...]:
    with pytest.raises(OperationProblem) as raised:
        freeze(files, version)
    return raised.value.problems


def test_a_file_that_is_not_python_is_named_with_its_line() -> None:
    files = small(broken="x = 1\ndef f(:\n")

    assert LANGUAGE.index(files).problems[0].startswith("broken.py:2: is not Python (")
    assert problems(files) == LANGUAGE.index(files).problems


def test_another_encoding_is_named() -> None:
    files = small(latin="")
    files["latin.py"] = "# -*- coding: latin-1 -*-\nx = 'ä'\n".encode("latin-1")

    assert problems(files) == ("latin.py:1: not written in UTF-8.",)


def test_a_star_import_of_the_apps_own_names_is_refused_and_one_of_a_library_is_not() -> None:
    assert problems(small(names="", star="import os\nfrom names import *\n")) == (
        "star.py:2: from names import * hides which names it brings. Name them.",
    )
    assert freeze(small(star="from os.path import *\n")).writes != {}


def test_a_name_that_can_not_be_told_is_refused() -> None:
    bp = "import os, azure.durable_functions as df\nbp = df.Blueprint()\n@bp.function_name(os.environ['X'])\n@bp.activity_trigger('x')\ndef f(x): ...\n"

    assert problems(small(other=bp)) == ("other.py:5: the name of function f can't be told. Write it as a text or a constant.",)


@pytest.mark.parametrize(
    "path", ["versions.py", "versions/mine.py", "versions/v1/mine.py", "versions/__init__.py", "versions/v1.py", "_blueprint.py"]
)
def test_a_module_where_the_copies_go_is_refused(path: str) -> None:
    named = "versions/v1/" if path == "versions/v1/mine.py" else path

    assert problems({**small(), path: b"x = 1\n"}) == (f"{named}: lies where the frozen copies go. Give it another name.",)


def test_a_function_that_has_the_copies_name_is_refused() -> None:
    bp = "import azure.durable_functions as df\nbp = df.Blueprint()\n@bp.activity_trigger('x')\ndef ship_v1(x): ...\n"
    files = small(other=bp)
    files["function_app.py"] += b"app.register_functions(other.bp)\n"

    assert problems(files) == (
        "other.py:4: ship_v1 is there already, so no copy can have that name. Rename it, or freeze another version.",
    )
    assert "versions/v2/other.py" not in freeze(files, "v2").writes


def test_an_entry_without_an_app_is_refused() -> None:
    files = small()
    files["core.py"] = files.pop("function_app.py")
    files["function_app.py"] = b"import core\n"

    assert problems(files) == (
        "function_app.py: no function app is made here, as by `app = df.DFApp()`, so a version can't be registered.",
    )


def test_a_module_that_speaks_of_a_pruned_version_is_named() -> None:
    files = frozen(small(other="from versions.v1 import blueprint\n", another="from versions.v12 import blueprint\n"))

    assert LANGUAGE.prune(files, LANGUAGE.index(files), "v1").notes == ("other.py: speaks of versions.v1, which is gone.",)
    assert LANGUAGE.prune(files, LANGUAGE.index(files), "v2").notes == ()


def test_an_app_of_another_model_is_not_recognised() -> None:
    assert LANGUAGE.recognises(small()) is True
    assert LANGUAGE.recognises({"Order/function.json": b"{}", "Order/__init__.py": b""}) is False


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        (
            "def make():\n    bp = df.Blueprint()\n    @bp.activity_trigger('x')\n    def Do(x): ...\n    app.register_functions(bp)\nmake()\n",
            "function_app.py:23: Do is declared on bp, and where that is made can't be told. "
            "Make it in a line of its module, such as bp = df.Blueprint().",
        ),
        (
            "def make():\n    @app.activity_trigger('x')\n    def Do(x): ...\nmake()\n",
            "function_app.py:22: Do is declared inside of another function. Declare it in its module.",
        ),
        (
            "def make(bp):\n    @bp.activity_trigger('x')\n    def Do(x): ...\nmake(app)\n",
            "function_app.py:22: Do is declared on bp, and where that is made can't be told. "
            "Make it in a line of its module, such as bp = df.Blueprint().",
        ),
        (
            "if 1:\n    bp = df.Blueprint()\n@bp.activity_trigger('x')\ndef Do(x): ...\napp.register_functions(bp)\n",
            "function_app.py:23: Do is declared on bp, and where that is made can't be told. "
            "Make it in a line of its module, such as bp = df.Blueprint().",
        ),
    ],
)
def test_a_function_whose_blueprint_can_not_be_exchanged_is_refused_and_left_out_on_request(declared: str, problem: str) -> None:
    files = small()
    files["function_app.py"] += declared.encode()

    assert problems(files) == (problem,)
    assert "Order_v1" in freeze(files, "v1", "Order", "Ship", "Pay").writes["versions/v1/function_app.py"]
