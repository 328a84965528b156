"""Live states as plain data, for the tests of what is decided from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from operations.live import LastSwap, Live, LiveSlot
from taskhub import Finding, Hub, Instance, Reason, Verdict

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def slot(name: str, bundle: str | None, version: str | None, **changes: Any) -> LiveSlot:
    hub = None if bundle is None else Hub("ordersTasks", queue=f"https://orders{bundle}.queue/", table=f"https://orders{bundle}.table/")
    package = None if version is None else f"https://pkgs/packages/{version}.zip"
    made = LiveSlot(
        slot=name,
        host_name=f"{name}.example",
        bundle=bundle,
        stranger=None,
        marker=bundle,
        hub=hub,
        connection_string=None,
        read_by="",
        version=version,
        package=package,
        stack="PYTHON|3.11",
        stack_marker="PYTHON|3.11",
        starters=(),
        contains=(),
        starts=None,
        settings={},
        swap_target=None,
        operation=None,
        state="Running",
    )
    return replace(made, **changes)


def live(production: str = "blue", staging: str = "green", last_swap: LastSwap | None = None, /, **changes: dict[str, Any]) -> Live:
    """Version 1.0.0 belongs to blue, 2.0.0 to green. `changes`: slot -> fields."""
    versions = {"blue": "1.0.0", "green": "2.0.0"}
    slots = {
        "production": slot("production", production, versions[production], last_swap=last_swap),
        "staging": slot("staging", staging, versions[staging], last_swap=last_swap),
    }
    slots = {name: replace(one, **changes.get(name, {})) for name, one in slots.items()}
    return Live(slots, last_swap)


def finding(reason: Reason, sentence: str = "It is so.", **changes: Any) -> Finding:
    verdicts = {
        Reason.ACTIVE: Verdict.BUSY,
        Reason.QUEUED: Verdict.BUSY,
        Reason.EMPTY: Verdict.DRAINED,
        Reason.NEVER_DEPLOYED: Verdict.DRAINED,
    }
    made = Finding(
        verdict=verdicts.get(reason, Verdict.UNKNOWN),
        reason=reason,
        sentence=sentence,
        active=0,
        queued={},
        oldest=None,
        by_orchestrator=(),
        entities=(),
        excluded=(),
        passes=2,
        requests=10,
        seconds=0.1,
    )
    return replace(made, **changes)


def instance(id: str = "a1", status: str = "Running") -> Instance:
    return Instance(id, "Order", "1.0.0", status, NOON, NOON, "ordersTasks")
