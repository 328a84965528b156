"""Which packages may go: a pure decision, and its execution. Whatever a slot may still start from stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..problem import OperationProblem
from .container import Blob, PackageContainer
from .naming import MANAGED, digest_of, mark


@dataclass(frozen=True)
class Fate:
    blob: Blob
    kept: str | None
    """Why it stays; None: it may go."""


@dataclass(frozen=True)
class Pruning:
    fates: tuple[Fate, ...]
    """Newest first."""
    strangers: int
    """Blobs with names of their own: never looked at, never removed."""

    @property
    def removed(self) -> list[Blob]:
        return [fate.blob for fate in self.fates if fate.kept is None]

    def as_json(self) -> dict[str, Any]:
        return {
            "kept": {fate.blob.name: fate.kept for fate in self.fates if fate.kept is not None},
            "removed": [blob.name for blob in self.removed],
            "freed_bytes": sum(blob.size for blob in self.removed),
            "others": self.strangers,
        }


def decide_pruning(blobs: Sequence[Blob], site: str, named: Mapping[str, str], keep: int, managed: str | None) -> Pruning:
    """`named`: package URL -> who names it, such as "slot 'staging' runs it". `keep` of the newest stay besides, whoever names them.

    `managed` is the digest of the blob that Pulumi's state holds: it stays, or the next update would take it for uploaded.
    """
    reasons = {urlsplit(url).path.rpartition("/")[2]: why for url, why in named.items()}
    own = sorted((blob for blob in blobs if digest_of(blob.name, site)), key=lambda blob: (blob.modified, blob.name), reverse=True)
    fates = []
    for index, blob in enumerate(own):
        why = reasons.get(blob.name)
        if why is None and digest_of(blob.name, site) == managed:
            why = "Pulumi's state holds it"
        if why is None and index < keep:
            why = f"it is one of the newest {keep}"
        fates.append(Fate(blob, why))
    return Pruning(tuple(fates), len(blobs) - len(own))


def prune(
    container: PackageContainer,
    site: str,
    named: Callable[[], Mapping[str, str]],
    keep: int,
    *,
    really: bool,
    say: Callable[[str], None] = lambda _: None,
) -> Pruning:
    """Raises OperationProblem. `named` is asked twice: again right before anything is removed, since a swap or an update may have come between."""
    if keep < 0:
        raise OperationProblem(f"--keep {keep}: give 0 or more.")
    managed = container.metadata().get(MANAGED)
    pruning = decide_pruning(container.blobs(), site, named(), keep, managed)
    if not really or not pruning.removed:
        return pruning
    still = decide_pruning([blob for blob in pruning.removed], site, named(), 0, container.metadata().get(MANAGED))
    saved = {fate.blob.name: fate.kept for fate in still.fates if fate.kept is not None}
    fates = tuple(Fate(fate.blob, fate.kept or saved.get(fate.blob.name)) for fate in pruning.fates)
    pruning = Pruning(fates, pruning.strangers)
    going = pruning.removed
    # The notes first. Killed in between, a blob without a note is found by the next prune; a note without a blob would be believed.
    container.change_metadata(remove=[mark(digest) for blob in going if (digest := digest_of(blob.name, site))])
    for blob in going:
        say(f"removing {blob.name}")
        container.delete(blob.name)
    return pruning


__all__ = ["Fate", "Pruning", "decide_pruning", "prune"]
