"""The ramp of a deployed stack, for those who only look: none where there can be none, or where clients start its version anyway."""

from __future__ import annotations

from azure.core.credentials import TokenCredential

from ..deployment import Deployment
from ..live import Live
from .record import Ramp
from .store import RampStore, ramp_url


def ramp_of(deployment: Deployment, live: Live, credential: TokenCredential) -> Ramp | None:
    """Raises Unknown if it can't be read, at once: who only looks may never get the role."""
    if deployment.versioning is None or deployment.versioning.by_name:
        return None
    store = RampStore(ramp_url(live.production, deployment.site), credential, patience=0)
    try:
        found = store.read()
    finally:
        store.close()
    return None if found is None or found.is_overtaken(live.production.starts) else found


__all__ = ["ramp_of"]
