"""Decides which Pulumi CLI is used: the user's own, a cached build, or a new build."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from .build import build
from .cache import Cache
from .pins import Version, pinned_pulumi

LANGUAGE_HOST = "pulumi-language-python"


def ensure_engine(environment: Mapping[str, str] | None = None, report: TextIO | None = None) -> Path:
    """The folder whose `bin/` holds a Pulumi CLI that runs Python programs; builds it if need be (minutes, once).

    environment: what PATH, XDG_CACHE_HOME and HOME are read from (default: this process's).
    report: where progress goes (default: standard error).
    Raises EngineError with the ways out.
    """
    environment = os.environ if environment is None else environment
    report = sys.stderr if report is None else report
    cache = Cache(environment)
    own = _own_cli(environment, report)
    if own is not None:
        return own.parent.parent if own.parent.name == "bin" else _folder_with_bin(own, cache)
    return cache.get() or cache.make(lambda target, progress: build(target, environment, progress), report)


def _own_cli(environment: Mapping[str, str], report: TextIO) -> Path | None:
    """The `pulumi` on PATH, if it is new enough and has a language host for Python. Says why not, if there is one."""
    found = shutil.which("pulumi", path=environment.get("PATH", ""))
    if found is None:
        return None
    version = _version_of(found, environment)
    if version is None or version < pinned_pulumi():
        print(f"{found} is {version or 'of an unknown version'}, older than {pinned_pulumi()}: not used", file=report)
        return None
    if not _has_language_host(Path(found), environment):
        print(f"{found} has no {LANGUAGE_HOST} beside it or on PATH, so it runs no Python programs: not used", file=report)
        return None
    return Path(found).absolute()


def _version_of(executable: str, environment: Mapping[str, str]) -> Version | None:
    command = [executable, "version"]
    quiet = {**environment, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=60, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return None
    return Version.parse(done.stdout)


def _has_language_host(cli: Path, environment: Mapping[str, str]) -> bool:
    """Where the engine itself looks: on PATH, then beside the CLI with links followed."""
    beside = os.pathsep.join([environment.get("PATH", ""), str(cli.resolve().parent)])
    return shutil.which(LANGUAGE_HOST, path=beside) is not None


def _folder_with_bin(cli: Path, cache: Cache) -> Path:
    """A folder of links for a CLI that does not stand in a `bin`. The engine follows links to what stands beside it."""
    target = cache.folder / f"link-{hashlib.sha256(str(cli).encode()).hexdigest()[:16]}"
    link = target / "bin" / "pulumi"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        try:
            link.symlink_to(cli)
        except FileExistsError:  # another process was faster, with the same target
            pass
    return target
