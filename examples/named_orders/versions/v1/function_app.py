"""Orders with their versions side by side: what is here is the working copy, the next version. `versions/` has those that were released."""

import azure.durable_functions as df
import azure.functions as func

from . import pricing

from ._blueprint import blueprint as app


@app.function_name("ProcessOrder_v1")
@app.orchestration_trigger(context_name="context")
def process_order(context: df.DurableOrchestrationContext):
    order = context.get_input()
    charge = yield context.call_activity("ChargeOrder_v1", order)
    shipped = yield context.call_sub_orchestrator("ShipOrder_v1", order, f"{context.instance_id}:ship")
    return {"status": "done", **charge, "shipped": shipped}


@app.function_name("ShipOrder_v1")
@app.orchestration_trigger(context_name="context")
def ship_order(context: df.DurableOrchestrationContext):
    order = context.get_input()
    yield context.wait_for_external_event("PickedUp") if order.get("wait") else context.call_activity("CallCarrier_v1", order)
    return "post"


@app.function_name("ChargeOrder_v1")
@app.activity_trigger(input_name="order")
def charge_order(order: dict) -> dict:
    return {"charged_cents": pricing.total_cents(order)}


@app.function_name("CallCarrier_v1")
@app.activity_trigger(input_name="order")
def call_carrier(order: dict) -> str:
    return f"a parcel with {len(order['items'])} items"
