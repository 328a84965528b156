"""The bytes that an asset or archive stands for, as the engine's SDK would read them (pulumi, sdk/go/common/resource/archive).

Entries come in sorted key order, directories sorted level by level, and the first entry of a path wins. A zip or tar file given by
path is a zip again unless it was one already: then it is taken byte for byte.
"""

from __future__ import annotations

import io
import os
import posixpath
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .problem import ProviderError
from .shapes.wire import Source

_EPOCH = (1990, 1, 1, 0, 0, 0)
"""The date of every entry, so that equal content makes equal archives."""
_TARS = (".tar", ".tgz", ".tar.gz")


def content_of(source: Source) -> bytes:
    """Raises ProviderError if a file can't be read or a kind of source is not supported."""
    if not source.is_archive:
        return _asset_bytes(source.raw)
    path = source.raw.get("path")
    if path and _is_file(path, (".zip", ".jar")):
        return _read(_resolved(path))
    return zipped(list(_entries(source.raw, "")))


def zipped(entries: list[tuple[str, bytes]]) -> bytes:
    buffer, seen = io.BytesIO(), set()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            if name not in seen:
                seen.add(name)
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _entries(raw: Any, prefix: str) -> Iterator[tuple[str, bytes]]:
    if raw.get("assets"):
        for name in sorted(raw["assets"]):
            item, path = raw["assets"][name], posixpath.normpath(posixpath.join(prefix, name)).lstrip("/")
            if _is_archive(item):
                yield from _entries(item, "" if path == "." else path)
            else:
                yield path, _asset_bytes(item)
    elif raw.get("path"):
        yield from _file_archive(raw["path"], prefix)
    elif raw.get("uri"):
        raise ProviderError(f"the embedded Azure does not fetch archives: {raw['uri']}")


def _file_archive(path: str, prefix: str) -> Iterator[tuple[str, bytes]]:
    root = _resolved(path)
    if root.is_dir():
        found = _directory(root, "")
    elif _is_file(path, (".zip", ".jar")):
        found = _zip_entries(root)
    elif _is_file(path, _TARS):
        found = _tar_entries(root)
    else:
        raise ProviderError(f"'{path}' is neither a directory nor a zip or tar archive")
    for name, content in found:
        yield posixpath.join(prefix, name), content


def _directory(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Empty folders, links to folders and `.pulumi` are left out."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name = posixpath.join(prefix, entry.name)
        if entry.is_dir(follow_symlinks=False):
            if entry.name != ".pulumi":
                yield from _directory(Path(entry.path), name)
        elif entry.is_file():
            yield name, _read(Path(entry.path))


def _zip_entries(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield info.filename, archive.read(info)


def _tar_entries(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield member.name, file.read()


def _asset_bytes(raw: Any) -> bytes:
    if raw.get("path"):
        return _read(_resolved(raw["path"]))
    if raw.get("uri"):
        raise ProviderError(f"the embedded Azure does not fetch assets: {raw['uri']}")
    return str(raw.get("text", "")).encode()


def _is_archive(raw: Any) -> bool:
    return Source(raw.get("hash", ""), raw).is_archive


def _is_file(path: str, endings: tuple[str, ...]) -> bool:
    return path.lower().endswith(endings) and not os.path.isdir(path)


def _resolved(path: str) -> Path:
    """The provider's working directory is not the program's: a relative path is taken only if something is there."""
    if os.path.isabs(path) or os.path.exists(path):
        return Path(path)
    raise ProviderError(
        f"the path '{path}' is relative and does not exist where the embedded Azure runs ({os.getcwd()}): give assets absolute paths"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ProviderError(f"reading asset bytes: {problem}") from problem
