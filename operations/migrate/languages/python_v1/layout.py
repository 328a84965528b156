"""Where the copies of a version lie: a function's folder beside the original, everything else under `versions/`."""

from __future__ import annotations

from ...names import split, suffix
from ..python.reading.app import FOLDER, bare, version_of
from ..python.reading.names import package


def version_at(path: str, folders: frozenset[str]) -> str | None:
    """The frozen version that a file belongs to, by its place. `folders`: those of functions."""
    top = path.partition("/")[0]
    return version_of(path) or (split(top)[1] if top in folders else None)


class Beside:
    def __init__(self, version: str, folders: frozenset[str]) -> None:
        """`folders`: those that are copied as functions of the version."""
        self.suffix = f"_{suffix(version)}"
        self._folders = folders
        self._shared = f"{FOLDER}/{suffix(version)}"

    def path(self, path: str) -> str:
        top, slash, rest = path.partition("/")
        return f"{top}{self.suffix}{slash}{rest}" if top in self._folders else f"{self._shared}/{path}"

    def module(self, importer: str, module: str, dots: int) -> str:
        """Absolute where the original is, from the app's folder; `__app__`, the worker's name for it, stays."""
        name = bare(module)
        copied = (self.path(name.replace(".", "/")) if name else self._shared).replace("/", ".")
        if not dots:
            return copied if name == module else f"__app__.{copied}"
        own, place = package(self.path(importer)), copied.split(".")
        alike = next((at for at, (one, other) in enumerate(zip(own, place, strict=False)) if one != other), min(len(own), len(place)))
        return "." * (len(own) - alike + 1) + ".".join(place[alike:])


__all__ = ["Beside", "version_at"]
