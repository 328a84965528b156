"""The hash of a package's content: names and bytes, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ._contents import FileEntry


def hash_files(files: Mapping[str, FileEntry]) -> str:
    """Hexadecimal SHA-256. Names are sorted and ended by a NUL, which no name can contain, so that no two packages read alike."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + bytes.fromhex(files[name].sha256))
    return digest.hexdigest()


__all__ = ["hash_files"]
