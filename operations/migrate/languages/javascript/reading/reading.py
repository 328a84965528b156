"""Everything that is read of an app, put together once."""

from __future__ import annotations

from functools import cached_property

from ....model import Files
from .app import App
from .functions import Declared, Functions
from .meanings import Meanings
from .references import Found, References
from .values import Values


class Reading:
    def __init__(self, files: Files) -> None:
        self.app = App(files)
        self.meanings = Meanings(self.app)
        self.values = Values(self.meanings)
        self.functions = Functions(self.app, self.meanings, self.values)

    @cached_property
    def references(self) -> dict[str, list[Found]]:
        """By file."""
        references = References(self.app, self.functions, self.meanings, self.values)
        return {path: references.of(source) for path, source in self.app.sources.items()}

    @cached_property
    def working(self) -> list[Declared]:
        return [one for one in self.functions.all if one.function.version is None and self.app.version(one.function.file) is None]


__all__ = ["Reading"]
