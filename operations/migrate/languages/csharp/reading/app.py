"""All C# files of an app together: which project each belongs to, which version, and who declares what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ...nodes import child
from .grammar import last_name
from .projects import Project, project_of, read_projects
from .source import Source, Type, read


class App:
    """Built from the files once, and never changed."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.projects = read_projects(files)
        texts = {path: content for path, content in files.items() if path.endswith(".cs")}
        self.sources = {path: read(path, content) for path, content in texts.items() if _is_text(content)}
        self.problems = [f"{path}:1: isn't UTF-8, so it was left out." for path in texts if path not in self.sources]
        self.problems += [
            f"{source.path}:{number}: can't be read as C#." for source in self.sources.values() for number in source.syntax_errors[:3]
        ]
        self.problems += [problem for one in self.projects for problem in one.problems]

    def project(self, path: str) -> Project:
        return project_of(path, self.projects) or Project("")

    def version(self, path: str) -> str | None:
        """The label of the frozen copy that a file belongs to."""
        suffix = self.project(path).frozen_suffix(path)
        return None if suffix is None else f"v{suffix.replace('_', '.')}"

    def working(self, project: Project) -> dict[str, Source]:
        """The working copy of a project, and of the projects that it refers to: what its functions can speak of."""
        folders, todo = set[str](), [project.folder]
        while todo:
            folder = todo.pop()
            folders.add(folder)
            todo += [other for one in self.projects if one.folder == folder for other in one.references if other not in folders]
        return {path: one for path, one in self.sources.items() if self.project(path).folder in folders and self.version(path) is None}

    @cached_property
    def types(self) -> dict[str, list[Type]]:
        """By simple name: all declarations, of all versions."""
        found: dict[str, list[Type]] = {}
        for source in self.sources.values():
            for one in source.types:
                found.setdefault(one.name, []).append(one)
        return found

    @cached_property
    def methods(self) -> frozenset[str]:
        """Names of the methods that the app itself declares: what is called so is not generated."""
        return frozenset(last_name(child(node, "name")) for source in self.sources.values() for node in source.nodes["method_declaration"])

    def bases(self, name: str) -> list[str]:
        """The names behind the colon, of all classes of that name."""
        found = []
        for one in self.types.get(name, []):
            listed = next((node for node in one.node.named_children if node.type == "base_list"), None)
            found += [last_name(node) for node in (listed.named_children if listed else []) if last_name(node)]
        return found


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


__all__ = ["App"]
