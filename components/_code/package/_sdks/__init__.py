"""Which Durable SDKs a package has, and the lowest version of each that it may run with, by the files of its package manager.

What lies in the package counts more than what it asks for; of a range counts the lowest version that it admits.
"""

from __future__ import annotations

from .._contents import reader
from .._reading import Package
from . import dotnet, java, node, powershell, python
from .model import Sdk


def sdks(package: Package) -> tuple[Sdk, ...]:
    """By source. Files that can't be understood tell nothing."""
    read = reader(package.path, package.kind)
    return tuple(sorted(sdk for language in (python, node, dotnet, powershell, java) for sdk in language.find(package.files, read)))


__all__ = ["Sdk", "sdks"]
