"""The files of a package, from a directory or a zip, with one way to read either."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..._several_problems import SeveralProblems
from ._ignore import ALWAYS_LEFT_OUT, IgnoreRules


class PackageProblem(SeveralProblems):
    """The package cannot be deployed as it is."""


@dataclass(frozen=True)
class FileEntry:
    """One file: size in bytes and the hexadecimal SHA-256 of its content."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """`files` by relative path with `/`, sorted; `read` gives one file's bytes."""

    path: str
    kind: Literal["directory", "zip"]
    files: Mapping[str, FileEntry]
    read: Callable[[str], bytes]


def open_contents(path: str) -> Contents:
    """Raises PackageProblem: nothing there, no directory or zip, unreadable, empty, links that lead out, entries that can't be unpacked."""
    absolute = Path(path).expanduser().absolute()
    if not absolute.exists():
        raise PackageProblem([f"package {path!r}: no such file or directory ({absolute}): give the app's directory or a .zip file"])
    contents = _open_directory(absolute) if absolute.is_dir() else _open_zip(absolute)
    if not contents.files:
        raise PackageProblem([f"package {path!r}: there are no files in it: give the folder that holds host.json"])
    return contents


def _open_directory(root: Path) -> Contents:
    problems: list[str] = []
    files: dict[str, FileEntry] = {}
    for relative, file in _walk(root, _ignore_rules(root), problems):
        try:
            files[relative] = _digest(file)
        except OSError as error:
            problems.append(f"package {str(root)!r}: {relative} cannot be read: {error.strerror}")
    if problems:
        raise PackageProblem(problems)
    return Contents(str(root), "directory", dict(sorted(files.items())), reader(str(root), "directory"))


def _ignore_rules(root: Path) -> IgnoreRules:
    try:
        return IgnoreRules((root / ".funcignore").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return IgnoreRules()
    except UnicodeDecodeError:
        raise PackageProblem([f"package {str(root)!r}: .funcignore is not UTF-8 text: save it as UTF-8"]) from None


def _walk(root: Path, rules: IgnoreRules, problems: list[str]) -> Iterator[tuple[str, Path]]:
    """Every file that belongs to the package. Links to files inside it count as files; all other links are problems."""
    real_root = root.resolve()
    for folder, folders, names in os.walk(root, onerror=lambda error: problems.append(f"package {str(root)!r}: {error}")):
        here = Path(folder).relative_to(root)
        kept: list[str] = []
        for name in sorted(folders):
            relative = (here / name).as_posix()
            if rules.ignores(relative, is_folder=True):
                continue
            if (root / relative).is_symlink():
                problems.append(f"package {str(root)!r}: {relative} is a link to a folder: copy the folder here, or name it in .funcignore")
                continue
            kept.append(name)
        folders[:] = kept
        for name in sorted(names):
            relative = (here / name).as_posix()
            if rules.ignores(relative, is_folder=False):
                continue
            file = root / relative
            if not file.is_file():
                problems.append(
                    f"package {str(root)!r}: {relative} is not a file, or a link to nothing: remove it, or name it in .funcignore"
                )
            elif file.is_symlink() and not file.resolve().is_relative_to(real_root):
                problems.append(f"package {str(root)!r}: {relative} is a link out of the package: copy the file, or name it in .funcignore")
            else:
                yield relative, file


def _digest(file: Path) -> FileEntry:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return FileEntry(stream.tell(), digest.hexdigest())


def _open_zip(path: Path) -> Contents:
    """A zip is taken as it is, `.funcignore` included: whoever made it has chosen its files."""
    problems: list[str] = []
    files: dict[str, FileEntry] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                if problem := _entry_problem(info, files):
                    problems.append(f"package {str(path)!r}: {problem}")
                    continue
                content = archive.read(info)
                files[info.filename] = FileEntry(len(content), hashlib.sha256(content).hexdigest())
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError) as error:
        raise PackageProblem(
            [f"package {str(path)!r}: not a readable zip file ({error}): give the app's directory or make the zip again"]
        ) from None
    if problems:
        raise PackageProblem(problems)
    return Contents(str(path), "zip", dict(sorted(files.items())), reader(str(path), "zip"))


def reader(path: str, kind: Literal["directory", "zip"]) -> Callable[[str], bytes]:
    """Gives the bytes of the files of an opened package."""
    if kind == "zip":
        return lambda name: _read_entry(Path(path), name)
    return lambda name: (Path(path) / name).read_bytes()


def _read_entry(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def _entry_problem(info: zipfile.ZipInfo, seen: Mapping[str, FileEntry]) -> str | None:
    name, segments = info.filename, info.filename.split("/")
    if "\\" in info.orig_filename:
        return f"{info.orig_filename} has a backslash in its name: make the zip with a tool that writes forward slashes"
    if name.startswith("/") or ".." in segments or ":" in segments[0]:
        return f"{name} would be unpacked outside the package: make the zip again with relative names"
    if info.flag_bits & 0x1:
        return f"{name} is encrypted: make the zip again without a password"
    if name in seen:
        return f"{name} is in the zip twice: make the zip again"
    if segments[-1] in ALWAYS_LEFT_OUT - {".funcignore", "__pycache__"} or ".git" in segments or ".venv" in segments:
        return f"{name} must not be deployed: make the zip again without it"
    return None


__all__ = ["Contents", "FileEntry", "PackageProblem", "open_contents", "reader"]
