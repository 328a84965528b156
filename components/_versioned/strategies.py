"""The two versioning strategies, by what they do differently."""

from __future__ import annotations

from .._azure.orchestration_versions import compare
from . import names, rules
from .building import Strategy
from .comparing import compare_names, compare_orchestrations
from .starting import Scheme

ORCHESTRATION = Strategy(
    scheme=Scheme(compare, up_to=True, pin="versioning.start_version"),
    ramp=True,
    compare=compare_orchestrations,
    problems=rules.orchestration_problems,
    warnings=rules.common_warnings,
)
"""Versions compare as Durable compares them; a package runs every version up to its own."""

NAME_BASED = Strategy(
    scheme=Scheme(names.compare, up_to=False, pin="versioning.latest"),
    ramp=False,
    compare=compare_names,
    problems=rules.name_based_problems,
    warnings=rules.name_based_warnings,
)
"""Versions are labels in function names; a package contains those that it has functions of."""

__all__ = ["NAME_BASED", "ORCHESTRATION"]
