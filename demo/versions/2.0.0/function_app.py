"""The functions of the order app, second version: decorators and nothing else. What they do is in `ordering/`."""

import azure.durable_functions as df
import azure.functions as func
from ordering import process, work
from ordering.orders import InvalidOrder, parse_order

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


@app.function_name(process.PROCESS_ORDER)
@app.orchestration_trigger(context_name="context")
def process_order(context: df.DurableOrchestrationContext):
    return (yield from process.process_order(context))


@app.function_name("CheckCustomer")
@app.activity_trigger(input_name="order_id")
def check_customer(order_id: str) -> str:
    return f"customer of {order_id} is known"


@app.function_name("ReserveItem")
@app.activity_trigger(input_name="item")
def reserve_item(item: dict) -> dict:
    return work.reserve_item(item)


@app.function_name("ChargeOrder")
@app.activity_trigger(input_name="order")
def charge_order(order: dict) -> dict:
    return work.charge_order(order)
