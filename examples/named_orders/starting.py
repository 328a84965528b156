"""Which function a new instance is started with. Copy this file into an app of the strategy name-based versioning.

- LATEST_VERSION, a sticky app setting, is the version that every client starts: v1, v10, v1.2. The deployment raises it when no older worker
  is left.
- LATEST_VERSION_<Orchestrator>, where there is one, goes before it for that orchestrator (`versioning.overrides`).

A version that a request names is started only if this package has it: clients decide by what the deployment says, never by what is newest here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_LABEL = re.compile(r"v\d+(\.\d+)*")


class NoSuchVersion(ValueError):
    """Somebody asked for a version that this package does not have. The message is for the sender."""


def name_of(orchestrator: str, version: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """For `client.start_new(…)`: `ProcessOrder` is `ProcessOrder_v2`, or `ProcessOrder_v1_2` with v1.2, since names hold no dots.

    `version`: start that one, whatever clients are told. Raises NoSuchVersion if this package lacks it, and RuntimeError where no setting says
    what to start: the working copy is never started in its place.
    """
    if version and version not in environ.get("DURABLE_DEPLOY_VERSIONS", "").split(","):
        raise NoSuchVersion(f"there is no version {version!r} here")
    told = version or environ.get(f"LATEST_VERSION_{orchestrator}") or environ.get("LATEST_VERSION", "")
    if _LABEL.fullmatch(told) is None:
        raise RuntimeError(
            f"LATEST_VERSION is {told!r}, which is no version such as v1. On your own machine, set it in local.settings.json."
        )
    return f"{orchestrator}_{told.replace('.', '_')}"
