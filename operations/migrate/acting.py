"""Reads an app, asks what is to be done, and does it whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .alone import alone
from .applying import apply, recover
from .checking import check
from .finding import Finding
from .freezing import Choice, Plan, plan_freeze
from .languages import language_of
from .lock import Lock, read_lock
from .model import Files, Language
from .pruning import Needed, Prune, decide_prune, plan_prune
from .tree import LOCK, read_tree

Say = Callable[[str], None]


@dataclass(frozen=True)
class Effect:
    """What changes on the disk, the lock file included."""

    files: Files
    """As they were."""
    writes: Mapping[str, bytes]
    deletes: tuple[str, ...]


@dataclass(frozen=True)
class _App:
    folder: Path
    files: Files
    lock: Lock
    lock_text: bytes | None
    language: Language

    def effect(self, writes: Mapping[str, bytes], deletes: tuple[str, ...], lock: Lock) -> Effect:
        before = dict(self.files) if self.lock_text is None else {**self.files, LOCK: self.lock_text}
        if lock != self.lock:
            writes = {**writes, LOCK: lock.text().encode()}
        return Effect(before, writes, deletes)


def freeze_app(folder: Path, version: str, choice: Choice, *, act: bool, say: Say) -> tuple[Effect, Plan]:
    """Raises OperationProblem; then nothing was changed."""
    with _open(folder, say) as app:
        plan = plan_freeze(app.files, app.lock, app.language, version, choice)
        effect = app.effect(plan.writes, plan.deletes, plan.lock)
        if act:
            apply(folder, effect.writes, effect.deletes)
        return effect, plan


def check_app(folder: Path, say: Say) -> list[Finding]:
    with _open(folder, say) as app:
        return check(app.files, app.lock, app.language.index(app.files), app.language.name)


def prune_app(folder: Path, ask: Callable[[], Needed], keep: int, *, act: bool, say: Say) -> tuple[Effect, Prune]:
    """`ask` is called once, and only if there is a version that could go. Raises OperationProblem; then nothing was changed."""
    with _open(folder, say) as app:
        needed = ask() if len(app.lock.labels) > keep else Needed()
        gone, stays = decide_prune(app.lock, needed, keep)
        planned = plan_prune(app.files, app.lock, app.language, gone, stays)
        effect = app.effect(planned.writes, planned.deletes, planned.lock)
        if act:
            apply(folder, effect.writes, effect.deletes)
        return effect, planned


@contextmanager
def _open(folder: Path, say: Say) -> Iterator[_App]:
    """A change that was killed half way is undone first, even by a command that changes nothing. Raises OperationProblem."""
    with alone(folder):
        if folder.is_dir() and recover(folder):
            say(f"{folder}: an earlier change was stopped half way. It was undone.")
        files = read_tree(folder)
        lock_file = folder / LOCK
        text = lock_file.read_bytes() if lock_file.is_file() else None
        lock = read_lock(None if text is None else text.decode("utf-8-sig", "replace"), str(lock_file))
        yield _App(folder, files, lock, text, language_of(files, str(folder)))


__all__ = ["Effect", "check_app", "freeze_app", "prune_app"]
