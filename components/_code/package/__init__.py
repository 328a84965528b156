"""A function app's package: what it contains, which functions it has, and how it becomes an archive for Pulumi."""

from ._archive import archive, content_hash
from ._contents import FileEntry
from ._functions import FunctionInfo, UnnamedFunction, starts_by_itself
from ._inventory import CALLS, SIGNATURES, SOURCES, Call, Inventory, inventory
from ._reading import Package, PackageProblem, read_package
from ._sdks import Sdk, sdks

__all__ = [
    "CALLS",
    "SIGNATURES",
    "SOURCES",
    "Call",
    "FileEntry",
    "FunctionInfo",
    "Inventory",
    "Package",
    "PackageProblem",
    "Sdk",
    "UnnamedFunction",
    "archive",
    "content_hash",
    "inventory",
    "read_package",
    "sdks",
    "starts_by_itself",
]
