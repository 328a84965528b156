"""A function app's package: what it contains, which functions it has, and how it becomes an archive for Pulumi."""

from ._archive import archive, content_hash
from ._contents import FileEntry
from ._functions import FunctionInfo, UnnamedFunction, starts_by_itself
from ._reading import Package, PackageProblem, read_package

__all__ = [
    "FileEntry",
    "FunctionInfo",
    "Package",
    "PackageProblem",
    "UnnamedFunction",
    "archive",
    "content_hash",
    "read_package",
    "starts_by_itself",
]
