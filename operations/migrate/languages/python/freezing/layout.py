"""Where the copies of a version lie, and how one of them imports another."""

from __future__ import annotations

from typing import Protocol

from ....names import suffix
from ..reading.app import FOLDER, bare
from ..reading.names import package


class Layout(Protocol):
    @property
    def suffix(self) -> str:
        """Of names: `_v1_2`."""

    def path(self, path: str) -> str:
        """Of a module's copy."""

    def module(self, importer: str, module: str, dots: int) -> str:
        """The copy of `module` as the copy of file `importer` names it. `dots`: how many the original began with."""


class InPackage:
    """All copies lie in one package, as the originals lie in the app's folder, and import each other relatively."""

    def __init__(self, version: str) -> None:
        self.suffix = f"_{suffix(version)}"
        self.folder = f"{FOLDER}/{suffix(version)}"

    def path(self, path: str) -> str:
        return f"{self.folder}/{path}"

    def module(self, importer: str, module: str, dots: int) -> str:
        own = package(importer)
        if dots:
            return "." * dots + ".".join(module.split(".")[len(own) - (dots - 1) :])
        return "." * (len(own) + 1) + bare(module)


__all__ = ["InPackage", "Layout"]
