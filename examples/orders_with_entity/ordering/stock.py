"""The stock of one article, as plain arithmetic: the entity only keeps the number."""

INITIAL_COUNT = 100


def operate(count: int, operation: str, quantity: int | None) -> tuple[int, int | bool]:
    """The new count and the answer. Raises ValueError for an operation that stock does not know."""
    if operation == "count":
        return count, count
    if operation == "reserve" and quantity is not None:
        return (count - quantity, True) if quantity <= count else (count, False)
    if operation in ("give_back", "restock") and quantity is not None:
        return count + quantity, count + quantity
    raise ValueError(f"stock has no operation {operation!r} with the input {quantity!r}")
