"""What a package is called in the container: by what is in it, as the component names the packages that it uploads itself.

So the same content lies there once, whoever uploaded it. The digest is over the names and contents of the files, not over the zip's
bytes, which depend on who packed it; a test holds it together with the component's.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path

DIGITS = 16


def content_digest(package: Path) -> str:
    """The first 16 hexadecimal digits of the SHA-256 over sorted names, each ended by a NUL and followed by its content's SHA-256."""
    whole = hashlib.sha256()
    with zipfile.ZipFile(package) as archive:
        for name in sorted(info.filename for info in archive.infolist() if not info.is_dir()):
            whole.update(name.encode() + b"\0" + hashlib.sha256(archive.read(name)).digest())
    return whole.hexdigest()[:DIGITS]


def blob_name(site: str, digest: str) -> str:
    return f"{site}-{digest}.zip"


def digest_of(blob: str, site: str) -> str | None:
    """The digest in a name that `blob_name` made; None for any other name."""
    match = re.fullmatch(rf"{re.escape(site)}-([0-9a-f]{{{DIGITS}}})\.zip", blob)
    return match[1] if match else None


def mark(digest: str) -> str:
    """The entry of the container's metadata that says: this was uploaded. Metadata names are C# identifiers: a letter first."""
    return f"h{digest}"


MANAGED = "managed"
"""The entry that names the one blob which Pulumi's state holds."""

__all__ = ["MANAGED", "blob_name", "content_digest", "digest_of", "mark"]
