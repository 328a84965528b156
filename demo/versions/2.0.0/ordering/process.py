"""The orchestration of an order, second version: a customer is checked first, and nobody approves any more.

Other steps in another order: an instance that the first version began can't go on with this code.
"""

from datetime import timedelta

from azure.durable_functions import DurableOrchestrationClient, DurableOrchestrationContext, OrchestrationRuntimeStatus

PROCESS_ORDER = "ProcessOrder"
TIME_TO_WITHDRAW = timedelta(minutes=5)


async def start_once(client: DurableOrchestrationClient, order: dict) -> None:
    """One orchestration per order id, however often its message is delivered."""
    status = await client.get_status(order["id"])
    if status is None or status.runtime_status in (None, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated):
        await client.start_new(PROCESS_ORDER, order["id"], order)


def process_order(context: DurableOrchestrationContext):
    order = context.get_input()
    context.set_custom_status("checking the customer")
    yield context.call_activity("CheckCustomer", order["id"])
    context.set_custom_status("reserving")
    yield context.task_all([context.call_activity("ReserveItem", item) for item in order["items"]])
    context.set_custom_status("can be withdrawn")
    yield context.create_timer(context.current_utc_datetime + TIME_TO_WITHDRAW)
    charge = yield context.call_activity("ChargeOrder", order)
    return {"status": "done", **charge}
