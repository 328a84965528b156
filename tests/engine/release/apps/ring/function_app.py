"""Rounds: each is begun by a request or a message, waits for an event, and ends. A timer begins one by itself, in every task hub once."""

import azure.durable_functions as df
import azure.functions as func
from version import VERSION

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)

WORK = f"Work-{VERSION}"
"""Every version calls an activity of its own: the history of one can't be replayed by the code of another."""


@app.function_name("BeginRound")
@app.route(route="rounds/{id}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def begin_round(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    await client.start_new("Round", req.route_params["id"])
    return func.HttpResponse(status_code=202)


@app.function_name("TakeRound")
@app.queue_trigger(arg_name="message", queue_name="rounds", connection="AzureWebJobsStorage")
@app.durable_client_input(client_name="client")
async def take_round(message: func.QueueMessage, client: df.DurableOrchestrationClient) -> None:
    await client.start_new("Round", message.get_body().decode())


@app.function_name("Tick")
@app.timer_trigger(arg_name="timer", schedule="* * * * * *")
@app.durable_client_input(client_name="client")
async def tick(timer: func.TimerRequest, client: df.DurableOrchestrationClient) -> None:
    if (await client.get_status(f"tick-{VERSION}")).instance_id is None:
        await client.start_new("Watch", f"tick-{VERSION}")


@app.function_name("Round")
@app.orchestration_trigger(context_name="context")
def run_round(context: df.DurableOrchestrationContext):
    began = yield context.call_activity(WORK, "began")
    context.set_custom_status("waits")
    yield context.wait_for_external_event("Finish")
    ended = yield context.call_activity(WORK, "ended")
    return [began, ended]


@app.function_name("Watch")
@app.orchestration_trigger(context_name="context")
def watch(context: df.DurableOrchestrationContext):
    return (yield context.call_activity(WORK, "watched"))


@app.function_name(WORK)
@app.activity_trigger(input_name="what")
def work(what: str) -> str:
    return f"{what} by {VERSION}"
