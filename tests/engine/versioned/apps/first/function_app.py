"""Version 1.0 of examples/versioned_orders: what its 2.0 has to go on with."""

import azure.durable_functions as df
import azure.functions as func
from starting import Starting

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)
starting = Starting.of_app_settings()


@app.function_name("StartOrder")
@app.route(route="orders/{id}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def start_order(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    id = req.route_params["id"]
    version = req.params.get("version") or await starting.version_for(id)
    await client.start_new("ProcessOrder", id, req.get_json(), version=version)
    return client.create_check_status_response(req, id)


@app.function_name("ProcessOrder")
@app.orchestration_trigger(context_name="context")
def process_order(context: df.DurableOrchestrationContext):
    order = context.get_input()
    charge = yield context.call_activity("ChargeOrder", order)
    shipped = yield context.call_sub_orchestrator("ShipOrder", order, f"{context.instance_id}:ship", version=context.version)
    return {"version": context.version, "status": "done", **charge, "shipped": shipped}


@app.function_name("ShipOrder")
@app.orchestration_trigger(context_name="context")
def ship_order(context: df.DurableOrchestrationContext):
    order = context.get_input()
    yield context.wait_for_external_event("PickedUp") if order.get("wait") else context.call_activity("CallCarrier", order)
    return {"version": context.version, "carrier": "post"}


@app.function_name("ChargeOrder")
@app.activity_trigger(input_name="order")
def charge_order(order: dict) -> dict:
    return {"charged_cents": sum(item["quantity"] * item["cents"] for item in order["items"])}


@app.function_name("CallCarrier")
@app.activity_trigger(input_name="order")
def call_carrier(order: dict) -> str:
    return f"a parcel with {len(order['items'])} items"
