"""How the commands of a checkout print: answers on standard output, progress on standard error."""

from __future__ import annotations

import sys

from rich.console import Console

_FREE = 1000
"""Columns where nobody watches: Rich takes 80 there, and cuts addresses off."""

errors = Console(stderr=True, highlight=False, soft_wrap=True)
answers = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _FREE)


def progress(update: object, step: str) -> None:
    """One line per step where nobody watches, a spinner where somebody does."""
    if errors.is_terminal and callable(update):
        update(step)
    else:
        errors.print(f"operations: {step}", markup=False)


__all__ = ["answers", "errors", "progress"]
