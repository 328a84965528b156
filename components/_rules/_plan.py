"""What the hosting plan can do: slots, workers, content shares; and what else would be ignored beside something that exists."""

from __future__ import annotations

from collections.abc import Iterator

from .._azure.plans import PlanKind, plan_kind
from .._live.parity import PRODUCTION
from .._problems import Problem
from .._wanted import CommonArguments

_STORAGE_SKUS = ("Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_RAGRS", "Standard_GZRS", "Standard_RAGZRS")


def problems(arguments: CommonArguments, *, without_slots: bool = False) -> Iterator[Problem]:
    """`without_slots`: the strategy can do without a staging slot."""
    kind = plan_kind(arguments.plan.sku)
    if kind is None:
        yield Problem(
            "plan.sku", arguments.plan.sku, "is no plan SKU that this component knows.", "Use one such as P0v3, P1v3, S1, EP1 or Y1."
        )
    elif kind.name == "Flex Consumption":
        yield Problem(
            "plan.sku",
            arguments.plan.sku,
            "is Flex Consumption, which has no deployment slots, and this strategy is built on a swap.",
            "Use P0v3 or EP1, or the orchestration-versioning strategy.",
        )
    else:
        if not (without_slots and arguments.slots == (PRODUCTION,)):
            yield from _slots(arguments, kind)
        yield from _content(arguments, kind)
        if kind.name == "Consumption" and arguments.plan.capacity != 1:
            yield Problem(
                "plan.capacity", arguments.plan.capacity, "is ignored on a Consumption plan, which scales by itself.", "Leave it out."
            )
    if arguments.plan.existing_id is not None and "capacity" in arguments.plan.model_fields_set:
        yield Problem(
            "plan.capacity",
            arguments.plan.capacity,
            "would be ignored: the plan exists already.",
            "Leave it out, or let the component make the plan.",
        )
    yield from common(arguments)


def common(arguments: CommonArguments) -> Iterator[Problem]:
    """What holds on every plan."""
    yield from _monitoring(arguments)
    if arguments.storage.sku not in _STORAGE_SKUS:
        yield Problem(
            "storage.sku",
            arguments.storage.sku,
            "is no redundancy of a general-purpose account, which Durable Functions needs.",
            f"Choose one of {', '.join(_STORAGE_SKUS)}.",
        )


def _monitoring(arguments: CommonArguments) -> Iterator[Problem]:
    monitoring = arguments.monitoring
    if monitoring.workspace_id is not None and "retention_days" in monitoring.model_fields_set:
        yield Problem(
            "monitoring.retention_days",
            monitoring.retention_days,
            "would be ignored: the workspace exists already.",
            "Leave it out, or let the component make the workspace.",
        )


def warnings(arguments: CommonArguments) -> list[str]:
    kind = plan_kind(arguments.plan.sku)
    if kind is None or kind.name != "Consumption":
        return []
    return ["plan.sku = 'Y1': Linux Consumption retires on 2028-09-30 and gets no new language versions; plan a move to P0v3 or EP1."]


def _slots(arguments: CommonArguments, kind: PlanKind) -> Iterator[Problem]:
    wanted = len(arguments.slots)
    if kind.slots == 1:
        yield Problem(
            "plan.sku", arguments.plan.sku, f"is a {kind.name} plan, which has no deployment slots.", "Use S1 or higher, EP1 or Y1."
        )
    elif wanted > kind.slots:
        yield Problem(
            "site.slots",
            arguments.site.slots,
            f"makes {wanted} slots with production, but a {kind.name} plan has {kind.slots}.",
            "Use fewer slots, or a larger plan (Standard 5, Premium 20).",
        )


def _content(arguments: CommonArguments, kind: PlanKind) -> Iterator[Problem]:
    has_package = arguments.package.path is not None or arguments.package.url is not None
    connection = arguments.storage.content_connection
    if kind.content_share and not has_package and connection is None:
        yield Problem(
            "storage.content_connection",
            None,
            f"is required on a {kind.name} plan when no package is given: a pipeline's deployment lies on an Azure Files share, which needs an account key.",
            "Give it, or give package.path or package.url.",
        )
    if connection is not None and (has_package or not kind.content_share):
        reason = "the code runs from its package" if has_package else f"a {kind.name} plan has no content share"
        yield Problem("storage.content_connection", None, f"would be ignored: {reason}.", "Leave it out.")
