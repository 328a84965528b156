"""The orchestration of an order. Deterministic: time comes from the context, everything else from activities."""

from datetime import timedelta

from azure.durable_functions import DurableOrchestrationClient, DurableOrchestrationContext, OrchestrationRuntimeStatus

from ordering.orders import total_cents

PROCESS_ORDER = "ProcessOrder"
APPROVAL_FROM_CENTS = 100_000
APPROVAL_DEADLINE = timedelta(hours=72)
TIME_TO_WITHDRAW = timedelta(minutes=5)


async def start_once(client: DurableOrchestrationClient, order: dict) -> None:
    """One orchestration per order id, however often its message is delivered."""
    status = await client.get_status(order["id"])
    if status is None or status.runtime_status in (None, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated):
        await client.start_new(PROCESS_ORDER, order["id"], order)


def process_order(context: DurableOrchestrationContext):
    order = context.get_input()
    context.set_custom_status("reserving")
    reservations = yield context.task_all([context.call_activity("ReserveItem", item) for item in order["items"]])
    missing = sorted(one["sku"] for one in reservations if not one["reserved"])
    if missing:
        yield from _release(context, [item for item, one in zip(order["items"], reservations, strict=True) if one["reserved"]])
        return {"status": "out of stock", "missing": missing}

    if total_cents(order) >= APPROVAL_FROM_CENTS:
        context.set_custom_status("waiting for approval")
        approved = yield from _approved_in_time(context)
        if not approved:
            yield from _release(context, order["items"])
            return {"status": "not approved"}

    context.set_custom_status("can be withdrawn")
    yield context.create_timer(context.current_utc_datetime + TIME_TO_WITHDRAW)
    context.set_custom_status("charging")
    charge = yield context.call_activity("ChargeOrder", order)
    return {"status": "done", **charge}


def _approved_in_time(context: DurableOrchestrationContext):
    """Whether an `Approval` event with `true` came before the deadline."""
    approval = context.wait_for_external_event("Approval")
    deadline = context.create_timer(context.current_utc_datetime + APPROVAL_DEADLINE)
    winner = yield context.task_any([approval, deadline])
    if winner is not approval:
        return False
    deadline.cancel()
    return approval.result is True


def _release(context: DurableOrchestrationContext, items: list[dict]):
    if items:
        yield context.task_all([context.call_activity("ReleaseItem", item) for item in items])
