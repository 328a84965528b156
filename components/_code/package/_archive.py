"""A package with the rendered host.json laid over it: its hash, and the archive that Pulumi uploads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pulumi

from ._contents import FileEntry
from ._hash import hash_files
from ._reading import Package


def content_hash(package: Package, host_json_text: str) -> str:
    """Hexadecimal SHA-256 of what will be deployed: the package's files with `host_json_text` in place of its own host.json."""
    text = host_json_text.encode()
    return hash_files({**package.files, "host.json": FileEntry(len(text), hashlib.sha256(text).hexdigest())})


def archive(package: Package, host_json_text: str) -> pulumi.AssetArchive:
    """For `storage.Blob(source=…)`. All paths are absolute, because a provider process has its own working directory.

    Of two entries with one path the engine silently keeps the first in the order of the keys, so a plain `host.json` beside a `.` would
    lose; `""` comes before `"."`.
    """
    host_json = pulumi.StringAsset(host_json_text)
    if package.kind == "zip":
        return pulumi.AssetArchive({"": pulumi.AssetArchive({"host.json": host_json}), ".": pulumi.FileArchive(package.path)})
    assets: dict[str, pulumi.Asset | pulumi.Archive] = {name: pulumi.FileAsset(str(Path(package.path) / name)) for name in package.files}
    return pulumi.AssetArchive({**assets, "host.json": host_json})


__all__ = ["archive", "content_hash"]
