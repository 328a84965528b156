"""Timers and queues: what starts functions without being asked."""

from __future__ import annotations

from tests.sandbox.functions.apps import QUEUE_APP, QUEUE_CONTRIBUTOR, Azure, Site, Wait, package

TIMER_APP = """
    import azure.functions as func

    app = func.FunctionApp()

    @app.function_name("Tick")
    @app.timer_trigger(arg_name="timer", schedule="%SCHEDULE%")
    async def tick(timer: func.TimerRequest) -> None:
        assert timer.past_due is False

    @app.function_name("AtStart")
    @app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
    def at_start(timer: func.TimerRequest) -> None: ...
"""
FAILING_APP = """
    import azure.functions as func

    app = func.FunctionApp()

    @app.function_name("Take")
    @app.queue_trigger(arg_name="message", queue_name="%QUEUE%", connection="Orders")
    def take(message: func.QueueMessage) -> None:
        raise ValueError(f"attempt {message.dequeue_count} with {message.get_body().decode()}")
"""
BASE64 = "bWVzc2FnZQ=="


def with_queue(azure: Azure, code: str | bytes, **settings: str) -> tuple[Site, str]:
    """A site that runs the code with a storage account of its own, by connection string."""
    site, account = azure.site(), azure.account()
    site.run("production", code, AzureWebJobsStorage=azure.connection_string(account), **settings)
    return site, account


def test_a_timer_runs_when_it_is_due_and_one_for_the_start_runs_then(azure: Azure, eventually: Wait) -> None:
    site = azure.site()
    site.run("production", TIMER_APP, SCHEDULE="*/1 * * * * *")
    eventually(lambda: len(site.executions(function="Tick")) >= 2)
    assert [one["trigger"] for one in site.executions(function="AtStart")] == ["timerTrigger"]


def test_a_disabled_timer_does_not_run_not_even_at_the_start(azure: Azure, eventually: Wait) -> None:
    site = azure.site()
    off = {"AzureWebJobs.Tick.Disabled": "1", "AzureWebJobs__AtStart__Disabled": "True"}
    site.run("production", TIMER_APP, SCHEDULE="*/1 * * * * *", **off)
    # It runs by hand, so the functions are there, and this is the only run.
    assert site.request("POST", "/admin/functions/Tick", body={"input": ""}, key=True).status == 202
    eventually(lambda: site.executions())
    assert [one["function"] for one in site.executions()] == ["Tick"]


def test_a_schedule_that_is_none_is_a_start_problem(azure: Azure) -> None:
    site = azure.site()
    site.run("production", TIMER_APP, ready=False, SCHEDULE="every day")
    assert azure.functions.wait_settled(site.name).errors == (
        "The schedule expression 'every day' was not recognized as a valid cron expression or timespan string.",
    )
    site.run("production", TIMER_APP, ready=False)
    assert azure.functions.wait_settled(site.name).errors == ("'%SCHEDULE%' does not resolve to a value.",)


def test_a_queue_is_read_once_it_exists_and_is_not_made(azure: Azure, eventually: Wait) -> None:
    site, account = with_queue(azure, QUEUE_APP, CODE="one")
    eventually(lambda: site.get("/").status == 200)
    queue = azure.queue(account, "incoming")
    assert azure.sandbox.storage.has_queue(account, "incoming") is False
    queue.create_queue()
    queue.send_message(BASE64)
    eventually(lambda: "took message with one" in site.log())
    eventually(lambda: queue.get_queue_properties().approximate_message_count == 0)
    assert len(site.executions(function="Take")) == 1


def test_a_queue_is_read_with_the_apps_identity_once_that_has_a_role(azure: Azure, eventually: Wait) -> None:
    site, account = azure.site(), azure.account()
    queue = azure.queue(account, "incoming")
    queue.create_queue()
    queue.send_message(BASE64)
    uri = azure.sandbox.storage.endpoints(account)["queue"]
    site.run("production", QUEUE_APP, AzureWebJobsStorage__queueServiceUri=uri, AzureWebJobsStorage__clientId=azure.client_id())
    eventually(lambda: "AuthorizationPermissionMismatch" in site.log())
    assert site.executions() == []
    azure.grant(QUEUE_CONTRIBUTOR, azure.account_id(account))
    eventually(lambda: site.executions(function="Take"))


def test_a_message_that_fails_too_often_is_poison(azure: Azure, eventually: Wait) -> None:
    site, account = azure.site(), azure.account()
    queue, poison = azure.queue(account, "incoming"), azure.queue(account, "incoming-poison")
    queue.create_queue()
    queue.send_message(BASE64)
    site.run("production", FAILING_APP, QUEUE="Incoming", Orders=azure.connection_string(account))
    eventually(lambda: azure.sandbox.storage.has_queue(account, "incoming-poison") and list(poison.peek_messages()))
    assert [message.content for message in poison.peek_messages()] == [BASE64]
    eventually(lambda: queue.get_queue_properties().approximate_message_count == 0)
    assert [f"attempt {number} with message" in site.log() for number in range(1, 7)] == [True] * 5 + [False]


def test_host_json_says_how_often_and_in_which_encoding(azure: Azure, eventually: Wait) -> None:
    site, account = azure.site(), azure.account()
    queue, poison = azure.queue(account, "incoming"), azure.queue(account, "incoming-poison")
    queue.create_queue()
    queue.send_message("plain text")
    host_json = '{"version": "2.0", "extensions": {"queues": {"maxDequeueCount": 2, "messageEncoding": "none"}}}'
    site.run("production", package(FAILING_APP, host___json=host_json), QUEUE="incoming", Orders=azure.connection_string(account))
    eventually(lambda: azure.sandbox.storage.has_queue(account, "incoming-poison") and list(poison.peek_messages()))
    assert [f"attempt {number} with plain text" in site.log() for number in (1, 2, 3)] == [True, True, False]


def test_a_connection_that_names_no_storage_is_a_start_problem(azure: Azure) -> None:
    site = azure.site()
    site.run("production", FAILING_APP, ready=False, QUEUE="incoming")
    assert "'Orders' does not exist" in azure.functions.wait_settled(site.name).errors[0]


def test_a_held_off_starter_leaves_the_messages_to_production(azure: Azure, eventually: Wait) -> None:
    account = azure.account()
    queue = azure.queue(account, "incoming")
    queue.create_queue()
    site = azure.site("staging")
    connection = azure.connection_string(account)
    site.run("staging", QUEUE_APP, AzureWebJobsStorage=connection, CODE="staged", **{"AzureWebJobs.Take.Disabled": "true"})
    site.run("production", QUEUE_APP, AzureWebJobsStorage=connection, CODE="live")
    for _ in range(10):
        queue.send_message(BASE64)
    eventually(lambda: len(site.executions(function="Take")) == 10)
    assert {one["slot"] for one in site.executions()} == {"production"}
