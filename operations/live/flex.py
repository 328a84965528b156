"""Which code a Flex Consumption app runs. Pure.

No setting names it: OneDeploy does not write any. The release notes `live` in the metadata of the packages' container, `<key>;<version>`, once
every instance has the code; the settings name the package that they are for by its key. Until both agree the settings are ahead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .settings import VERSION, VERSIONS, listed

LIVE = "live"
PACKAGE = "DURABLE_DEPLOY_PACKAGE"


@dataclass(frozen=True)
class FlexCode:
    package: str | None
    """Its key, as a blob's name; None: no release was completed."""
    version: str | None
    """Its label; None where only the key is known."""
    contains: tuple[str, ...]
    ahead: str | None
    """Label of the code that the settings are for, if that is another."""


def flex_code(settings: Mapping[str, str], metadata: Mapping[str, str]) -> FlexCode:
    key, _, version = metadata.get(LIVE, "").partition(";")
    own, label = settings.get(PACKAGE), settings.get(VERSION)
    if not key:
        return FlexCode(None, None, (), label)
    if key == own:
        return FlexCode(f"{key}.zip", label, listed(settings, VERSIONS), None)
    return FlexCode(f"{key}.zip", None, (version,) if version else (), label)


__all__ = ["LIVE", "PACKAGE", "FlexCode", "flex_code"]
