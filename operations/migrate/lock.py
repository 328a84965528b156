"""`versions.lock.json`: which functions a frozen version has, and the hash of every file that it is made of. To be committed with the app.

The component reads it too: a package whose frozen files changed is refused at preview.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..problem import OperationProblem
from .model import Files
from .names import is_label, order

FORMAT = 1


@dataclass(frozen=True)
class Frozen:
    functions: Mapping[str, Mapping[str, str]]
    """Name -> `kind`, and `of`: the name of the working copy's function."""
    files: Mapping[str, str]
    """Path -> SHA-256 of its content, in hexadecimal."""


@dataclass(frozen=True)
class Lock:
    language: str = ""
    versions: Mapping[str, Frozen] = field(default_factory=dict)

    @property
    def labels(self) -> list[str]:
        """Oldest first."""
        return sorted(self.versions, key=order)

    def with_version(self, label: str, frozen: Frozen, language: str) -> Lock:
        return Lock(language, {**self.versions, label: frozen})

    def without(self, label: str) -> Lock:
        return Lock(self.language, {one: frozen for one, frozen in self.versions.items() if one != label})

    def refuse_other_language(self, name: str) -> None:
        """Raises OperationProblem: versions of one programming model are invisible to the other."""
        if self.versions and self.language and self.language != name:
            raise OperationProblem(
                f"versions.lock.json was written for {self.language}, and the app is {name} by now: its frozen versions are no functions of it any "
                "more. Keep the old model until their instances have ended and `migrate prune` has taken them out."
            )

    def text(self) -> str:
        """The same lock gives the same bytes."""
        versions = {
            label: {
                "functions": {name: dict(sorted(facts.items())) for name, facts in sorted(self.versions[label].functions.items())},
                "files": dict(sorted(self.versions[label].files.items())),
            }
            for label in self.labels
        }
        return json.dumps({"format": FORMAT, "language": self.language, "versions": versions}, indent=2) + "\n"


def read_lock(text: str | None, where: str) -> Lock:
    """None: nothing was frozen yet. Raises OperationProblem if it is no lock file that this command knows."""
    if text is None:
        return Lock()
    way_out = "Take the committed one back."
    try:
        content: Any = json.loads(text)
    except ValueError as error:
        raise OperationProblem(f"{where}: is no JSON ({error}). {way_out}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("versions"), dict):
        raise OperationProblem(f"{where}: is no lock file of format {FORMAT}. {way_out}")
    try:
        versions = {str(label): Frozen(dict(one["functions"]), dict(one["files"])) for label, one in content["versions"].items()}
    except (KeyError, TypeError, ValueError):
        raise OperationProblem(f"{where}: a version in it has no functions or no files. {way_out}") from None
    if strange := [label for label in versions if not is_label(label)]:
        raise OperationProblem(f"{where}: {', '.join(map(repr, strange))} is no version. {way_out}")
    return Lock(str(content.get("language", "")), versions)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def changed_files(frozen: Frozen, files: Files) -> list[tuple[str, str]]:
    """Path and `changed` or `missing`, of the files that are not as they were frozen."""
    found = []
    for path, wanted in sorted(frozen.files.items()):
        if path not in files:
            found.append((path, "missing"))
        elif digest(files[path]) != wanted:
            found.append((path, "changed"))
    return found


def differs_in_line_ends_only(wanted: str, content: bytes) -> bool:
    """As git may check files out on Windows."""
    return digest(content.replace(b"\r\n", b"\n")) == wanted


__all__ = ["Frozen", "Lock", "changed_files", "differs_in_line_ends_only", "digest", "read_lock"]
