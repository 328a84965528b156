"""Which files belong together, and whether the compiler takes what is added: read from the project files, none of which is ever changed.

SDK-style projects compile every .cs file below their folder (Microsoft docs, "MSBuild reference for .NET SDK projects", section
"Default includes and excludes"); a project that switches that off, or takes a folder out, would leave a frozen copy uncompiled.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FOLDER = "Versions"
"""Below the project's own folder: `Versions/V1_2/…`."""

_FROZEN = re.compile(rf"{FOLDER}/V(\d+(?:_\d+)*)/")
_SWITCHES = ("enabledefaultitems", "enabledefaultcompileitems")


@dataclass(frozen=True)
class Project:
    """One .csproj, or, without any, the whole folder."""

    folder: str
    """Empty at the top, else without a `/` at its end."""
    root_namespace: str | None = None
    references: tuple[str, ...] = ()
    """Folders of the projects that it refers to."""
    usings: tuple[str, ...] = ()
    """`<Using Include="…" />`: usings of every file."""
    problems: tuple[str, ...] = ()

    def path(self, relative: str) -> str:
        return f"{self.folder}/{relative}" if self.folder else relative

    def relative(self, path: str) -> str:
        """Files of other projects keep their whole path."""
        return path.removeprefix(f"{self.folder}/") if self.folder else path

    def frozen_suffix(self, path: str) -> str | None:
        """`1_2` of a file in `Versions/V1_2`."""
        found = _FROZEN.match(self.relative(path))
        return found[1] if found else None


def read_projects(files: Mapping[str, bytes]) -> tuple[Project, ...]:
    """Deepest folders first, so that the first one that holds a file is its own."""
    found = [_read(path, files) for path in files if path.endswith(".csproj")]
    return tuple(sorted(found, key=lambda one: (-len(one.folder), one.folder))) or (Project(""),)


def project_of(path: str, projects: Iterable[Project]) -> Project | None:
    return next((one for one in projects if not one.folder or path.startswith(f"{one.folder}/")), None)


def _read(path: str, files: Mapping[str, bytes]) -> Project:
    folder = posixpath.dirname(path)
    stem = posixpath.basename(path).removesuffix(".csproj")
    try:
        root = _parse(files[path])
    except ElementTree.ParseError as error:
        return Project(folder, stem, problems=(f"{path}:{error.position[0]}: is no XML that can be read.",))
    shared = [other for other in files if posixpath.basename(other) == "Directory.Build.props" and _is_above(other, folder)]
    problems = [problem for one in (path, *shared) for problem in _problems(one, files[one], is_project=one == path)]
    return Project(
        folder,
        next((one.text.strip() for one in _all(root, "rootnamespace") if one.text and "$(" not in one.text), stem),
        tuple(_folder_of(folder, one) for one in _includes(root, "projectreference")),
        tuple(one for one in _includes(root, "using")),
        tuple(problems),
    )


def _problems(path: str, content: bytes, *, is_project: bool) -> list[str]:
    try:
        root = _parse(content)
    except ElementTree.ParseError:
        return []
    lines = content.decode("utf-8", "replace").splitlines()
    found = []
    if is_project and "Sdk" not in root.attrib and not any(_tag(one) in ("sdk", "import") and "Sdk" in one.attrib for one in root.iter()):
        found.append(f"{path}:1: is no SDK-style project, so a frozen copy is compiled only once its files are listed in it.")
    for switch in _SWITCHES:
        if any((one.text or "").strip().lower() == "false" for one in _all(root, switch)):
            where = _line(lines, switch)
            found.append(f"{path}:{where}: switches default items off, so a frozen copy is compiled only once its files are listed in it.")
    for pattern in _patterns(root):
        if _matches(pattern, f"{FOLDER}/V1/Any.cs") or _matches(pattern, f"{FOLDER}/V1/Any/Any.cs"):
            where = _line(lines, pattern)
            found.append(f"{path}:{where}: '{pattern}' takes {FOLDER}/ out of the compilation, and so every frozen copy.")
    return found


def _patterns(root: ElementTree.Element) -> list[str]:
    removed = [pattern for one in _all(root, "compile") for pattern in one.attrib.get("Remove", "").split(";")]
    removed += [pattern for one in _all(root, "defaultitemexcludes") for pattern in (one.text or "").split(";")]
    return [one.strip() for one in removed if one.strip() and "$(" not in one]


def _matches(pattern: str, path: str) -> bool:
    """MSBuild's wildcards: `**` for folders, `*` and `?` inside one segment; without regard to case."""
    wanted = ""
    for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern.replace("\\", "/").removeprefix("./")):
        wanted += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))
    return re.fullmatch(wanted, path, re.IGNORECASE) is not None


def _parse(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)


def _tag(element: ElementTree.Element) -> str:
    """Old project files have a namespace."""
    return str(element.tag).rpartition("}")[2].lower()


def _all(root: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [one for one in root.iter() if _tag(one) == tag]


def _includes(root: ElementTree.Element, tag: str) -> list[str]:
    return [include for one in _all(root, tag) if (include := one.attrib.get("Include", "")) and one.attrib.get("Static") is None]


def _folder_of(folder: str, include: str) -> str:
    return posixpath.dirname(posixpath.normpath(posixpath.join(folder, include.replace("\\", "/"))))


def _is_above(path: str, folder: str) -> bool:
    above = posixpath.dirname(path)
    return not above or folder == above or folder.startswith(f"{above}/")


def _line(lines: list[str], word: str) -> int:
    return next((number for number, one in enumerate(lines, 1) if word.lower() in one.lower()), 1)


__all__ = ["FOLDER", "Project", "project_of", "read_projects"]
