"""Which packages lie in the container already: kept in the container's metadata, because Pulumi can't look a blob up.

A blob that exists is referenced, not created again (v1, v2, v3, then v1), and a blob that the state still manages stays declared.
The container remembers both: every uploaded hash, and the one blob that the last update declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_MANAGED = "managed"
_NONE = "none"


@dataclass(frozen=True)
class Upload:
    declare: bool
    """True: declare the blob (it is new, or it is the one in the state). False: it exists, and the URL is enough."""
    metadata: Mapping[str, str] | None
    """What the container's metadata is to be; None in a dry run that could not read it."""


def plan_upload(live: Mapping[str, str], digest: str | None) -> Upload:
    """`digest` is the wanted package's hash, or None if Pulumi uploads nothing. Metadata of others is left as it is."""
    if digest is None:
        return Upload(False, {**live, _MANAGED: _NONE} if _MANAGED in live else dict(live))
    known = _key(digest) in live
    if known and live.get(_MANAGED) != digest:
        return Upload(False, {**live, _MANAGED: _NONE})
    return Upload(True, {**live, _key(digest): "uploaded", _MANAGED: digest})


def _key(digest: str) -> str:
    """Metadata names are C# identifiers: a letter first."""
    return f"h{digest}"
