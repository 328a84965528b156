"""Each way to name a function: what a frozen copy makes of it."""

from __future__ import annotations

import pytest

from .apps import LANGUAGE, freeze, small

HEAD = """const df = require('durable-functions');
df.app.activity('Ship', { handler: () => 1 });
df.app.activity('ShipAll', { handler: () => 1 });
df.app.entity('Counter', () => {});
"""


def copied(body: str, head: str = "", **others: str) -> str:
    """The orchestrator's body in the copy; `others` are further files."""
    source = f"{HEAD}{head}df.app.orchestration('Orders', function* (context) {{\n{body}\n}});\n"
    changes = freeze(small(orders=source, **others), "v1")
    path = next(path for path in changes.writes if path.endswith("v1/orders.js"))
    return changes.writes[path].partition("function* (context) {\n")[2].removesuffix("\n});\n")


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("yield context.df.callActivity('Ship');", "yield context.df.callActivity('Ship_v1');"),
        ('yield context.df.callActivity("Ship", 1)', 'yield context.df.callActivity("Ship_v1", 1)'),
        ("yield context.df.callActivity(`Ship`)", "yield context.df.callActivity(`Ship_v1`)"),
        ("yield context.df.callActivity(/* Ship */ 'Ship')", "yield context.df.callActivity(/* Ship */ 'Ship_v1')"),
        ("yield context.df.callActivity(('Ship'))", "yield context.df.callActivity(('Ship_v1'))"),
        ("yield context.df.callActivity('\\x53hip')", "yield context.df.callActivity('\\x53hip_v1')"),
        ("yield context.df['callActivity']('Ship')", "yield context.df['callActivity']('Ship_v1')"),
        ("yield context.df.callActivity?.('Ship')", "yield context.df.callActivity?.('Ship_v1')"),
        ("yield context.df.callActivity('Ship' + 'All')", "yield context.df.callActivity('Ship' + 'All' + '_v1')"),
        ("yield context.df.callActivity(x ? 'Ship' : 'ShipAll')", "yield context.df.callActivity(x ? 'Ship_v1' : 'ShipAll_v1')"),
        ("yield context.df.callActivity(x ?? 'Ship')", "yield context.df.callActivity(x ?? 'Ship_v1')"),
        ("yield context.df.callActivityWithRetry('Ship', r)", "yield context.df.callActivityWithRetry('Ship_v1', r)"),
        ("yield context.df.callSubOrchestrator('Orders')", "yield context.df.callSubOrchestrator('Orders_v1')"),
        ("yield context.df.callSubOrchestratorWithRetry('Orders', r)", "yield context.df.callSubOrchestratorWithRetry('Orders_v1', r)"),
        ("yield client.startNew('Orders', { input: 'Orders' })", "yield client.startNew('Orders_v1', { input: 'Orders' })"),
        ("const a = 'Ship'; yield context.df.callActivity(a)", "const a = 'Ship'; yield context.df.callActivity(a + '_v1')"),
        ("let a = 'Ship'; yield context.df.callActivity(a)", "let a = 'Ship'; yield context.df.callActivity(a + '_v1')"),
        (
            "const { a: { b } } = { a: { b: 'Ship' } }; context.df.callActivity(b)",
            "const { a: { b } } = { a: { b: 'Ship' } }; context.df.callActivity(b + '_v1')",
        ),
        ("const { a } = { a: 'Ship' }; context.df.callActivity(a)", "const { a } = { a: 'Ship' }; context.df.callActivity(a + '_v1')"),
        ("const c = context; yield c.df.callActivity('ship')", "const c = context; yield c.df.callActivity('ship_v1')"),
        ("post('/runtime/webhooks/durabletask/orchestrators/Orders/x')", "post('/runtime/webhooks/durabletask/orchestrators/Orders_v1/x')"),
        (
            "const o = 'Orders'; post(`${h}/runtime/webhooks/durabletask/orchestrators/${o}?code=1`)",
            "const o = 'Orders'; post(`${h}/runtime/webhooks/durabletask/orchestrators/${o}_v1?code=1`)",
        ),
        # What names nothing of the version stays as it is.
        ("new df.EntityId('Counter', 'Ship')", "new df.EntityId('Counter', 'Ship')"),
        ("context.log('Ship'); // Ship, Orders", "context.log('Ship'); // Ship, Orders"),
        ("yield context.df.waitForExternalEvent('Ship')", "yield context.df.waitForExternalEvent('Ship')"),
        ("yield context.df.callActivity('Shipping')", "yield context.df.callActivity('Shipping')"),
        ("yield context.df.callActivity('Ship_v0')", "yield context.df.callActivity('Ship_v0')"),
        ("return { Ship: 'Ship', 'Orders': `Orders` }", "return { Ship: 'Ship', 'Orders': `Orders` }"),
    ],
)
def test_in_the_copy(said: str, then: str) -> None:
    assert copied(said) == then


