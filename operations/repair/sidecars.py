"""What a kill can break in a `file://` backend beside the lock: the small file of attributes next to a state or a lock.

Pulumi replaces a state by renaming, but the library below it writes `<file>.attrs` in place first (gocloud.dev/blob/fileblob, setAttrs).
Killed in between, that file is empty, and Pulumi can't load the state: "failed to load checkpoint: EOF". The state itself is whole.
Nothing of Pulumi's is in the attributes, and a file without them is read all the same (getAttrs).
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote


def broken_sidecars(backend: str, stack: str, folder: Path) -> list[Path]:
    """Those of the stack. None on a backend that is not `file://`. A relative backend starts at `folder`, as for pulumi."""
    if not backend.startswith("file://"):
        return []
    root = folder / Path(unquote(backend.removeprefix("file://").partition("?")[0])).expanduser() / ".pulumi"
    name = stack.rpartition("/")[2]
    return sorted(
        file for file in root.rglob("*.attrs") if (file.name.startswith(f"{name}.json") or name in file.parts) and _is_broken(file)
    )


def _is_broken(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except ValueError:
        return True
    except OSError:  # gone meanwhile
        return False
    return False
