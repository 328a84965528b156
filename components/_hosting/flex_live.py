"""Which code an app on Flex Consumption runs: told by the packages container, because no setting names it there.

A release writes `live` into the container's metadata once the new code answers everywhere. Until then the settings are ahead of the code:
they are for the package that `DURABLE_DEPLOY_PACKAGE` names, and what they say of versions and strategies belongs to that one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._azure import setting_names as names
from .._live.parity import Code, Held
from .._live.settings import BundleKeys, held

LIVE = "live"
"""Metadata of the packages container: `<key of the package>;<its default version>`."""
PACKAGE = "DURABLE_DEPLOY_PACKAGE"
"""App setting: key of the package that the other settings are for."""


@dataclass(frozen=True)
class _Live:
    key: str
    version: str


def package_key(package: str) -> str:
    """16 hex digits: those in the name of a package of ours, `<site>-<digits>.zip` or `<digits>.zip`; else the first of the URL's SHA-256."""
    url = package.partition("?")[0]
    own = re.search(r"(?:^|-)([0-9a-f]{16})\.zip$", url)
    return own[1] if own else hashlib.sha256(url.encode()).hexdigest()[:16]


def live_value(package: str, version: str) -> str:
    """What a release writes as `live` when this package is everywhere."""
    return f"{package_key(package)};{version}"


def flex_held(settings: Mapping[str, str], uploaded: Mapping[str, str], keys: BundleKeys, wanted: Code | None) -> Held:
    """What the app holds. `uploaded` is the packages container's metadata, `wanted` the code that the program asks for.

    Without `live` no release was completed: the app has settings and no code. What can't be known of the live code is left out.
    """
    without = {name: value for name, value in settings.items() if name != names.RUN_FROM_PACKAGE}
    live = _live(uploaded)
    if live is None:
        return held(without, keys)
    package = f"{live.key}.zip"
    if wanted is not None and package_key(wanted.package) == live.key:
        package = wanted.package
    if settings.get(PACKAGE) == live.key:
        return held({**without, names.RUN_FROM_PACKAGE: package}, keys)
    code = Code(package=package, version=None, stack=None, records={names.VERSIONS: live.version} if live.version else {})
    if wanted is not None and package == wanted.package:
        code = wanted  # the program went back to what is live, before its settings could
    return replace(held(without, keys), code=code)


def _live(uploaded: Mapping[str, str]) -> _Live | None:
    key, _, version = uploaded.get(LIVE, "").partition(";")
    return _Live(key, version) if re.fullmatch(r"[0-9a-f]{16}", key) else None


__all__ = ["LIVE", "PACKAGE", "flex_held", "live_value", "package_key"]
