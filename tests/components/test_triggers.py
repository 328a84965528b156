"""Which functions a package has and what starts them, in every programming model."""

import json
from collections.abc import Callable
from typing import Any

import azure.durable_functions as df
import azure.functions as func
import pytest

from components._code.package import FunctionInfo, UnnamedFunction, starts_by_itself
from components._code.package import _metadata_model as metadata_model
from components._code.package import _node_model as node_model
from components._code.package import _python_model as python_model
from components._code.package._functions import Found, distinct


def found(model: Any, **files: str) -> Found:
    named = {
        name if "." in name else name.replace("__", "/").replace("_py", ".py").replace("_js", ".js"): text for name, text in files.items()
    }
    read: Callable[[str], bytes] = lambda name: named[name].encode()  # noqa: E731
    return model.find(named, read)


def functions(model: Any, **files: str) -> dict[str, str]:
    result = found(model, **files)
    assert (result.unnamed, result.problems) == ([], [])
    return {one.name: one.trigger for one in result.functions}


HEAD = "import azure.functions as func\nimport azure.durable_functions as df\napp = df.DFApp()\nbp = df.Blueprint()\n"


def python(body: str) -> dict[str, str]:
    return functions(python_model, function_app_py=HEAD + body)


PYTHON_TRIGGERS = [
    ("app.route(route='orders')", "httpTrigger"),
    ("app.schedule(schedule='0 * * * * *', arg_name='t')", "timerTrigger"),
    ("app.timer_trigger(schedule='0 * * * * *', arg_name='t')", "timerTrigger"),
    ("app.queue_trigger(arg_name='m', queue_name='q', connection='C')", "queueTrigger"),
    ("app.service_bus_queue_trigger(arg_name='m', queue_name='q', connection='C')", "serviceBusTrigger"),
    ("app.service_bus_topic_trigger(arg_name='m', topic_name='q', subscription_name='s', connection='C')", "serviceBusTrigger"),
    ("app.event_hub_message_trigger(arg_name='m', event_hub_name='q', connection='C')", "eventHubTrigger"),
    ("app.event_grid_trigger(arg_name='m')", "eventGridTrigger"),
    ("app.blob_trigger(arg_name='m', path='p', connection='C')", "blobTrigger"),
    ("app.cosmos_db_trigger(arg_name='m', container_name='c', database_name='d', connection='C')", "cosmosDBTrigger"),
    ("app.kafka_trigger(arg_name='m', topic='t', broker_list='b')", "kafkaTrigger"),
    ("app.sql_trigger(arg_name='m', table_name='t', connection_string_setting='C')", "sqlTrigger"),
    ("app.mysql_trigger(arg_name='m', table_name='t', connection_string_setting='C')", "mysqlTrigger"),
    ("app.warm_up_trigger(arg_name='m')", "warmupTrigger"),
    ("app.generic_trigger(arg_name='m', type='rabbitMQTrigger', queueName='q')", "rabbitMQTrigger"),
    ("app.generic_trigger('m', 'redisStreamTrigger')", "redisStreamTrigger"),
    ("app.some_new_thing_trigger(arg_name='m')", "someNewThingTrigger"),
    ("bp.orchestration_trigger(context_name='context')", "orchestrationTrigger"),
    ("bp.activity_trigger(input_name='order')", "activityTrigger"),
    ("bp.entity_trigger(context_name='context')", "entityTrigger"),
]


@pytest.mark.parametrize("decorator, trigger", PYTHON_TRIGGERS, ids=[one[0].split("(")[0] + "-" + one[1] for one in PYTHON_TRIGGERS])
def test_every_python_decorator_is_known_by_its_binding_type(decorator: str, trigger: str) -> None:
    assert python(f"@{decorator}\ndef work(m): ...\n") == {"work": trigger}


def test_the_table_knows_every_trigger_that_the_installed_sdk_has() -> None:
    sdk = {name for app in (func.FunctionApp, df.DFApp) for name in dir(app) if name.endswith("_trigger")} | {"route", "schedule"}
    assert sdk - set(python_model._TRIGGERS) == set()


