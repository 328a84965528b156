"""The functions of the order app with an entity: decorators and nothing else. What they do is in `ordering/`."""

import azure.durable_functions as df
import azure.functions as func
from ordering import process, stock
from ordering.orders import InvalidOrder, parse_order, total_cents

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.function_name("StartOrder")
@app.route(route="orders", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start_order(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    try:
        order = parse_order(req.get_body())
    except InvalidOrder as error:
        return func.HttpResponse(str(error), status_code=400)
    await process.start_once(client, order)
    return client.create_check_status_response(req, order["id"])


@app.function_name("TakeOrder")
@app.queue_trigger(arg_name="message", queue_name="incoming-orders", connection="AzureWebJobsStorage")
@app.durable_client_input(client_name="client")
async def take_order(message: func.QueueMessage, client: df.DurableOrchestrationClient) -> None:
    await process.start_once(client, parse_order(message.get_body()))


@app.function_name(process.PROCESS_ORDER)
@app.orchestration_trigger(context_name="context")
def process_order(context: df.DurableOrchestrationContext):
    return (yield from process.process_order(context))


@app.function_name(process.STOCK)
@app.entity_trigger(context_name="context")
def stock_entity(context: df.DurableEntityContext) -> None:
    count = context.get_state(lambda: stock.INITIAL_COUNT)
    count, result = stock.operate(count, context.operation_name, context.get_input())
    context.set_state(count)
    context.set_result(result)


@app.function_name("ChargeOrder")
@app.activity_trigger(input_name="order")
def charge_order(order: dict) -> dict:
    return {"receipt": f"receipt-{order['id']}", "cents": total_cents(order)}
