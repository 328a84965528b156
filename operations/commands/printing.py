"""How the commands of a checkout print: answers on standard output, progress on standard error."""

from __future__ import annotations

from rich.console import Console

errors = Console(stderr=True, highlight=False, soft_wrap=True)
answers = Console(highlight=False, soft_wrap=True)


def progress(update: object, step: str) -> None:
    """One line per step where nobody watches, a spinner where somebody does."""
    if errors.is_terminal and callable(update):
        update(step)
    else:
        errors.print(f"operations: {step}", markup=False)


__all__ = ["answers", "errors", "progress"]
