"""Python runs this when it starts, where this folder is on PYTHONPATH: in every command inside the sandbox, so that addresses of apps lead to it.

By its path: the command's own program need not know this project.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path

_NAMES = runpy.run_path(str(Path(__file__).with_name("host_names.py")))
_NAMES["resolve_apps"](os.environ.get("DURABLE_DEPLOY_FRONT_DOOR", ""))
