"""The router as an Azure Functions app: one function for the apps' requests, those for operators, and the monitor's two triggers.

Looking and asking need a key of the host or of the function; whatever changes something needs the master key, which Azure lists to whoever may
deploy: a key that clients have opens none of it. Requests and answers are streamed (Microsoft docs, "Azure Functions Python developer guide", HTTP streams), which below Python 3.13 wants
PYTHON_ENABLE_INIT_INDEXING=1.
"""

from __future__ import annotations

import os

import azure.functions as func
from azurefunctions.extensions.http.fastapi import Request, StreamingResponse

from .forwarding import problem
from .settings import CONNECTION, WORK_QUEUE, Settings, auth_level
from .web.adapting import answered, arrived, principal_of, wants_page
from .web.orders import MAXIMUM_BODY
from .web.reading import TooLong, whole
from .wiring import LOG, Opened, public_base

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
_opened = Opened(lambda: Settings.of(os.environ))
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@app.function_name("route")
@app.route(route="{*path}", methods=_ALL, auth_level=func.AuthLevel[auth_level(os.environ)])
async def route(req: Request) -> StreamingResponse:
    """Everything that is an app's."""
    request = arrived(req)
    try:
        router = await _opened.router()
    except Exception:
        LOG.exception("the router can't begin")
        return answered(problem(503, "RouterNotReady", "The router can't begin; its log says why.", retry_after=10, sent=False))
    return answered(await router.service.handle(request, public_base(router.blueprint, request.scheme, request.host)))


@app.function_name("versions")
@app.route(route="api/versions", methods=["GET"])
async def versions(req: Request) -> StreamingResponse:
    return answered(await (await _opened.router()).operators.versions(as_page=wants_page(req)))


@app.function_name("deploy")
@app.route(route="api/deployments", methods=["POST"], auth_level=func.AuthLevel.ADMIN)
async def deploy(req: Request) -> StreamingResponse:
    operators = (await _opened.router()).operators
    return answered(await operators.deploy(await _body(req), principal_of(req)))


@app.function_name("retire")
@app.route(route="api/versions/{line}/retire", methods=["POST"], auth_level=func.AuthLevel.ADMIN)
async def retire(req: Request) -> StreamingResponse:
    operators = (await _opened.router()).operators
    return answered(await operators.retire(req.path_params["line"], await _body(req), principal_of(req)))


@app.function_name("retry")
@app.route(route="api/versions/{line}/retry", methods=["POST"], auth_level=func.AuthLevel.ADMIN)
async def retry(req: Request) -> StreamingResponse:
    operators = (await _opened.router()).operators
    return answered(await operators.retry(req.path_params["line"], principal_of(req)))


@app.function_name("default")
@app.route(route="api/default", methods=["PUT", "DELETE"], auth_level=func.AuthLevel.ADMIN)
async def default(req: Request) -> StreamingResponse:
    operators = (await _opened.router()).operators
    if req.method == "DELETE":
        return answered(await operators.unpin(principal_of(req)))
    return answered(await operators.pin(await _body(req), principal_of(req)))


@app.function_name("monitor")
@app.timer_trigger(schedule="*/30 * * * * *", arg_name="timer", use_monitor=False)
async def monitor(timer: func.TimerRequest) -> None:
    await (await _opened.router()).look()


@app.function_name("work")
@app.queue_trigger(arg_name="message", queue_name=WORK_QUEUE, connection=CONNECTION)
async def work(message: func.QueueMessage) -> None:
    await (await _opened.router()).look()


async def _body(request: Request) -> bytes:
    """Longer than any operator's: the rest is not read, and it is refused as what it is."""
    try:
        return await whole(request.stream(), MAXIMUM_BODY)
    except TooLong:
        return b" " * (MAXIMUM_BODY + 1)
