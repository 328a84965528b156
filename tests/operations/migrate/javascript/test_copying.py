"""What a copy says, what it goes without, and what it imports."""

from __future__ import annotations

import pytest

from operations.migrate.model import Kind
from operations.problem import OperationProblem

from .apps import LANGUAGE, freeze, frozen, pruned, small, with_files

COPY = "src/functions/versions/v1/orders.js"
ORDERS = "df.app.orchestration('Orders', function* (context) {});\n"
DURABLE = "const df = require('durable-functions');\n"


def copy_of(source: str, *names: str) -> str:
    return freeze(small(orders=source), "v1", *names).writes[COPY]


def test_a_client_is_left_out_with_its_comment_and_with_what_only_it_has_used() -> None:
    source = (
        "const { app } = require('@azure/functions');\n"
        f"{DURABLE}\n"
        f"{ORDERS}\n"
        "/** Starts an order. */\n"
        "async function start(request, context) {\n    return used(df.getClient(context));\n}\n\n"
        "const limit = 3, other = 4;\n"
        "const used = (client) => client.startNew('Orders');\n\n"
        "// POST /api/start\n"
        "app.http('Start', { extraInputs: [df.input.durableClient()], handler: start }); // it is the only one\n"
    )
    assert copy_of(source) == f"{DURABLE}\n{ORDERS.replace('Orders', 'Orders_v1')}\nconst limit = 3, other = 4;\n"


def test_what_nobody_has_used_before_either_stays() -> None:
    source = f"const fs = require('fs');\n{DURABLE}const unused = 1;\n{ORDERS}"
    assert copy_of(f"{source}df.app.entity('Counter', () => 1);\n") == source.replace("'Orders'", "'Orders_v1'")


def test_what_is_exported_stays() -> None:
    source = f"{DURABLE}{ORDERS}const key = () => 'k';\ndf.app.entity('Counter', key);\nmodule.exports = {{ key }};\n"
    assert copy_of(source) == f"{DURABLE}{ORDERS.replace('Orders', 'Orders_v1')}const key = () => 'k';\nmodule.exports = {{ key }};\n"


def test_the_comment_at_the_head_of_a_file_stays() -> None:
    head = "// @ts-check\n// Copyright\n"
    source = f"{head}const {{ app }} = require('@azure/functions');\n{DURABLE}{ORDERS}app.timer('Tick', {{ schedule: '0 * * * * *', handler: () => 1 }});\n"
    assert copy_of(source) == f"{head}{DURABLE}{ORDERS.replace('Orders', 'Orders_v1')}"


def test_single_names_are_taken_out_of_imports() -> None:
    source = (
        "import { app, output, input } from '@azure/functions';\nimport df, { input as durable } from 'durable-functions';\n"
        "df.app.orchestration('Orders', function* () { return [output, input]; });\n"
        "app.get('Start', { extraInputs: [durable.durableClient()], handler: (request) => request });\n"
    )
    assert freeze(small(module=True, orders=source), "v1").writes[COPY] == (
        "import { output, input } from '@azure/functions';\nimport df, {  } from 'durable-functions';\n"
        "df.app.orchestration('Orders_v1', function* () { return [output, input]; });\n"
    )


def test_hooks_and_settings_of_the_whole_app_are_not_repeated() -> None:
    source = (
        f"const {{ app }} = require('@azure/functions');\n{DURABLE}"
        "app.setup({ enableHttpStream: true });\napp.hook.preInvocation(() => 1);\ndf.app.setExceptionPropertiesProvider({});\n"
        f"{ORDERS}"
    )
    changes = freeze(small(orders=source), "v1")
    assert changes.writes[COPY] == f"{DURABLE}{ORDERS.replace('Orders', 'Orders_v1')}"
    assert [one for one in changes.notes if "concerns the whole app" in one] == [
        f"src/functions/orders.js:{line}: concerns the whole app, and is not repeated in the copy." for line in (3, 4, 5)
    ]


def test_an_activity_that_is_not_part_of_the_version_is_called_by_its_name() -> None:
    source = (
        f"{DURABLE}const ship = df.app.activity('Ship', {{ handler: () => 1 }});\nconst child = df.app.orchestration('Child', function* () {{}});\n"
        "df.app.orchestration('Orders', function* (ctx) {\n  yield ship({ to: 1 });\n  yield ship();\n  yield child(1, 'id');\n});\n"
    )
    changes = freeze(small(orders=source), "v1", "Orders")
    assert changes.writes[COPY] == (
        f"{DURABLE}df.app.orchestration('Orders_v1', function* (ctx) {{\n"
        "  yield ctx.df.callActivity('Ship', { to: 1 });\n  yield ctx.df.callActivity('Ship');\n"
        "  yield ctx.df.callSubOrchestrator('Child', 1, 'id');\n});\n"
    )


