"""The files of a version that are not copies: its package, and the blueprint that its functions are declared on."""

from __future__ import annotations

from collections.abc import Sequence

from ....model import Files
from ....names import suffix
from ..reading.app import FOLDER, version_of
from ..reading.names import module_name
from .plan import BLUEPRINT

_ALL = '"""Frozen versions of the app\'s functions, one package each. Written by `operations migrate`."""\n'
_ONE = '"""Version {version} of the app\'s functions, frozen: not to be edited. Written by `operations migrate`."""\n'
_DECLARED_ON = '''"""What the functions of this version are declared on; the app registers it."""

import azure.durable_functions as df

blueprint = df.Blueprint()
'''


def package_files(version: str, declaring: Sequence[str]) -> dict[str, str]:
    """`declaring`: the modules with functions, which have to be loaded for their functions to be known."""
    folder = f"{FOLDER}/{suffix(version)}"
    lines = [_import(module_name(path)) for path in declaring]
    text = f'{_ONE.format(version=version)}\n{"".join(lines)}from .{BLUEPRINT} import blueprint\n\n__all__ = ["blueprint"]\n'
    return {f"{FOLDER}/__init__.py": _ALL, f"{folder}/__init__.py": text, f"{folder}/{BLUEPRINT}.py": _DECLARED_ON}


def own_package(version: str) -> dict[str, str]:
    """Of copies that nothing has to be registered for."""
    return {f"{FOLDER}/__init__.py": _ALL, f"{FOLDER}/{suffix(version)}/__init__.py": _ONE.format(version=version)}


def _import(module: str) -> str:
    parent, _, name = module.rpartition(".")
    return f"from .{parent} import {name}  # noqa: F401\n"


def is_ours(text: bytes) -> bool:
    return text == _ALL.encode()


def clashes(files: Files, version: str) -> list[str]:
    """Modules of the app that lie where a version's would go."""
    own = f"{FOLDER}/{suffix(version)}"
    ours = f"{own}/{BLUEPRINT}.py"
    found = [f"{FOLDER}.py"] if f"{FOLDER}.py" in files else []
    found += [path for path in files if path.startswith(f"{FOLDER}/") and path.endswith(".py") and not _is_of_ours(path, files)]
    if f"{own}.py" in files:
        found.append(f"{own}.py")
    if any(path.startswith(f"{own}/") for path in files) and ours not in files:
        found.append(f"{own}/")
    if f"{BLUEPRINT}.py" in files:
        found.append(f"{BLUEPRINT}.py")
    return [f"{path}: lies where the frozen copies go. Give it another name." for path in dict.fromkeys(found)]


def _is_of_ours(path: str, files: Files) -> bool:
    return is_ours(files[path]) if path == f"{FOLDER}/__init__.py" else version_of(path) is not None


__all__ = ["clashes", "is_ours", "own_package", "package_files"]
