"""What the figures were taken on. No names of hosts or people."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def machine() -> dict[str, str]:
    """Facts for the head of a table, in the order in which they are shown."""
    return {
        "processor": f"{os.cpu_count()} cores, {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}, {platform.machine()}",
        "Python": platform.python_version(),
        "Pulumi": f"{_engine()} (CLI), {version('pulumi')} (SDK)",
        "azure-native": version("pulumi-azure-native"),
    }


def load() -> float:
    """How many processes wanted to run in the last minute, on average."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _engine() -> str:
    done = subprocess.run(
        ["pulumi", "version"], capture_output=True, text=True, check=True, env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    )
    return done.stdout.strip().removeprefix("v")
