"""The orchestration of an order. Deterministic: time comes from the context, everything else from activities and entities."""

from datetime import timedelta

from azure.durable_functions import DurableOrchestrationClient, DurableOrchestrationContext, EntityId, OrchestrationRuntimeStatus

PROCESS_ORDER = "ProcessOrder"
STOCK = "Stock"
TIME_TO_WITHDRAW = timedelta(minutes=5)


async def start_once(client: DurableOrchestrationClient, order: dict) -> None:
    """One orchestration per order id, however often its message is delivered."""
    status = await client.get_status(order["id"])
    if status is None or status.runtime_status in (None, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated):
        await client.start_new(PROCESS_ORDER, order["id"], order)


def process_order(context: DurableOrchestrationContext):
    order = context.get_input()
    items = order["items"]
    reserved = yield context.task_all([context.call_entity(EntityId(STOCK, item["sku"]), "reserve", item["quantity"]) for item in items])
    missing = sorted(item["sku"] for item, success in zip(items, reserved, strict=True) if not success)
    if missing:
        given_back = [item for item, success in zip(items, reserved, strict=True) if success]
        if given_back:
            yield context.task_all(
                [context.call_entity(EntityId(STOCK, item["sku"]), "give_back", item["quantity"]) for item in given_back]
            )
        return {"status": "out of stock", "missing": missing}
    yield context.create_timer(context.current_utc_datetime + TIME_TO_WITHDRAW)
    charge = yield context.call_activity("ChargeOrder", order)
    return {"status": "done", **charge}
