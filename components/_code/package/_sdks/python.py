"""requirements.txt, and the metadata of what was vendored (PEP 440 and 508; PEP 376 for `.dist-info`)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterable, Iterator

from .._functions import Read
from .model import PYTHON, Sdk

_VENDORED = re.compile(r"\.python_packages/lib/(?:[^/]+/)*azure_functions_durable-(?P<version>[^/]+)\.dist-info/METADATA")
_REQUIREMENT = re.compile(r"azure[-_.]+functions[-_.]+durable\s*(?:\[[^\]]*\])?\s*(?P<versions>[^;#]*)", re.IGNORECASE)
_INCLUDED = re.compile(r"(?:-r|--requirement)[\s=]+(?P<file>[^\s#]+)")
_CLAUSE = re.compile(r"\s*(?P<operator>===|==|~=|>=|>|<=|<|!=)\s*(?P<version>[^\s,]+)\s*")
_VERSION = re.compile(r"v?(?:0!)?(?P<numbers>\d+(?:\.\d+){0,3})(?P<rest>.*)", re.IGNORECASE)


def find(names: Iterable[str], read: Read) -> Iterator[Sdk]:
    files = set(names)
    vendored = [(name, match["version"]) for name in sorted(files) if (match := _VENDORED.fullmatch(name))]
    if vendored:
        for name, version in vendored:
            yield Sdk(name.removesuffix("/METADATA"), PYTHON, version, numbers(version))
    else:
        yield from _required("requirements.txt", files, read, set())


def _required(file: str, files: Container[str], read: Read, seen: set[str]) -> Iterator[Sdk]:
    """With what the file includes, each file once."""
    if file not in files or file in seen:
        return
    seen.add(file)
    for number, line in enumerate(read(file).decode("utf-8-sig", "replace").splitlines(), start=1):
        if included := _INCLUDED.match(line.strip()):
            yield from _required(posixpath.normpath(posixpath.join(posixpath.dirname(file), included["file"])), files, read, seen)
        elif required := _REQUIREMENT.match(line.strip()):
            versions = re.split(r"\s--|\\$", required["versions"])[0].strip().strip("()")
            if re.match(r"[\w-]", versions):
                continue  # another package, whose name only begins so
            if not versions.startswith("@"):
                yield Sdk(f"{file}:{number}", PYTHON, versions, _lowest(versions))


def _lowest(versions: str) -> str:
    """The highest of the lower ends; `!=` and upper ends say nothing about it."""
    clauses = [match for one in versions.split(",") if (match := _CLAUSE.fullmatch(one))]
    ends = [numbers(one["version"]) for one in clauses if one["operator"] in ("===", "==", "~=", ">=", ">")]
    return max(ends, key=lambda end: [int(part) for part in end.removesuffix("-pre").split(".")] if end else [], default="")


def numbers(version: str) -> str:
    """`1.5.0b1` -> `1.5.0-pre`; `1.*` -> `1`."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return ""
    return match["numbers"] + ("-pre" if re.match(r"[._-]?(a|b|c|rc|alpha|beta|pre|preview|dev)", match["rest"], re.IGNORECASE) else "")


__all__ = ["find"]