@pytest.mark.parametrize("call", ["yield ship(1).withRetry(retry);", "yield* [1].map(helper);"])
def test_where_it_can_not_be_called_by_name_freezing_is_refused(call: str) -> None:
    source = (
        f"{DURABLE}const ship = df.app.activity('Ship', {{ handler: () => 1 }});\nconst helper = (order) => ship(order);\n"
        f"df.app.orchestration('Orders', function* (ctx) {{ {call} }});\n"
    )
    with pytest.raises(OperationProblem, match=r"orders.js:\d: ship\(…\) calls Ship, which is not part of v1. Freeze it too."):
        freeze(small(orders=source), "v1", "Orders")


def test_a_function_whose_value_is_handed_on_leaves_nothing_in_its_place() -> None:
    source = f"{DURABLE}module.exports.ship = df.app.activity('Ship', {{ handler: () => 1 }});\n{ORDERS}"
    assert copy_of(source, "Orders") == f"{DURABLE}module.exports.ship = undefined;\n{ORDERS.replace('Orders', 'Orders_v1')}"


def test_functions_that_are_registered_in_a_loop_share_one_registration() -> None:
    source = f"{DURABLE}for (const name of ['Ship', 'Pay']) {{\n    df.app.activity(name, {{ handler: () => name }});\n}}\n"
    assert {one.name for one in LANGUAGE.index(small(orders=source)).functions} == {"Ship", "Pay"}
    assert copy_of(source) == source.replace("(name,", "(name + '_v1',")
    with pytest.raises(OperationProblem, match="this registers Pay too"):
        freeze(small(orders=source), "v1", "Ship")


def test_an_orchestrator_whose_name_can_not_be_told_is_a_problem_and_a_client_is_not() -> None:
    source = f"const {{ app }} = require('@azure/functions');\n{DURABLE}{ORDERS}df.app.activity(process.env.NAME, {{}});\napp.get(process.env.NAME, () => 1);\n"
    index = LANGUAGE.index(small(orders=source))
    assert index.problems == ("src/functions/orders.js:4: the name of this activity can't be told without running it: process.env.NAME.",)


def test_older_versions_that_were_written_by_hand_are_no_part_of_a_copy() -> None:
    source = f"{DURABLE}df.app.orchestration('Orders_v0', function* () {{}});\n{ORDERS}"
    files = small(orders=source)
    assert [(one.name, one.base, one.version) for one in LANGUAGE.index(files).functions] == [
        ("Orders_v0", "Orders", "v0"),
        ("Orders", "Orders", None),
    ]
    assert copy_of(source) == f"{DURABLE}{ORDERS.replace('Orders', 'Orders_v1')}"
    changes = LANGUAGE.prune(files, LANGUAGE.index(files), "v0")
    assert (changes.writes, changes.deletes) == ({}, ())
    assert changes.notes == ("src/functions/orders.js:2: Orders_v0 is not a copy: take it out by hand.",)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_line_ends_and_byte_order_marks_stay(start: bytes, eol: str) -> None:
    source = (DURABLE + ORDERS + "df.app.entity('Counter', () => 'größer');\n").replace("\n", eol)
    files = small() | {"src/functions/orders.js": start + source.encode()}
    expected = (DURABLE + ORDERS.replace("Orders", "Orders_v1")).replace("\n", eol)
    after = frozen(dict(sorted(files.items())), "v1")
    assert after[COPY] == start + expected.encode()
    assert after["src/functions/versions_v1.js"].count(eol.encode()) == 2


def test_what_lies_deeper_or_elsewhere_keeps_its_place_in_relation_to_the_rest() -> None:
    files = with_files(
        small(
            orders=f"{DURABLE}require('./');\nrequire('../../data/');\nrequire('../../package.json');\nrequire('./types.css');\n{ORDERS}"
        ),
        {"src/functions/index.js": "require('./orders');", "data/index.js": "module.exports = require('../src/functions/deep/a');"},
    )
    files = with_files(files, {"src/functions/deep/a.js": ""})
    changes = freeze(files, "v1")
    base = "src/functions/versions/v1"
    assert set(changes.writes) == {
        f"{base}/data/index.js",
        f"{base}/src/functions/deep/a.js",
        f"{base}/src/functions/index.js",
        f"{base}/src/functions/orders.js",
        "src/functions/versions_v1.js",
    }
    assert changes.writes[f"{base}/data/index.js"] == "module.exports = require('../src/functions/deep/a');"
    assert changes.writes[f"{base}/src/functions/orders.js"].startswith(
        f"{DURABLE}require('./');\nrequire('../../data/');\nrequire('../../../../../../package.json');\nrequire('../../../../types.css');\n"
    )


