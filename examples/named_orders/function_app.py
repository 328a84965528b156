"""Orders with their versions side by side: what is here is the working copy, the next version. `versions/` has those that were released."""

import azure.durable_functions as df
import azure.functions as func

import pricing
from starting import NoSuchVersion, name_of
from versions.v1 import blueprint as versions_v1
from versions.v2 import blueprint as versions_v2

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)
app.register_functions(versions_v1)
app.register_functions(versions_v2)


@app.function_name("StartOrder")
@app.route(route="orders/{id}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start_order(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """A version that the request names is started as it is: so a staged version is tried before any client is told of it."""
    id = req.route_params["id"]
    try:
        name = name_of("ProcessOrder", req.params.get("version"))
    except NoSuchVersion as error:
        return func.HttpResponse(str(error), status_code=400)
    await client.start_new(name, id, req.get_json())
    return client.create_check_status_response(req, id)


@app.function_name("ProcessOrder")
@app.orchestration_trigger(context_name="context")
def process_order(context: df.DurableOrchestrationContext):
    order = context.get_input()
    customer = yield context.call_activity("CheckCustomer", order)
    if not customer["known"]:
        return {"status": "refused"}
    charge = yield context.call_activity("ChargeOrder", order)
    shipped = yield context.call_sub_orchestrator("ShipOrder", order, f"{context.instance_id}:ship")
    return {"status": "done", **charge, "shipped": shipped}


@app.function_name("ShipOrder")
@app.orchestration_trigger(context_name="context")
def ship_order(context: df.DurableOrchestrationContext):
    order = context.get_input()
    yield context.wait_for_external_event("PickedUp") if order.get("wait") else context.call_activity("CallCarrier", order)
    return "courier"


@app.function_name("CheckCustomer")
@app.activity_trigger(input_name="order")
def check_customer(order: dict) -> dict:
    return {"known": order.get("customer") != "nobody"}


@app.function_name("ChargeOrder")
@app.activity_trigger(input_name="order")
def charge_order(order: dict) -> dict:
    return {"charged_cents": pricing.total_cents(order)}


@app.function_name("CallCarrier")
@app.activity_trigger(input_name="order")
def call_carrier(order: dict) -> str:
    return f"a parcel with {len(order['items'])} items"
