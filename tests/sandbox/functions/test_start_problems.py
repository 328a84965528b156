"""Apps that the host refuses: it answers, and its status says why."""

from __future__ import annotations

import pytest

from tests.sandbox.functions.apps import HTTP_APP, Azure, package

DURABLE_APP = """
    import azure.durable_functions as df

    app = df.DFApp()

    @app.orchestration_trigger(context_name="context")
    def nothing(context: df.DurableOrchestrationContext):
        return 1
        yield
"""
TWO_APPS = "import azure.functions as func\napp = func.FunctionApp()\nother = func.FunctionApp()"
BLOB_APP = """
    import azure.functions as func
    app = func.FunctionApp()

    @app.blob_trigger(arg_name="blob", path="in/{name}", connection="AzureWebJobsStorage")
    def take(blob: func.InputStream) -> None: ...
"""
HUB = "Task Hub name must be specified in host.json when using slots. Specify it in host.json and restart."


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (package(HTTP_APP, host___json='{"version": 2.0}'), "'2.0' is an invalid value for host.json 'version' property: set it to the text \"2.0\"."),
        (package(HTTP_APP, host___json="{}"), "The host.json file is missing the required 'version' property. See https://aka.ms/functions-hostjson."),
        (package("import nowhere"), "Exception: ModuleNotFoundError: No module named 'nowhere'"),
        (package("import taskhub"), "Exception: ModuleNotFoundError: No module named 'taskhub'"),
        (package("x = 1"), "Could not find top level function app instances in function_app.py."),
        (package(TWO_APPS), "More than one FunctionApp or other top level function app instances are defined."),
        (package(BLOB_APP), "The function 'take' has a binding that the sandbox does not run: blobTrigger."),
        (package(HTTP_APP.replace("pid", "admin/x", 1)), "The specified route 'admin/x' of the function 'pid' conflicts with one or more built in routes."),
    ],
    ids=["a number for a version", "no version", "a missing library", "a library of the project only", "no app", "two apps", "a trigger", "a route"],
)  # fmt: skip
def test_a_host_in_error_says_why_and_answers_503(azure: Azure, content: bytes, error: str) -> None:
    site = azure.site()
    site.run("production", content, ready=False)
    status = azure.functions.wait_settled(site.name)
    assert (status.state, status.errors, status.final) == ("Error", (error,), True)
    answered = site.get("/admin/host/status", key=True).json()
    assert (answered["state"], answered["errors"]) == ("Error", [error])
    assert [(one.status, one.text) for one in (site.get("/"), site.get("/api/pid"))] == [(503, "Function host is not running.")] * 2


def test_a_slot_with_the_default_task_hub_does_not_start(azure: Azure) -> None:
    site, account = azure.site("staging"), azure.account()
    site.run("staging", DURABLE_APP, ready=False, AzureWebJobsStorage=azure.connection_string(account))
    status = azure.functions.wait_settled(site.name, "staging")
    assert (status.state, status.errors) == ("Error", (HUB,))


@pytest.mark.parametrize("provider", ["azureManaged", "mssql", "Netherite"])
def test_orchestrations_of_another_storage_provider_do_not_run_and_the_status_says_so(azure: Azure, provider: str) -> None:
    durable = f'{{"hubName": "Hub", "storageProvider": {{"type": "{provider}", "connectionStringName": "SCHEDULER"}}}}'
    host_json = f'{{"version": "2.0", "extensions": {{"durableTask": {durable}}}}}'
    site = azure.site()
    site.run("production", package(DURABLE_APP, host___json=host_json), ready=False)
    status = azure.functions.wait_settled(site.name)
    assert (status.state, status.final) == ("Error", True)
    assert status.errors == (
        f"The sandbox runs no orchestrations of the storage provider '{provider}': it has Azure Storage only. In Azure the app may start.",
    )


def test_a_file_that_is_no_zip_is_no_package(azure: Azure) -> None:
    site = azure.site()
    site.run("production", b"no zip", ready=False)
    status = azure.functions.wait_settled(site.name)
    assert (status.state, status.port) == ("Error", None)
    assert status.errors[0].endswith(".zip is no zip file.")


def test_a_corrected_app_starts(azure: Azure) -> None:
    site = azure.site()
    site.run("production", "x = 1", ready=False)
    assert azure.functions.wait_settled(site.name).state == "Error"
    site.run("production", HTTP_APP)


def test_what_is_vendored_in_the_package_wins_over_the_interpreters_libraries(azure: Azure) -> None:
    code = "import azure.functions as func\nimport croniter\nassert croniter.MINE\napp = func.FunctionApp()"
    azure.site().run("production", package(code, **{"___python_packages__lib__site-packages__croniter___py": "MINE = True"}))
