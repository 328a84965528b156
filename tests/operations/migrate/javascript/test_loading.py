"""How Azure comes to load the copies, for each sort of `main`."""

from __future__ import annotations

import json

import pytest

from operations.migrate.languages.javascript.reading.globs import matches
from operations.migrate.languages.javascript.reading.settings import relaxed, settings
from operations.problem import OperationProblem

from .apps import LANGUAGE, freeze, frozen, pruned, small, with_files

ORDERS = "const df = require('durable-functions');\ndf.app.orchestration('Orders', function* () {});\n"
MODERN = "import * as df from 'durable-functions';\ndf.app.orchestration('Orders', function* () {});\n"


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("src/functions/*.js", "src/functions/a.js", True),
        ("src/functions/*.js", "src/functions/versions/v1/a.js", False),
        ("src/functions/*.js", "src/functions/.a.js", False),
        ("src/functions/*.js", "src/functions/a.mjs", False),
        ("src/**/*.js", "src/a.js", True),
        ("src/**/*.js", "src/functions/versions/v1/a.js", True),
        ("src/{index.js,functions/*.js}", "src/index.js", True),
        ("src/{index.js,functions/*.{js,mjs}}", "src/functions/a.mjs", True),
        ("src/{index.js,functions/*.js}", "src/other.js", False),
        ("./index.js", "index.js", True),
        ("index.js", "indexXjs", False),
        ("src/?.[cm]js", "src/a.mjs", True),
        ("src/[!a].js", "src/a.js", False),
        ("src/functions/*/index.js", "src/functions/a/index.js", True),
    ],
)
def test_a_pattern_matches_as_the_worker_reads_it(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


def test_a_main_that_does_not_go_down_folders_loads_a_file_that_imports_the_copies() -> None:
    changes = freeze(small(orders=ORDERS), "v1")
    assert set(changes.writes) == {"src/functions/versions/v1/orders.js", "src/functions/versions_v1.js"}
    assert changes.writes["src/functions/versions_v1.js"] == (
        "// The frozen functions of v1: loads their copies.\nrequire('./versions/v1/orders');\n"
    )


def test_a_main_that_goes_down_folders_loads_the_copies_as_they_are() -> None:
    files = small("src/**/*.js", orders=ORDERS)
    changes = freeze(files, "v1")
    assert set(changes.writes) == {"src/functions/versions/v1/orders.js"}
    assert changes.notes == ("package.json's main, src/**/*.js, matches the copies: Azure loads them as they are.",)
    assert pruned(frozen(files, "v1"), "v1") == files


@pytest.mark.parametrize("end", ["\n", "", "\r\n"])
def test_a_single_main_gets_a_line_at_its_end_and_loses_it_again(end: str) -> None:
    entry = f"'use strict';{end or chr(10)}require('./functions/orders');{end}"
    files = with_files(small("src/index.js", orders=ORDERS), {"src/index.js": entry})
    once = frozen(files, "v1")
    line = "require('./functions/versions_v1');"
    assert once["src/index.js"].decode() == f"{entry}{line}{end}" if end else f"{entry}\n{line}"
    twice = frozen(once, "v2")
    assert twice["src/index.js"].decode().splitlines()[2:] == [line, line.replace("v1", "v2")]
    assert freeze(twice, "v1").writes == freeze(twice, "v2").writes == {}
    assert pruned(pruned(twice, "v1"), "v2") == files
    assert pruned(pruned(twice, "v2"), "v1") == files


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "df.app.entity('Counter', () => 1);", "\ndf.app.entity('Counter', () => 1);\n\n"])
def test_what_loads_older_versions_makes_no_difference_to_a_copy(end: str) -> None:
    files = {"index.js": f"{ORDERS}{end}".encode(), "package.json": b'{ "main": "index.js" }'}
    now = files
    for version in ("v1", "v2", "v3"):
        now = frozen(now, version)
    for version in ("v1", "v2", "v3"):
        assert now[f"versions/{version}/index.js"].replace(version.encode(), b"v1") == now["versions/v1/index.js"]
        assert freeze(now, version).writes == {}
    assert pruned(pruned(pruned(now, "v2"), "v3"), "v1") == files


def test_an_app_of_one_file_is_its_own_entry_and_its_copy_does_not_load_the_versions() -> None:
    package = json.dumps({"main": "index.js", "type": "module"}).encode()
    files = {"index.js": MODERN.encode(), "package.json": package}
    twice = frozen(frozen(files, "v1"), "v2")
    assert twice["versions/v2/index.js"].decode() == MODERN.replace("Orders", "Orders_v2")
    assert twice["index.js"].decode() == f"{MODERN}import './versions_v1.js';\nimport './versions_v2.js';\n"
    assert {one.name for one in LANGUAGE.index(twice).functions} == {"Orders", "Orders_v1", "Orders_v2"}
    assert freeze(twice, "v1").writes == freeze(twice, "v2").writes == {}
    assert pruned(pruned(twice, "v1"), "v2") == files


def test_a_main_that_lists_its_files_gets_the_line_in_one_of_them() -> None:
    files = with_files(small("src/functions/{orders,pay}.js", orders=ORDERS, pay="require('./orders');\n"), {})
    changes = freeze(files, "v1")
    assert changes.writes["src/functions/orders.js"] == f"{ORDERS}require('./versions_v1');\n"
    assert "src/functions/orders.js imports src/functions/versions_v1.js, by a line at its end" in changes.notes[0]