def test_function_name_gives_the_name_as_keyword_argument_or_constant() -> None:
    body = "NAME = 'Third'\n"
    for function, argument in (("a", "name='First'"), ("b", "'Second'"), ("c", "name=NAME")):
        body += f"@app.function_name({argument})\n@app.route(route='x')\ndef {function}(req): ...\n"
    assert python(body) == {"First": "httpTrigger", "Second": "httpTrigger", "Third": "httpTrigger"}


@pytest.mark.parametrize(
    "head, argument",
    [
        ("from jobs import names\n", "names.TICK"),
        ("from jobs import names as n\n", "n.TICK"),
        ("from jobs.names import TICK\n", "TICK"),
        ("from jobs.names import TICK as T\n", "T"),
        ("import jobs.names\n", "jobs.names.TICK"),
        ("import jobs.names as n\n", "n.TICK"),
        ("from .jobs import names\n", "names.TICK"),
        ("from jobs import PACKAGE_TICK\n", "PACKAGE_TICK"),
    ],
)
def test_a_name_may_be_a_constant_of_another_module(head: str, argument: str) -> None:
    body = f"{HEAD}{head}@app.function_name({argument})\n@app.schedule(schedule='x', arg_name='t')\ndef tick(t): ...\n"
    files = {"function_app.py": body, "jobs/names.py": "TICK: str = 'Tick'\n", "jobs/__init__.py": "PACKAGE_TICK = 'Tick'\n"}
    assert functions(python_model, **files) == {"Tick": "timerTrigger"}


@pytest.mark.parametrize("names", ["TICK = make()\n", "TICK = 'a'\nTICK = 'b'\n", "OTHER = 'a'\n", "TICK = (\n"])
def test_a_constant_that_is_not_plainly_one_text_is_not_guessed(names: str) -> None:
    body = f"{HEAD}import names\n@app.function_name(names.TICK)\n@app.entity_trigger(context_name='t')\ndef tick(t): ...\n"
    result = found(python_model, **{"function_app.py": body, "names.py": names})
    assert (result.functions, [one.trigger for one in result.unnamed]) == ([], ["entityTrigger"])


def test_without_function_name_the_python_name_counts_also_for_async_and_nested_functions() -> None:
    body = "@app.route(route='x')\nasync def answer(req): ...\ndef register(app):\n    @app.schedule(schedule='x', arg_name='t')\n    def tick(t): ...\n"
    assert python(body) == {"answer": "httpTrigger", "tick": "timerTrigger"}


def test_blueprints_in_other_modules_and_in_vendored_packages_are_found() -> None:
    module = "from shared import bp\n@bp.timer_trigger(schedule='x', arg_name='t')\ndef {0}(t): ...\n"
    assert functions(
        python_model,
        function_app_py=HEAD + "@app.route(route='x')\ndef start(req): ...\n",
        jobs__nightly_py=module.format("nightly"),
        **{".python_packages/lib/site-packages/vendor.py": module.format("vendored")},
    ) == {"start": "httpTrigger", "nightly": "timerTrigger", "vendored": "timerTrigger"}


def test_the_sdk_itself_and_other_decorators_are_not_functions() -> None:
    assert python("import functools\n@functools.lru_cache(None)\ndef f(): ...\n@property\ndef g(self): ...\n") == {}
    assert (
        functions(
            python_model, **{".python_packages/lib/site-packages/azure/functions/x.py": "@app.timer_trigger(arg_name='t')\ndef f(): ...\n"}
        )
        == {}
    )


@pytest.mark.parametrize(
    "head",
    [
        "from flask import Flask\napp = Flask(__name__)\n",
        "import flask\napp = flask.Flask('x')\n",
        "from flask import Blueprint as B\napp = B('x', 'y')\n",
    ],
)
def test_routes_of_a_web_framework_are_not_functions(head: str) -> None:
    assert functions(python_model, web_py=head + "@app.route('/x')\ndef page(): ...\n") == {}


