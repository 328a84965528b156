"""Host keys of a slot, kept with it: made up once from its resource id, overridden by what was put. They don't move at a swap.

Sources: Microsoft docs, "Work with access keys in Azure Functions"; azure-functions-host BlobStorageSecretsRepository.cs (one file per
site and slot). The system key `durabletask_extension` is there from the beginning; in Azure the extension makes it at its first start.
"""

from __future__ import annotations

import base64
import hashlib

from sandbox.arm import ControlPlane, ResourceId
from sandbox.arm.store import Body

from .spec import Keys

KINDS = ("functionKeys", "systemKeys")
_HIDDEN = "hostKeys"


def keys_of(plane: ControlPlane, owner: ResourceId) -> Keys:
    """`owner` is a site or a slot."""
    own = plane.store.hidden(owner).get(_HIDDEN, {})
    functions = {"default": _made_up(owner, "default"), **own.get("functionKeys", {})}
    system = {"durabletask_extension": _made_up(owner, "durabletask_extension"), **own.get("systemKeys", {})}
    return Keys(own.get("masterKey") or _made_up(owner, "master"), functions, system)


def put_key(plane: ControlPlane, owner: ResourceId, kind: str, name: str, value: str | None) -> str:
    """Sets a key of a kind in KINDS; without a value a new one is made up. Returns it. `functionKeys/_master` is not a key of its own."""
    hidden = plane.store.hidden(owner)
    own: Body = hidden.get(_HIDDEN, {})
    turns = own.get("turns", 0) + 1
    known = value or _made_up(owner, f"{name} {turns}")
    plane.store.set_hidden(owner, {**hidden, _HIDDEN: {**own, "turns": turns, kind: {**own.get(kind, {}), name: known}}})
    return known


def remove_key(plane: ControlPlane, owner: ResourceId, kind: str, name: str) -> bool:
    """Whether there was one that had been put."""
    hidden = plane.store.hidden(owner)
    own: Body = hidden.get(_HIDDEN, {})
    if name not in own.get(kind, {}):
        return False
    left = {known: value for known, value in own[kind].items() if known != name}
    plane.store.set_hidden(owner, {**hidden, _HIDDEN: {**own, kind: left}})
    return True


def _made_up(owner: ResourceId, name: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(f"{owner.key}|host key|{name}".encode()).digest()).decode()
