"""An order as it arrives: JSON, checked once at the door."""

import json
import re


class InvalidOrder(ValueError):
    """What arrived is not an order. The message is for the sender."""


def parse_order(body: bytes) -> dict:
    """`{"id": str, "items": [{"sku": str, "quantity": int, "cents": int}]}`; the id names the orchestration. Raises InvalidOrder."""
    try:
        order = json.loads(body)
    except ValueError:
        raise InvalidOrder("an order is a JSON object") from None
    if not isinstance(order, dict) or not re.fullmatch(r"[A-Za-z0-9-]{1,64}", str(order.get("id", ""))):
        raise InvalidOrder("id: 1 to 64 letters, digits and hyphens")
    items = order.get("items")
    if not isinstance(items, list) or not items:
        raise InvalidOrder("items: a list with at least one item")
    return {"id": str(order["id"]), "items": [_parse_item(item, index) for index, item in enumerate(items)]}


def _parse_item(item: object, index: int) -> dict:
    if not isinstance(item, dict) or not isinstance(item.get("sku"), str) or not item["sku"]:
        raise InvalidOrder(f"items[{index}].sku: a text")
    for field in ("quantity", "cents"):
        if type(item.get(field)) is not int or item[field] < 1:
            raise InvalidOrder(f"items[{index}].{field}: a whole number from 1 on")
    return {"sku": item["sku"], "quantity": item["quantity"], "cents": item["cents"]}


def total_cents(order: dict) -> int:
    return sum(item["quantity"] * item["cents"] for item in order["items"])