def test_a_main_that_something_else_builds_is_told_what_to_import() -> None:
    files = small("bundle/main.js", orders=ORDERS)
    changes = freeze(files, "v1")
    assert changes.notes[0] == (
        "src/functions/versions_v1.js has to be imported by the file that your build starts from: "
        "package.json's main, bundle/main.js, matches none of the sources."
    )
    assert {one.name for one in LANGUAGE.index(frozen(files, "v1")).functions} == {"Orders", "Orders_v1"}


@pytest.mark.parametrize(
    ("path", "main", "kind", "index", "line"),
    [
        ("f/orders.mjs", "f/*.{js,mjs,cjs}", "commonjs", "f/versions_v1.mjs", "import './versions/v1/orders.mjs';"),
        ("f/orders.cjs", "f/*.{js,mjs,cjs}", "module", "f/versions_v1.cjs", "require('./versions/v1/orders.cjs');"),
        ("f/orders.js", "f/*.js", "module", "f/versions_v1.js", "import './versions/v1/orders.js';"),
        ("f/orders.ts", "dist/f/*.js", "commonjs", "f/versions_v1.ts", "import './versions/v1/orders';"),
        ("f/orders.ts", "dist/f/*.js", "module", "f/versions_v1.ts", "import './versions/v1/orders.js';"),
        ("f/orders.mts", "dist/f/*.mjs", "commonjs", "f/versions_v1.mts", "import './versions/v1/orders.mjs';"),
    ],
)
def test_the_file_that_loads_the_copies_is_written_as_the_copies_are(path: str, main: str, kind: str, index: str, line: str) -> None:
    files = {
        path: (ORDERS if path.endswith(".cjs") else MODERN).encode(),
        "package.json": json.dumps({"main": main, "type": kind}).encode(),
        "tsconfig.json": b'{ "compilerOptions": { "outDir": "dist", "rootDir": "." } }',
    }
    assert freeze(files, "v1").writes[index].splitlines()[1:] == [line]


@pytest.mark.parametrize(
    ("config", "path", "built"),
    [
        ('{ "compilerOptions": { "outDir": "dist", "rootDir": "." } }', "src/functions/a.ts", "dist/src/functions/a.js"),
        ('{ "compilerOptions": { "outDir": "./out", "rootDir": "./src" } }', "src/functions/a.ts", "out/functions/a.js"),
        ('{ "compilerOptions": { "outDir": "dist" } }', "src/functions/a.ts", "dist/functions/a.js"),
        ('{ "compilerOptions": { "outDir": "dist" }, "include": ["src/functions/**/*"] }', "src/functions/a.ts", "dist/a.js"),
        ('{ "extends": "./base" }', "src/functions/a.ts", "elsewhere/src/functions/a.js"),
        ("{}", "src/functions/a.mts", "functions/a.mjs"),
        ("no json", "src/functions/a.js", "src/functions/a.js"),
    ],
)
def test_where_a_source_is_built_to(config: str, path: str, built: str) -> None:
    files = {
        path: b"",
        "src/index.ts": b"",
        "base.json": b'{ "compilerOptions": { "outDir": "elsewhere", "rootDir": "." } }',
        "tsconfig.json": config.encode(),
    }
    assert settings(files).built(path) == built


def test_settings_may_have_comments_and_commas_at_ends() -> None:
    text = b'\xef\xbb\xbf{ // one\n "a": { "b": [1, "x", true,], }, /* two */ "c": false }'
    assert relaxed(text) == {"a": {"b": [None, "x", True]}, "c": False}
    assert relaxed(b"[1]") == relaxed(b"{") == relaxed(b"") == {}


def test_something_else_that_lies_where_the_copies_go_is_not_overwritten() -> None:
    files = with_files(small(orders=ORDERS), {"src/functions/versions_v1.js": "exports.mine = 1;"})
    with pytest.raises(OperationProblem, match=r"^src/functions/versions_v1.js: lies where the frozen copies go. Give it another name.$"):
        freeze(files, "v1")


def test_an_app_is_recognised_by_its_packages_or_by_its_folders() -> None:
    assert LANGUAGE.recognises(small(orders=ORDERS))
    assert LANGUAGE.recognises({"Orders/function.json": b'{ "bindings": [] }', "Orders/index.js": b""})
    assert not LANGUAGE.recognises({"Orders/function.json": b'{ "scriptFile": "__init__.py" }', "Orders/__init__.py": b""})
    assert not LANGUAGE.recognises({"package.json": b'{ "dependencies": { "express": "1" } }', "index.js": b""})


def test_tests_that_nothing_loads_are_not_read() -> None:
    files = with_files(small(orders=ORDERS), {"test/orders.test.js": "expect(context.df.callActivity).toBeCalled();\n"})
    assert LANGUAGE.index(files).references == ()


def test_functions_that_another_file_has_registered_are_registered_by_the_copy_of_that_file() -> None:
    register = "module.exports = (df) => {\n    df.app.orchestration('Orders', function* () {});\n};\n"
    entry = "const df = require('durable-functions');\nrequire('./functions/orders')(df);\ndf.app.entity('Counter', () => 1);\n"
    files = with_files(small("src/index.js", orders=register), {"src/index.js": entry})
    once = frozen(files, "v1")
    assert once["src/functions/versions/v1/index.js"].decode() == entry.partition("df.app.entity")[0]
    assert once["src/functions/versions/v1/functions/orders.js"].decode() == register.replace("Orders", "Orders_v1")
    assert once["src/functions/versions_v1.js"].decode().splitlines()[1:] == [
        "require('./versions/v1/functions/orders');",
        "require('./versions/v1/index');",
    ]
    assert pruned(once, "v1") == files