@pytest.mark.parametrize(
    ("head", "module"),
    [
        ("const { NAME: name } = require('../../names');\n", "exports.NAME = 'Ship';"),
        ("const name = require('../../names').NAME;\n", "module.exports.NAME = 'Ship';"),
        ("const name = require('../../names');\n", "module.exports = 'Ship';"),
        (
            "const { names } = require('../../names'); const name = names.deep['x'];\n",
            "module.exports = { names: { deep: { x: 'Ship' } } };",
        ),
        ("const { name } = require('../../names');\n", "const name = 'Ship';\nmodule.exports = { name };"),
        ("const { name } = require('../../names');\n", "module.exports = { ...require('./more') };"),
        ("import name from '../../names.js';\n", "export default 'Ship';"),
        ("import name from '../../names.js';\n", "module.exports = 'Ship';"),
        ("import { NAME as name } from '../../names.js';\n", "export const NAME = 'Ship';"),
        ("import * as all from '../../names.js'; const name = all.NAME;\n", "export const NAME = `Ship`;"),
        ("import { name } from '../../names.js';\n", "export * from './more.js';"),
        ("import { name } from '../../names.js';\n", "export { name } from './more.js';"),
        ("import { all } from '../../names.js'; const name = all.name;\n", "export * as all from './more.js';"),
        ("import { Names } from '../../names.js'; const name = Names.NAME;\n", "export class Names { static NAME = 'Ship'; }"),
        ("import { name } from '../../names.js';\n", "const Ship = 'Ship';\nexport { Ship as name };"),
    ],
)
def test_constants_of_other_files_are_followed_and_left_alone(head: str, module: str) -> None:
    files = small(orders=f"{HEAD}{head}df.app.orchestration('Orders', function* (c) {{ yield c.df.callActivity(name, 'Ship'); }});\n")
    files |= {"names.js": module.encode(), "more.js": b"exports.name = 'Ship';"}
    writes = freeze(files, "v1").writes
    assert "c.df.callActivity(name + '_v1', 'Ship')" in writes["src/functions/versions/v1/src/functions/orders.js"]
    assert writes["src/functions/versions/v1/names.js"] == module


@pytest.mark.parametrize(
    "said",
    [
        "context.df.callActivity(input.name)",
        "context.df.callActivity(process.env.NAME)",
        "context.df.callActivity(`${input.name}All`)",
        "context.df.callActivity(pick('Ship'))",
        "context.df.callActivity(changing)",
        "context.df.callActivity(twice)",
        "context.df.callActivity(table.name)",
        "context.df.callActivity(a)",
        "context.df.callActivity(require('not-ours').name)",
        "post(`/runtime/webhooks/durabletask/orchestrators/${input.name}`)",
    ],
)
def test_a_name_that_only_running_the_code_can_tell_stays_and_is_reported(said: str) -> None:
    head = "let changing = 'Ship'; changing = 'ShipAll'; const table = { name: 'Ship' }; table.name = 'x'; const a = b; const b = a;"
    head += "var twice = 'Ship'; var twice = 'ShipAll';\n"
    source = f"{HEAD}{head}df.app.orchestration('Orders', function* (context) {{\n{said};\n}});\n"
    changes = freeze(small(orders=source), "v1")
    assert f"\n{said};\n" in changes.writes["src/functions/versions/v1/orders.js"]
    assert [(one.to, one.file, one.line) for one in changes.unresolved] == [(None, "src/functions/orders.js", 7)]


def test_a_method_that_is_handed_on_is_reported() -> None:
    source = f"{HEAD}df.app.orchestration('Orders', function* (context) {{\nconst call = context.df.callActivity.bind(context.df);\n}});\n"
    index = LANGUAGE.index(small(orders=source))
    assert [(one.to, one.text, one.form, one.line) for one in index.references] == [(None, "context.df.callActivity", "callActivity", 6)]


def test_a_name_inside_of_another_scope_does_not_count() -> None:
    body = "const name = 'Ship'; yield context.df.callActivity(name); call((name) => context.df.callActivity(name));"
    expected = "const name = 'Ship'; yield context.df.callActivity(name + '_v1'); call((name) => context.df.callActivity(name));"
    assert copied(body) == expected


def test_elements_of_a_list_that_are_all_frozen_get_their_suffix_where_they_are_used() -> None:
    body = "const all = ['Ship', 'ShipAll']; for (const one of all) yield context.df.callActivity(one);"
    assert copied(body) == body.replace("(one)", "(one + '_v1')")


def test_a_list_of_which_only_some_are_frozen_is_reported() -> None:
    body = "for (const one of ['Ship', 'ShipAll']) context.df.callActivity(one);"
    source = f"{HEAD}df.app.orchestration('Orders', function* (context) {{\n{body}\n}});\n"
    changes = freeze(small(orders=source), "v1", "Orders", "Ship")
    assert body in changes.writes["src/functions/versions/v1/orders.js"]
    assert {one.text for one in changes.unresolved} == {"one"}


def test_what_a_registration_returns_is_a_reference_too() -> None:
    head = "const ship = df.app.activity('Send', { handler: () => 1 });\n"
    assert copied("yield ship(1); yield ship(2).withRetry(r);", head) == "yield ship(1); yield ship(2).withRetry(r);"
    source = f"{HEAD}{head}df.app.orchestration('Orders', function* (context) {{\nyield ship(1);\n}});\n"
    index = LANGUAGE.index(small(orders=source))
    assert [(one.to, one.text, one.form) for one in index.references] == [("Send", "ship(1)", "function object")]
