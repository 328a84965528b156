"""A package's way into the container: once per content, by Entra ID, noted where the component looks before it uploads one itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .container import PackageContainer
from .naming import blob_name, mark


@dataclass(frozen=True)
class Uploaded:
    url: str
    """What `package.url` is to be set to."""
    new: bool
    """False: the same content was there already."""


def upload_package(
    package: Path, digest: str, site: str, container: PackageContainer, *, say: Callable[[str], None] = lambda _: None
) -> Uploaded:
    """`digest` is the package's content digest. The blob first, its note after: a note without a blob would keep others from uploading it."""
    blob = blob_name(site, digest)
    new = not container.has(blob)
    if new:
        say(f"uploading {package} as {blob}")
        container.upload(blob, package)
    else:
        say(f"{blob} is in the container already")
    container.change_metadata(add={mark(digest): "uploaded"})
    return Uploaded(container.url_of(blob), new)


__all__ = ["Uploaded", "upload_package"]