def test_an_app_around_a_web_framework_has_its_one_http_function() -> None:
    assert functions(python_model, function_app_py="import azure.functions as func\napp = func.AsgiFunctionApp(app=web)\n") == {
        "http_app_func": "httpTrigger"
    }


@pytest.mark.parametrize(
    "body, line",
    [
        pytest.param("for n in names:\n    app.timer_trigger(schedule='x', arg_name='t')(work)\n", 6, id="registered in a loop"),
        pytest.param(
            "@app.function_name(name=f'{prefix}Tick')\n@app.timer_trigger(schedule='x', arg_name='t')\ndef t(t): ...\n",
            6,
            id="a computed name",
        ),
    ],
)
def test_a_starter_whose_name_is_not_in_the_text_is_reported(body: str, line: int) -> None:
    result = found(python_model, function_app_py=HEAD + body)
    assert result.functions == []
    assert [str(one) for one in result.unnamed] == [
        f"function_app.py:{line}: the name of a function with timerTrigger cannot be read from the text: write it as a literal"
    ]


def test_a_generic_trigger_of_unknown_type_counts_as_a_starter() -> None:
    assert python("@app.generic_trigger(arg_name='m', type=kind)\ndef work(m): ...\n") == {"work": "genericTrigger"}
    assert starts_by_itself("genericTrigger")


def test_source_that_this_python_cannot_read_is_a_problem_not_an_app_without_functions() -> None:
    result = found(python_model, function_app_py="import azure.functions as func\n@app.route(\ndef x: ...\n")
    assert len(result.problems) == 1 and result.problems[0].startswith("function_app.py: cannot be read as Python 3.")


def test_function_json_gives_the_folder_s_name_and_the_trigger_among_its_bindings() -> None:
    bindings = [{"type": "durableClient", "direction": "in", "name": "c"}, {"type": "queueTrigger", "direction": "in", "name": "m"}]
    assert functions(metadata_model, **{"TakeOrder/function.json": "\ufeff" + json.dumps({"bindings": bindings})}) == {
        "TakeOrder": "queueTrigger"
    }


def test_a_function_json_elsewhere_is_not_a_function() -> None:
    assert functions(metadata_model, **{"function.json": "x", "a/b/function.json": "x"}) == {}


@pytest.mark.parametrize(
    "text, problem",
    [("{", "not valid JSON"), ('{"bindings": []}', "has no trigger"), ("[]", "has no trigger"), ('{"bindings": 3}', "has no trigger")],
)
def test_a_function_json_without_a_trigger_is_a_problem(text: str, problem: str) -> None:
    result = found(metadata_model, **{"Take/function.json": text})
    assert len(result.problems) == 1 and result.problems[0].startswith("Take/function.json: ") and problem in result.problems[0]


def test_functions_metadata_lists_the_functions_of_dotnet_isolated() -> None:
    entries = [
        {"name": "Start", "bindings": [{"name": "req", "type": "httpTrigger"}, {"name": "$return", "type": "http"}]},
        {"name": "Nightly", "bindings": [{"name": "t", "type": "timerTrigger"}]},
        {"name": "Order", "bindings": [{"name": "c", "type": "orchestrationTrigger"}]},
    ]
    assert functions(metadata_model, **{"functions.metadata": json.dumps(entries)}) == {
        "Start": "httpTrigger",
        "Nightly": "timerTrigger",
        "Order": "orchestrationTrigger",
    }


