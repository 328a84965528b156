"""The activities: what touches the outside world in a real app. Here they only compute, so that the example needs nothing else."""

from ordering.orders import total_cents

IN_STOCK = 100
"""Pieces of every article that the warehouse always has."""


def reserve_item(item: dict) -> dict:
    return {"sku": item["sku"], "reserved": item["quantity"] <= IN_STOCK}


def release_item(item: dict) -> str:
    return f"{item['quantity']} {item['sku']} back on the shelf"


def charge_order(order: dict) -> dict:
    return {"receipt": f"receipt-{order['id']}", "cents": total_cents(order)}
