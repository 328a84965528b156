"""Everything that is checked before a component registers anything: each rule is a small generator of problems.

A rule stands beside those of the same subject. Rules see the arguments, the package and where the program runs; they read nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._code.package import Package
from .._problems import Problem
from .._wanted import Arguments
from . import _access, _code, _durable, _names, _plan, _settings, _surroundings
from ._surroundings import Surroundings


def problems(arguments: Arguments, package: Package | None, surroundings: Surroundings) -> list[Problem]:
    """All that is wrong, in the order of the arguments. Nothing wrong: an empty list."""
    return list(_all(arguments, package, surroundings))


def warnings(arguments: Arguments, package: Package | None) -> list[str]:
    """What works, but will surprise somebody."""
    return [*_plan.warnings(arguments), *_settings.warnings(arguments), *_code.warnings(package)]


def _all(arguments: Arguments, package: Package | None, surroundings: Surroundings) -> Iterator[Problem]:
    yield from _surroundings.problems(surroundings)
    yield from _names.problems(arguments)
    yield from _plan.problems(arguments)
    yield from _durable.problems(arguments)
    yield from _settings.problems(arguments)
    yield from _code.problems(arguments, package, surroundings)
    yield from _access.problems(arguments)


__all__ = ["Surroundings", "problems", "warnings"]
