"""`pulumi up` as a release runs it: with `package.replace` set for this one time, in a copy of the stack's configuration."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import yaml  # type: ignore[import-untyped]  # comes with pulumi, without types

from ..deployment import Strategy, Versioning
from ..problem import UNEXPECTED, OperationProblem
from ..pulumi import Failed, Pulumi

_WRITES = re.compile(r"^\s*(?:[+\-~]{1,2}\s+\S+\s+\S+\s+(?:creat|updat|delet|replac)|error|warning)", re.IGNORECASE)


def wanted_package(pulumi: Pulumi) -> dict[str, Any]:
    """The group `package` of the stack's configuration. Raises OperationProblem if it names no version."""
    key = f"{pulumi.project()['name']}:package"
    package = pulumi.config().get(key)
    version = package.get("version") if isinstance(package, dict) else None
    way = f"pulumi config set --stack {pulumi.stack} --path {key}.version 1.2.0"
    if version is None:
        raise OperationProblem(f"{key}.version is not set, so there is no version to release. Name it: {way}")
    if not isinstance(version, str):
        raise OperationProblem(f"{key}.version is the number {version}, which has lost its digits. Write it as text, in quotes: {way}")
    assert isinstance(package, dict)
    return package


def configured(pulumi: Pulumi) -> Versioning | None:
    """The strategy of a stack that was never deployed, and so has no outputs that say it."""
    config, project = pulumi.config(), pulumi.project()["name"]
    strategy = next((one for one in get_args(Strategy) if one == config.get(f"{project}:strategy")), None)
    if strategy is None:
        return None
    plan = config.get(f"{project}:plan")
    is_flex = isinstance(plan, dict) and str(plan.get("sku", "")).upper() == "FC1"
    return Versioning(strategy, "", "flex" if is_flex else "slots")


def pinned_start(pulumi: Pulumi) -> str | None:
    """The version that the configuration tells clients to start; None: the newest that production has."""
    versioning = pulumi.config().get(f"{pulumi.project()['name']}:versioning")
    group = versioning if isinstance(versioning, dict) else {}
    pinned = group.get("start_version", group.get("latest"))
    return None if pinned is None else str(pinned)


def update(pulumi: Pulumi, replaces: str | None, say: Callable[[str], None]) -> None:
    """One `pulumi up`; the version `replaces` may be overwritten by it. The user's own file is not touched. Raises OperationProblem."""
    try:
        if replaces is None:
            pulumi.up(say=say)
            return
        with tempfile.TemporaryDirectory(prefix="release-") as folder:
            own = pulumi.config_file()
            copy = Path(folder) / own.name
            copy.write_text(with_replace(own.read_text(encoding="utf-8"), f"{pulumi.project()['name']}:package", replaces))
            pulumi.up("--config-file", str(copy), say=say)
    except Failed as error:
        raise OperationProblem(
            f"`pulumi up` failed, and nothing was swapped. When what it names is mended, run this again. Pulumi says:\n{error}", UNEXPECTED
        ) from None


def with_replace(config: str, key: str, version: str) -> str:
    """A stack's configuration with `replace: version` in the group `key`. Encrypted values stay as they are.

    Not by `pulumi config set --path`, which turns a version like `2` into a number.
    """
    content = yaml.safe_load(config) or {}
    groups = content.setdefault("config", {})
    package = groups.get(key) or {}
    if not isinstance(package, dict) or "secure" in package:
        raise OperationProblem(f"{key}: must be a group of settings in clear, so that `replace` can be set in it.")
    groups[key] = {**package, "replace": version}
    text: str = yaml.safe_dump(content, sort_keys=False)
    return text


def is_worth_showing(line: str) -> bool:
    """Of an update's progress: what it writes, and what it complains about."""
    return _WRITES.match(line) is not None


__all__ = ["configured", "is_worth_showing", "pinned_start", "update", "wanted_package", "with_replace"]
