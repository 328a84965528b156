"""Is somebody updating the stack right now? What can be known depends on where its state lies.

`file://` and `azblob://`: a lock is a file under `.pulumi/locks/…/<project>/<stack>/` (pulumi/pulumi, pkg/backend/diy/lock.go), with user, host and
time in it. A killed update leaves its lock behind. Pulumi Cloud knows by itself. Of other backends nothing is known, and said so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from azure.core.exceptions import AzureError

from .azure.credentials import client_options, sign_in
from .problem import OperationProblem
from .pulumi import Failed, Pulumi


@dataclass(frozen=True)
class Updating:
    state: bool | None
    """None: it can't be told."""
    detail: str
    """Who and since when, as a clause; or why it can't be told."""


def in_progress(pulumi: Pulumi) -> Updating:
    """Raises OperationProblem if there is no pulumi; whatever else goes wrong is an unknown state."""
    backend = pulumi.backend()
    scheme = urlsplit(backend).scheme
    try:
        if scheme == "file":
            return _by_locks(_files(backend, pulumi.folder), pulumi)
        if scheme == "azblob":
            return _by_locks(_blobs(backend), pulumi)
        if scheme in ("http", "https"):
            return of_stacks(json.loads(pulumi.run("stack", "ls", "--json", "--all", with_stack=False)), pulumi.stack)
    except (AzureError, OSError, ValueError, Failed) as error:
        return Updating(
            None, f"the backend {_shown(backend)} can't be asked ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        )
    return Updating(None, f"the backend {_shown(backend) or 'in use'} does not tell")


def refuse_while_updating(updating: Updating, stack: str) -> str | None:
    """A sentence to pass on if it can't be told; None if nobody is. Raises OperationProblem if somebody is."""
    if updating.state:
        raise OperationProblem(
            f"Stack '{stack}' is being updated: {updating.detail}. Wait for its end. If that update was killed, "
            f"`python -m operations repair --stack {stack}` puts the stack in order."
        )
    return (
        None
        if updating.state is False
        else f"Whether stack '{stack}' is being updated isn't known: {updating.detail}. Make sure that nobody does."
    )


def of_stacks(listed: Iterable[Mapping[str, Any]], stack: str) -> Updating:
    """From `pulumi stack ls --json`, whose names may carry the organisation."""
    for one in listed:
        name = str(one.get("name", ""))
        if name == stack or name.rpartition("/")[2] == stack.rpartition("/")[2]:
            running = one.get("updateInProgress")
            if running is None:
                return Updating(None, "Pulumi Cloud does not say")
            return Updating(bool(running), "Pulumi Cloud says so" if running else "")
    return Updating(None, "Pulumi Cloud lists no such stack")


def of_locks(locks: Mapping[str, bytes], project: str, stack: str) -> Updating:
    """`locks`: path below `.pulumi/locks` -> content."""
    name = stack.rpartition("/")[2]
    for path, content in sorted(locks.items()):
        *folders, file = path.strip("/").split("/")
        if not file.endswith(".json") or not folders or folders[-1] != name or (len(folders) > 1 and folders[-2] != project):
            continue
        return Updating(True, _lock(content))
    return Updating(False, "")


def _lock(content: bytes) -> str:
    try:
        lock = json.loads(content)
        return f"by {lock['username']}@{lock['hostname']}, process {lock['pid']}, since {lock['timestamp']}"
    except (ValueError, KeyError, TypeError):
        return "a lock is there, which says not whose"


def _by_locks(locks: Mapping[str, bytes], pulumi: Pulumi) -> Updating:
    return of_locks(locks, str(pulumi.project().get("name", "")), pulumi.stack)


def _files(backend: str, folder: Path) -> dict[str, bytes]:
    root = folder / Path(unquote(backend.removeprefix("file://").partition("?")[0])).expanduser() / ".pulumi" / "locks"
    found: dict[str, bytes] = {}
    for file in root.rglob("*.json"):
        try:
            found[str(file.relative_to(root))] = file.read_bytes()
        except FileNotFoundError:  # it ended meanwhile
            continue
    return found


def _blobs(backend: str, environ: Mapping[str, str] = os.environ) -> dict[str, bytes]:
    """With the key or the token that pulumi itself uses, else by sign-in. Variables: Pulumi docs, "Azure Blob Storage backend"."""
    from azure.storage.blob import ContainerClient

    parts = urlsplit(backend)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    account = query.get("storage_account") or environ.get("AZURE_STORAGE_ACCOUNT")
    if not account:
        raise OperationProblem(f"The backend {_shown(backend)} names no storage account, and neither does AZURE_STORAGE_ACCOUNT.")
    domain = query.get("domain") or environ.get("AZURE_STORAGE_DOMAIN") or "blob.core.windows.net"
    credential: Any = environ.get("AZURE_STORAGE_KEY") or environ.get("AZURE_STORAGE_SAS_TOKEN") or sign_in()
    prefix = "/".join(filter(None, [parts.path.strip("/"), query.get("prefix", "").strip("/"), ".pulumi/locks/"]))
    with ContainerClient(f"https://{account}.{domain}", parts.netloc, credential=credential, **client_options()) as container:
        names = [name for name in container.list_blob_names(name_starts_with=prefix) if name.endswith(".json")]
        return {name.removeprefix(prefix): container.download_blob(name).readall() for name in names}


def _shown(backend: str) -> str:
    """Without what may be secret in it."""
    return backend.partition("?")[0]


__all__ = ["Updating", "in_progress", "of_locks", "of_stacks", "refuse_while_updating"]
