"""The languages that can be migrated, each by a real parser. The first that recognises an app is taken."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from ...problem import OperationProblem
from ..model import Files, Language

KNOWN = ("python", "python_v1", "javascript", "csharp")


def language_of(files: Files, where: str) -> Language:
    """Raises OperationProblem if none recognises the app."""
    for language in _languages():
        if language.recognises(files):
            return language
    raise OperationProblem(
        f"{where}: no Durable Functions app was recognised there. Known are Python (both models), C# (in-process and isolated), JavaScript and "
        "TypeScript (both models). Give the folder that holds the app's host.json."
    )


def _languages() -> Iterator[Language]:
    """One by one: each parser takes a moment to load."""
    for name in KNOWN:
        language: Language = import_module(f".{name}", __name__).LANGUAGE
        yield language


__all__ = ["KNOWN", "language_of"]
