"""What becomes of each pending operation: two pure functions over the state's JSON, one before the refresh and one after it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from .ids import NoId, is_singleton, resource_id
from .inputs import as_declared, with_secrets

State = dict[str, Any]
Verdict = Literal["adopted", "dropped", "still wrong"]

_FINISHED = ("succeeded", "")
"""What `provisioningState` says of a resource that is there for good; not every type has one."""


@dataclass(frozen=True)
class Finding:
    """What became of one pending operation."""

    verdict: Verdict
    operation: str
    """`creating`, `updating`, `deleting`, …"""
    type: str
    name: str
    urn: str
    reason: str
    id: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Tentative:
    """The state to refresh: it holds what may exist."""

    state: State
    open: tuple[Finding, ...]
    """Creations that the refresh decides on."""
    decided: tuple[Finding, ...]
    inputs: Mapping[str, Mapping[str, Any]]
    """URN -> what the creation was given, for those of `open`."""


def pending(state: State) -> list[dict[str, Any]]:
    return list(state["deployment"].get("pending_operations") or [])


def with_what_may_exist(state: State, default_subscription: str | None) -> Tentative:
    """`default_subscription` counts where the state does not tell."""
    state = copy.deepcopy(state)
    resources: list[dict[str, Any]] = state["deployment"].setdefault("resources", [])
    undecided: list[Finding] = []
    decided: list[Finding] = []
    inputs: dict[str, Mapping[str, Any]] = {}
    for operation in pending(state):
        finding = _decided(operation, resources, _subscription(operation["resource"], resources, default_subscription))
        if finding.id is None:
            decided.append(finding)
            continue
        undecided.append(finding)
        resource = operation["resource"]
        inputs[finding.urn] = copy.deepcopy(resource.get("inputs") or {})
        _put(resources, {**copy.deepcopy(resource), "id": finding.id, "outputs": {}})
    return Tentative(state, tuple(undecided), tuple(decided), inputs)


def settled(refreshed: State, tentative: Tentative) -> tuple[State, list[Finding]]:
    """The final state, without pending operations, and what became of every one of them."""
    state = copy.deepcopy(refreshed)
    found = {resource["urn"]: resource for resource in state["deployment"].get("resources") or [] if not resource.get("delete")}
    findings = list(tentative.decided)
    for one in tentative.open:
        resource = found.get(one.urn)
        if resource is not None:
            declared = tentative.inputs[one.urn]
            resource["inputs"] = as_declared(declared, resource.get("inputs") or {})
            resource["outputs"] = with_secrets(declared, resource.get("outputs") or {})
        findings.append(_after_refresh(one, resource))
    state["deployment"].pop("pending_operations", None)
    return state, findings


def _decided(operation: Mapping[str, Any], resources: Sequence[Mapping[str, Any]], subscription: str | None) -> Finding:
    """With an id: the refresh decides. Without: this is the end of it."""
    resource, kind = operation["resource"], operation["type"]

    def finding(verdict: Verdict, reason: str, id: str | None = None) -> Finding:
        return Finding(verdict, kind, resource["type"], resource["urn"].rpartition("::")[2], resource["urn"], reason, id)

    if kind != "creating":
        return finding("dropped", "the refresh has read how it ended; the next update does what is left")
    if not resource.get("custom") or resource["type"].startswith("pulumi:"):
        return finding("dropped", "it exists in the state only")
    if is_singleton(resource["type"]):
        return finding("dropped", "it exists with its parent; the next update writes it whole")
    try:
        id = resource_id(resource["type"], resource.get("inputs") or {}, subscription)
    except NoId as problem:
        return finding("still wrong", f"{problem}. The next update creates it: if it exists already, adopt it first with `pulumi import`")
    standing = next((one for one in resources if one["urn"] == resource["urn"] and not one.get("delete")), None)
    if standing is None or standing.get("pendingReplacement"):
        return finding("adopted", "it may exist", id)
    if str(standing.get("id", "")).lower() == id.lower():
        return finding("dropped", "it is in the state already")
    return finding("still wrong", f"it was to replace {standing.get('id')}, which is still in the state. Look which of the two exists")


def _after_refresh(finding: Finding, resource: Mapping[str, Any] | None) -> Finding:
    if resource is None:
        return replace(finding, verdict="dropped", reason="it is not in Azure; the next update creates it", id=None)
    outputs = resource.get("outputs") or {}
    inner = outputs.get("properties")
    progress = outputs.get("provisioningState") or (inner.get("provisioningState") if isinstance(inner, dict) else None) or ""
    if str(progress).lower() not in _FINISHED:
        reason = f"it is in Azure and now in the state, but Azure calls it '{progress}'. Wait, or delete it in Azure; then `pulumi refresh`"
        return replace(finding, verdict="still wrong", reason=reason)
    return replace(finding, reason="it was created after all")


def _put(resources: list[dict[str, Any]], resource: dict[str, Any]) -> None:
    """In the place of an entry that has gone, else at the end: what it depends on stands before it, and nothing depends on it yet."""
    at = next((index for index, one in enumerate(resources) if one["urn"] == resource["urn"]), None)
    if at is None:
        resources.append(resource)
    elif resources[at].get("delete"):
        resources.insert(at, resource)
    else:
        resources[at] = resource


def _subscription(resource: Mapping[str, Any], resources: Sequence[Mapping[str, Any]], default: str | None) -> str | None:
    """That of the provider it was created with, else the one where that provider's other resources lie."""
    provider = str(resource.get("provider", ""))
    urn = provider.rpartition("::")[0]
    configured = next((one.get("inputs", {}).get("subscriptionId") for one in resources if one["urn"] == urn), None)
    if isinstance(configured, str) and configured:
        return configured
    ids = [str(one.get("id", "")).split("/") for one in resources if one.get("provider") == provider]
    used = {parts[2].lower() for parts in ids if len(parts) > 2 and parts[1].lower() == "subscriptions"}
    return used.pop() if len(used) == 1 else default


__all__ = ["Finding", "State", "Tentative", "pending", "settled", "with_what_may_exist"]
