"""Model v3: a folder with a function.json for each function."""

from __future__ import annotations

import pytest

from operations.problem import OperationProblem

from .apps import LANGUAGE, app, freeze, frozen, pruned

ORCHESTRATOR = '{ "bindings": [{ "type": "orchestrationTrigger", "name": "context" }] }'


def files_of(**texts: str) -> dict[str, bytes]:
    """`Orders__index_js="…"` is Orders/index.js."""
    return dict(
        sorted((name.replace("__", "/").replace("_js", ".js").replace("_ts", ".ts"), text.encode()) for name, text in texts.items())
    )


def with_manifest(manifest: str, **texts: str) -> dict[str, bytes]:
    return dict(sorted({"Orders/function.json": manifest.encode(), **files_of(**texts)}.items()))


def test_the_function_json_is_copied_as_it_is_but_for_the_script() -> None:
    manifest = '{\r\n  // no JSON, if it were read strictly\r\n  "scriptFile" : "../lib/orders.js",\r\n\t"bindings": []}'
    files = with_manifest(manifest.replace("  // no JSON, if it were read strictly\r\n", ""), lib__orders_js="module.exports = 1;")
    changes = freeze(files, "v1", "Orders")
    assert changes.writes == {
        "Orders_v1/function.json": '{\r\n  "scriptFile" : "../versions/v1/lib/orders.js",\r\n\t"bindings": []}',
        "versions/v1/lib/orders.js": "module.exports = 1;",
    }


def test_a_function_json_that_is_no_json_is_a_problem() -> None:
    assert LANGUAGE.index(with_manifest("{", Orders__index_js="")).problems == ("Orders/function.json:1: it is not JSON.",)


def test_sources_in_typescript_are_found_by_what_they_are_built_to() -> None:
    manifest = '{ "scriptFile": "../dist/Orders/index.js", "bindings": [{ "type": "orchestrationTrigger" }] }'
    source = "import { SHIP } from '../shared/names';\nexport default (context) => context.df.callSubOrchestrator('Orders', SHIP);\n"
    files = with_manifest(manifest, Orders__index_ts=source, shared__names_ts="export const SHIP = 'Ship';\n")
    files["tsconfig.json"] = b'{ "compilerOptions": { "outDir": "dist", "rootDir": "." } }'
    changes = freeze(files, "v2")
    assert changes.writes == {
        "Orders_v2/function.json": manifest.replace("Orders", "Orders_v2"),
        "Orders_v2/index.ts": source.replace("'Orders'", "'Orders_v2'").replace("../shared", "../versions/v2/shared"),
        "versions/v2/shared/names.ts": "export const SHIP = 'Ship';\n",
    }


def test_what_two_functions_share_in_a_folder_of_one_of_them_goes_with_that_folder() -> None:
    files = files_of(
        Orders__index_js="require('../Ship/common'); module.exports = 1;",
        Ship__common_js="exports.a = 1;",
        Ship__index_js="require('./common');",
    )
    files |= {f"{name}/function.json": ORCHESTRATOR.encode() for name in ("Orders", "Ship")}
    both = freeze(dict(sorted(files.items())), "v1").writes
    assert both["Orders_v1/index.js"] == "require('../Ship_v1/common'); module.exports = 1;"
    alone = freeze(dict(sorted(files.items())), "v1", "Orders").writes
    assert alone["Orders_v1/index.js"] == "require('../versions/v1/Ship/common'); module.exports = 1;"
    assert set(alone) == {"Orders_v1/function.json", "Orders_v1/index.js", "versions/v1/Ship/common.js"}


def test_all_of_the_functions_own_folder_is_copied() -> None:
    files = with_manifest(ORCHESTRATOR, Orders__index_js="module.exports = 1;", Orders__data_json="{}")
    files["Orders/notes/table.json"] = b"{}"
    assert set(freeze(files, "v1").writes) == {
        f"Orders_v1/{name}" for name in ("data.json", "function.json", "index.js", "notes/table.json")
    }


def test_a_client_that_is_asked_for_is_told_to_share_its_route_or_its_trigger() -> None:
    notes = freeze(app("js_v3"), "v1", "Start", "Nightly", "Orders").notes
    assert [one for one in notes if "function.json" in one] == [
        "Nightly/function.json:1: Nightly_v1 has the same timer trigger as Nightly: both answer to it.",
        "Start/function.json:1: Start_v1 has the same route as Start, orders/{name}: only one of them can answer. Give one of them another.",
    ]


def test_a_folder_of_that_name_is_not_overwritten() -> None:
    files = with_manifest(ORCHESTRATOR, Orders__index_js="module.exports = 1;")
    files["Orders_v1/readme.json"] = b"{}"
    assert set(freeze(files, "v1").writes) == {"Orders_v1/function.json", "Orders_v1/index.js"}
    files["Orders_v1/index.js"] = b"mine"
    with pytest.raises(OperationProblem, match=r"^Orders_v1/index.js: lies where the frozen copies go"):
        freeze(files, "v1")


def test_pruning_one_version_leaves_those_whose_number_begins_alike() -> None:
    files = app("js_v3")
    both = frozen(frozen(files, "v1"), "v1.1")
    assert pruned(both, "v1") == frozen(files, "v1.1")
