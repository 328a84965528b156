"""What an order costs. Each frozen version has a copy of this of its own, so that a change here reaches new versions only."""

SENT_FREE_FROM_CENTS = 5_000
SENDING_CENTS = 490


def total_cents(order: dict) -> int:
    items = sum(item["quantity"] * item["cents"] for item in order["items"])
    return items if items >= SENT_FREE_FROM_CENTS else items + SENDING_CENTS
