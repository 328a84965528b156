"""What holds for every backend but Azure Storage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._problems import Problem
from ._protocol import PATH, App


def runtime_scale(app: App) -> Mapping[str, Any]:
    """On Elastic Premium only the runtime sees the load of another backend. Microsoft docs: "Durable task storage providers"."""
    return {"functionsRuntimeScaleMonitoringEnabled": True} if app.on_elastic_premium else {}


def ignored_account(app: App) -> Iterator[Problem]:
    if "storage.durable_account" in app.given:
        yield Problem(
            "storage.durable_account",
            app.account,
            "would be ignored: durable state does not lie in Azure Storage here.",
            "Leave it out, or choose the backend azure_storage.",
        )


def refused_on_flex(kind: str, app: App) -> Iterator[Problem]:
    """Microsoft docs: "Azure Functions Flex Consumption plan hosting" and "Durable Task Scheduler" name the two that work there."""
    if app.on_flex:
        yield Problem(
            f"{PATH}.{kind}",
            None,
            "does not work on Flex Consumption.",
            "Choose azure_storage or durable_task_scheduler, or a plan such as P0v3 or EP1.",
        )


__all__ = ["ignored_account", "refused_on_flex", "runtime_scale"]