NODE_HEAD = "const { app } = require('@azure/functions');\nconst df = require('durable-functions');\n"
NODE_TRIGGERS = [
    ("app.http", "httpTrigger"),
    ("app.get", "httpTrigger"),
    ("app.deleteRequest", "httpTrigger"),
    ("app.timer", "timerTrigger"),
    ("functions_1.app.storageQueue", "queueTrigger"),
    ("app.storageBlob", "blobTrigger"),
    ("app.serviceBusQueue", "serviceBusTrigger"),
    ("app.serviceBusTopic", "serviceBusTrigger"),
    ("app.eventHub", "eventHubTrigger"),
    ("app.eventGrid", "eventGridTrigger"),
    ("app.cosmosDB", "cosmosDBTrigger"),
    ("app.somethingNew", "somethingNewTrigger"),
    ("df.app.orchestration", "orchestrationTrigger"),
    ("df.app.activity", "activityTrigger"),
    ("df.app.entity", "entityTrigger"),
]


@pytest.mark.parametrize("call, trigger", NODE_TRIGGERS, ids=[one[0] for one in NODE_TRIGGERS])
@pytest.mark.parametrize("quote", ["'", '"', "`"])
def test_every_node_registration_is_known_by_its_binding_type(call: str, trigger: str, quote: str) -> None:
    assert functions(node_model, **{"src/index.js": f"{NODE_HEAD}{call}(\n  {quote}TakeOrder{quote}, {{}});\n"}) == {"TakeOrder": trigger}


def test_a_node_name_may_be_a_constant_of_the_file() -> None:
    assert functions(node_model, index_js=NODE_HEAD + "const name: string = 'Order';\ndf.app.orchestration(name, function* () {});\n") == {
        "Order": "orchestrationTrigger"
    }


def test_a_node_name_that_is_computed_is_reported() -> None:
    assert found(node_model, index_js=NODE_HEAD + "app.timer(`tick${i}`, {});\n").unnamed == [
        UnnamedFunction("timerTrigger", "index.js", 3)
    ]


def test_express_routes_setup_calls_declarations_and_installed_modules_are_not_functions() -> None:
    assert functions(node_model, index_js="const app = express();\napp.get('orders', handler);\n") == {}
    assert functions(node_model, index_js=NODE_HEAD + "app.setup({ enableHttpStream: true });\nweb.app.use('/orders', handler);\n") == {}
    assert (
        functions(node_model, **{"types.d.ts": NODE_HEAD + "app.timer('a', {})", "node_modules/x/i.js": NODE_HEAD + "app.timer('b', {})"})
        == {}
    )


@pytest.mark.parametrize(
    "trigger", ["httpTrigger", "orchestrationTrigger", "activityTrigger", "entityTrigger", "warmupTrigger", "HttpTrigger"]
)
def test_what_waits_to_be_called_is_not_a_starter(trigger: str) -> None:
    assert not starts_by_itself(trigger)


@pytest.mark.parametrize(
    "trigger", ["timerTrigger", "queueTrigger", "serviceBusTrigger", "eventGridTrigger", "blobTrigger", "neverSeenTrigger"]
)
def test_everything_else_starts_by_itself(trigger: str) -> None:
    assert starts_by_itself(trigger)


def test_a_function_found_in_source_and_in_build_output_counts_once() -> None:
    twice = [FunctionInfo("Take", "timerTrigger", "src/a.ts"), FunctionInfo("Take", "timerTrigger", "dist/a.js")]
    assert distinct(twice) == (FunctionInfo("Take", "timerTrigger", "dist/a.js"),)


def test_the_tests_that_a_wheel_brings_along_are_no_functions_of_the_app() -> None:
    """azure-functions-durable installs its tests as a package of their own, with orchestrators and entities in them."""
    read = {
        "function_app.py": HEAD + "@app.activity_trigger(input_name='order')\ndef ship(order): ...\n",
        ".python_packages/lib/site-packages/tests/orchestrator/test_entity.py": HEAD
        + "@bp.entity_trigger(context_name='c')\ndef counter(c): ...\n",
        ".python_packages/lib/site-packages/shared/entities.py": HEAD + "@bp.entity_trigger(context_name='c')\ndef stock(c): ...\n",
    }
    found = python_model.find(list(read), lambda name: read[name].encode())
    assert {one.name: one.trigger for one in found.functions} == {"ship": "activityTrigger", "stock": "entityTrigger"}
