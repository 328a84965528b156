"""The execution log: one JSON line per call of a function, orchestrator, activity or entity, with the code that ran it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any

from ..spec import Spec


class Executions:
    """Lines are short and added in one write each, so that several processes may share the file.

    Each has `kind` (function, orchestrator, activity, entity), `function`, `instance` and `replaying`, and of the code: `site`, `slot` (where
    the process was started), `package` (its URL), `app_version` (the setting DURABLE_DEPLOY_VERSION), `pid`, `host_instance` (the instance of
    the app: 1, or its number on Flex Consumption), `deployment` (there, the id of the OneDeploy that brought the package), and `time`.
    """

    def __init__(self, spec: Spec, settings: Mapping[str, str]) -> None:
        self._file = os.open(spec.executions, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._who = {
            "site": spec.site,
            "slot": spec.slot,
            "package": spec.package_url,
            "app_version": settings.get("DURABLE_DEPLOY_VERSION"),
            "pid": os.getpid(),
            "host_instance": spec.instance,
            "deployment": spec.deployment,
        }

    def add(self, what: Mapping[str, Any]) -> None:
        line = json.dumps({**what, **self._who, "time": time.time()}, default=str)
        os.write(self._file, f"{line}\n".encode())
