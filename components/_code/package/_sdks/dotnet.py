"""NuGet: what a built app brings (`*.deps.json`), else what its projects ask for (`*.csproj`, central versions in Directory.Packages.props).

Both of Durable's packages may be there: an isolated app has the worker's extension, and the host's own one in `.azurefunctions`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from ...._azure.versions import VersionRange
from .._functions import Read
from .model import IN_PROCESS, ISOLATED, Sdk

_NAMES = {name.lower(): name for name in (ISOLATED, IN_PROCESS)}


def find(names: Iterable[str], read: Read) -> Iterator[Sdk]:
    files = sorted(names)
    built = [sdk for name in files if name.endswith(".deps.json") for sdk in _built(name, read(name))]
    if built:
        yield from built
        return
    projects = [name for name in files if name.endswith((".csproj", ".fsproj", ".vbproj")) and "/obj/" not in name]
    asked = [
        sdk for name in (*projects, *(one for one in files if one.endswith("Directory.Packages.props"))) for sdk in _asked(name, read(name))
    ]
    yield from asked


def _built(source: str, content: bytes) -> Iterator[Sdk]:
    try:
        libraries = json.loads(content.decode("utf-8-sig")).get("libraries", {})
    except (ValueError, AttributeError, RecursionError):
        return
    for library in libraries if isinstance(libraries, dict) else ():
        name, _, version = library.partition("/")
        if name.lower() in _NAMES:
            yield Sdk(source, _NAMES[name.lower()], version, _lowest(version))


def _asked(source: str, content: bytes) -> Iterator[Sdk]:
    """`PackageReference` and `PackageVersion`, the version as an attribute or an element. A version that a property gives tells nothing."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return
    for node in root.iter():
        if _tag(node) not in ("PackageReference", "PackageVersion"):
            continue
        name = (node.get("Include") or node.get("Update") or "").strip().lower()
        inner = next((child.text for child in node if _tag(child) == "Version"), None)
        version = (node.get("VersionOverride") or node.get("Version") or inner or "").strip()
        if name in _NAMES and version and "$(" not in version:
            yield Sdk(source, _NAMES[name], version, _lowest(version))


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def _lowest(version: str) -> str:
    """NuGet takes the lowest version that fits; `*` alone takes any."""
    try:
        lowest = VersionRange.parse(version).lowest
    except ValueError:
        return ""
    return re.sub("-prerelease$", "-pre", str(lowest)) if lowest is not None else ""


__all__ = ["find"]