@pytest.mark.parametrize(
    ("package", "config", "specifier", "module", "then"),
    [
        ('"imports": { "#names": "./lib/names.js" }', None, "#names", "lib/names.js", "../../lib/names"),
        ('"imports": { "#lib/*.js": "./lib/*.js" }', None, "#lib/names.js", "lib/names.js", "../../lib/names"),
        ('"x": 1', '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }', "@lib/names", "lib/names.ts", "../../lib/names"),
        ('"x": 1', '{ "compilerOptions": { "baseUrl": "lib", "paths": { "~/*": ["*"] } } }', "~/names", "lib/names.ts", "../../lib/names"),
    ],
)
def test_short_names_of_own_files_lead_to_the_copy(package: str, config: str | None, specifier: str, module: str, then: str) -> None:
    extension = module.rpartition(".")[2]
    source = (
        f"import * as df from 'durable-functions';\nimport {{ NAME }} from '{specifier}';\ndf.app.orchestration(NAME, function* () {{}});\n"
    )
    files = {
        "package.json": f'{{ "main": "src/functions/*.js", {package} }}'.encode(),
        f"src/functions/orders.{extension}": source.encode(),
        module: b"export const NAME = 'Orders';",
        **({"tsconfig.json": config.encode()} if config else {}),
    }
    if extension == "js":
        files["src/functions/orders.js"] = (
            source.replace("import {", "const {")
            .replace("} from '", "} = require('")
            .replace(f"{specifier}';", f"{specifier}');")
            .replace("import * as df from 'durable-functions'", "const df = require('durable-functions')")
            .encode()
        )
    changes = freeze(dict(sorted(files.items())), "v1")
    assert f"'{then}'" in changes.writes[f"src/functions/versions/v1/src/functions/orders.{extension}"]


def test_a_file_that_speaks_of_its_own_place_is_pointed_out() -> None:
    changes = freeze(small(orders=f"{DURABLE}{ORDERS}const page = __dirname + '/page.html';\n"), "v1")
    assert changes.notes[-1] == (
        "src/functions/orders.js: speaks of its own place (__dirname), which is another one in the copy. Look at what it does there."
    )


def test_a_copied_client_is_told_to_share_its_route_or_its_trigger() -> None:
    source = (
        f"const {{ app }} = require('@azure/functions');\n{DURABLE}{ORDERS}"
        "const extraInputs = [df.input.durableClient()];\n"
        "app.http('Routed', { route: 'orders', extraInputs, handler: (r, c) => df.getClient(c).startNew('Orders') });\n"
        "app.http('Plain', { extraInputs, handler: () => 1 });\napp.timer('Tick', { schedule: '0 * * * * *', extraInputs, handler: () => 1 });\n"
    )
    changes = freeze(small(orders=source), "v1", "Orders", "Routed", "Plain", "Tick")
    assert changes.writes[COPY].count("_v1'") == 5
    assert [one for one in changes.notes if ".js:" in one] == [
        "src/functions/orders.js:5: Routed_v1 has the same route as Routed, orders: only one of them can answer. Give one of them another.",
        "src/functions/orders.js:7: Tick_v1 has the same timer trigger as Tick: both answer to it.",
    ]


def test_a_reference_to_a_function_outside_of_the_version_is_told() -> None:
    source = f"{DURABLE}df.app.activity('Ship', {{ handler: () => 1 }});\ndf.app.orchestration('Orders', function* (c) {{ yield c.df.callActivity('Ship'); }});\n"
    changes = freeze(small(orders=source), "v1", "Orders")
    assert "c.df.callActivity('Ship')" in changes.writes[COPY]
    assert "src/functions/orders.js:3: v1 goes on using the working copy of Ship, which is not part of it." in changes.notes


def test_a_file_that_can_not_be_read_is_a_problem_and_is_not_copied() -> None:
    files = small(orders=f"{DURABLE}{ORDERS}df.app.activity('Ship', {{\n")
    assert LANGUAGE.index(files).problems == ("src/functions/orders.js:3: it can't be read as JavaScript.",)
    with pytest.raises(OperationProblem, match="can't be read as JavaScript"):
        LANGUAGE.freeze(files, LANGUAGE.index(files), "v1", frozenset({"Orders"}))
    latin = small() | {"src/functions/orders.js": "// größer".encode("latin-1")}
    assert LANGUAGE.index(latin).problems == ("src/functions/orders.js:1: it is not UTF-8.",)


def test_folders_of_that_name_that_hold_something_else_are_left_alone() -> None:
    files = with_files(
        small(orders=f"{DURABLE}const schema = require('../../api/versions/v1/schema');\n{ORDERS}"),
        {"api/versions/v1/schema.js": "module.exports = 1;", "docs/versions/v1/index.json": "{}"},
    )
    once = frozen(files, "v1")
    assert "src/functions/versions/v1/api/versions/v1/schema.js" in once
    assert pruned(once, "v1") == files


def test_generic_registrations_are_known_by_their_trigger() -> None:
    source = (
        f"const {{ app }} = require('@azure/functions');\n{DURABLE}"
        "app.generic('Orders', { trigger: df.trigger.orchestration(), handler: () => 1 });\n"
        "app.generic('Ship', { trigger: { type: 'activityTrigger' }, handler: () => 1 });\n"
        "app.generic('Other', { trigger: { type: 'sqlTrigger' }, handler: () => 1 });\n"
    )
    functions = LANGUAGE.index(small(orders=source)).functions
    assert {one.name: one.kind for one in functions} == {"Orders": Kind.ORCHESTRATOR, "Ship": Kind.ACTIVITY, "Other": Kind.OTHER}
