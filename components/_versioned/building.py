"""What both versioning components do once their arguments hold: read, decide, make the children, and say what came of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import storage

from .. import _defaults as defaults
from .._backends import Made
from .._children import accounts as _accounts
from .._children import foundation as _foundation
from .._children import roles as _roles
from .._children import sites as _sites
from .._children.packages import make_package
from .._children.slot_settings import Facts, unknown
from .._live.deciding import Undecidable
from .._live.fence import Fence
from .._live.parity import PRODUCTION, Code, Held
from .._live.reading import LiveState, Unreadable
from .._problems import ArgumentErrors, Problem
from .._rules import Surroundings
from .code import VersionedCode
from .deciding import Decision, hub_keys, read_and_decide, understood
from .guards import Guarded
from .records import contained
from .settings import all_sticky_names, versioned_settings
from .starting import Scheme
from .wanted import VersionedArguments


@dataclass(frozen=True)
class Strategy:
    """What the two components do differently."""

    scheme: Scheme
    ramp: bool
    """Whether a share of new instances may start another version, by a record in the host's account."""
    compare: Callable[[Any, VersionedCode, Code | None], Guarded]
    """The wanted package beside production's; None: production runs nothing yet."""
    problems: Callable[[Any, VersionedCode, Surroundings], Iterable[Problem]]
    warnings: Callable[[Any, VersionedCode], Iterable[str]]


def validated(label: str, arguments: VersionedArguments, read: tuple[VersionedCode, list[Problem]], strategy: Strategy) -> VersionedCode:
    """The code. Raises ArgumentErrors with all that is wrong with it and by the rules, before anything is registered."""
    code, found = read
    surroundings = Surroundings(pulumi.get_stack(), os.environ.get("PULUMI_DEBUG_PROVIDERS", ""))
    found = [*found, *strategy.problems(arguments, code, surroundings)]
    if found:
        raise ArgumentErrors(label, found)
    return code


def build(component: pulumi.Resource, name: str, arguments: VersionedArguments, code: VersionedCode, strategy: Strategy) -> dict[str, Any]:
    """The component's outputs, once its children are declared."""
    live = LiveState(component, arguments.group_name, arguments.site.name)
    decision = _decided(component, live, arguments, code, strategy)

    place = _foundation.make_place(component, name, arguments)
    identity = _foundation.make_identity(place, arguments)
    hosting = arguments.hosting
    plan = hosting.make_plan(place, arguments)
    monitor = _foundation.make_monitor(place, arguments)
    durable = arguments.backend.make(place, arguments, identity, code.app)
    accounts = _accounts.Accounts(
        _accounts.make_host_account(place, arguments), {}, _accounts.make_packages_account(place, arguments), durable.accounts
    )
    roles = _roles.grant_to_app(place, identity, [*_roles.app_grants(accounts, monitor), *durable.grants])
    package = make_package(place, accounts.packages, code.wanted, decision.upload)

    facts = Facts(identity, accounts, monitor, {}, package.url)
    config = arguments.backend.site_config(code.app)
    sites = hosting.make_sites(place, arguments, plan, identity, accounts.host, _stacks(arguments, decision), config, roles)
    ramp = _ramp(place, accounts.host) if strategy.ramp else ()
    grants = (*_roles.operator_grants(arguments, accounts, sites[PRODUCTION].id), *durable.operator_grants, *ramp)
    _roles.grant_to_operators(place, arguments.access.operators, grants)
    starters = tuple(sorted({*code.wanted.starters, *(decision.plan.starters if decision.plan else ())}))
    sticky = hosting.sticky_names(all_sticky_names(arguments, starters, durable.sticky))
    names = hosting.make_sticky_names(place, sites, sticky if decision.plan else unknown())
    settings = {slot: versioned_settings(arguments, slot, decision, starters, facts, durable.settings[slot]) for slot in arguments.slots}
    fence = _fence(live, arguments, code, strategy.scheme, decision)
    written = _sites.write_settings(place, sites, settings, fence, [*names, *package.resources, *roles, *durable.depends_on])
    checked = fence.after_writing(written)
    return _outputs(arguments, code, decision, facts, durable, sites, sticky, checked)


def _decided(
    component: pulumi.Resource, live: LiveState, arguments: VersionedArguments, code: VersionedCode, strategy: Strategy
) -> Decision:
    for warning in (*strategy.warnings(arguments, code), *arguments.hosting.warnings(), *arguments.backend.warnings(code.app)):
        pulumi.log.warn(warning, component)
    try:
        decision = read_and_decide(
            live,
            arguments,
            strategy.scheme,
            code,
            lambda running: strategy.compare(arguments, code, running),
            dry_run=pulumi.runtime.is_dry_run(),
        )
    except Undecidable as error:
        raise pulumi.RunError(f"{arguments.site.name}: {error}") from None
    for warning in decision.warnings:
        pulumi.log.warn(warning, component)
    return decision


def _ramp(place: _foundation.Place, host: _accounts.Account) -> tuple[_roles.Grant, ...]:
    """The container of the ramp's record, and the one right to it: operators get none to the rest of the host's storage."""
    container = storage.BlobContainer(
        f"{place.name}-ramp",
        account_name=host.id.apply(lambda _: host.name),
        container_name=defaults.RAMP_CONTAINER,
        resource_group_name=place.group,
        public_access=storage.PublicAccess.NONE,
        opts=place.options,
    )
    return (_roles.Grant("ramp-blob-contributor", f"{host.name}/{defaults.RAMP_CONTAINER}", container.id, _roles.BLOB_CONTRIBUTOR),)


def _stacks(arguments: VersionedArguments, decision: Decision) -> dict[str, pulumi.Input[str]]:
    if decision.plan is None:
        return {slot: unknown() for slot in arguments.slots}
    return {slot.slot: slot.stack for slot in decision.plan.slots}


def _fence(live: LiveState, arguments: VersionedArguments, code: VersionedCode, scheme: Scheme, decision: Decision) -> Fence:
    """What was decided while no swap was in progress is not written during one."""

    async def no_swap() -> None:
        swapping = await live.swap_in_progress_now(arguments.slots)
        if isinstance(swapping, Unreadable):
            raise pulumi.RunError(f"{swapping}. Whether a swap is in progress is unknown, so this update stops here.")
        if swapping:
            raise pulumi.RunError(
                f"a swap began while this update ran, and {arguments.start_setting} may not be raised before its last phase is over. "
                "The settings were not written; run `pulumi up` again after the swap."
            )

    raises = decision.starts is not None and decision.starts.raised
    return Fence(
        live,
        hub_keys(arguments, code.app),
        decision.held,
        finding=lambda slots: told_too_much(slots, scheme),
        guard=no_swap if raises else None,
        understood=lambda settings: understood(arguments, code, decision.uploaded, settings),
    )


def told_too_much(slots: Mapping[str, Held], scheme: Scheme) -> str | None:
    """A sentence if some slot's clients are told a version that its package lacks."""
    for slot, held in slots.items():
        contains = contained(held.code.records) if held.code else None
        for setting, version in held.starts.items():
            if contains is not None and not scheme.contains(contains, version):
                return (
                    f"slot '{slot}' has {setting} = '{version}', and its package ({held.code.label if held.code else 'none'}) does not contain that version: "
                    "a swap came between reading and writing, and starts fail there. Run `pulumi up` again at once."
                )
    return None


def _outputs(
    arguments: VersionedArguments,
    code: VersionedCode,
    decision: Decision,
    facts: Facts,
    durable: Made,
    sites: _sites.Slots,
    sticky: list[str],
    checked: pulumi.Output[bool],
) -> dict[str, Any]:
    return {
        "site_id": sites[PRODUCTION].id,
        "site_name": checked.apply(lambda _: arguments.site.name),
        "resource_group_name": arguments.group_name,
        "slots": list(arguments.slots),
        "host_names": {slot: site.default_host_name for slot, site in sites.items()},
        "hubs": durable.hubs,
        "connection_setting": arguments.connection_setting,
        "task_hub_setting": defaults.HUB_SETTING,
        "sticky_setting_names": sticky,
        "start_setting": arguments.start_setting,
        "start_versions": _start_versions(arguments, decision),
        "wanted_versions": list(code.contains),
        "pending": decision.starts.pending if decision.starts else unknown(),
        "hosting": arguments.hosting.kind,
        "backend": arguments.backend.kind,
        "identity_principal_id": facts.identity.principal_id,
        "packages_url": facts.accounts.packages.endpoint("blob").apply(lambda endpoint: f"{endpoint}{defaults.PACKAGE_CONTAINER}"),
        "wanted_package_url": facts.new_package,
        "slots_at_last_update": _as_planned(decision),
        "host_json": code.wanted.host_json,
    }


def _start_versions(arguments: VersionedArguments, decision: Decision) -> Any:
    if decision.starts is None:
        return unknown()
    return {slot: settings.get(arguments.start_setting) for slot, settings in decision.starts.settings.items()}


def _as_planned(decision: Decision) -> Any:
    if decision.plan is None:
        return unknown()
    return {
        slot.slot: {"version": slot.code.label if slot.code else None, "contains": list(decision.contains(slot.slot) or ())}
        for slot in decision.plan.slots
    }


def publish(component: Any, outputs: Mapping[str, Any]) -> None:
    for output, value in outputs.items():
        setattr(component, output, pulumi.Output.from_input(value))
    component.register_outputs({name: getattr(component, name) for name in outputs})


__all__ = ["Strategy", "build", "publish", "told_too_much", "validated"]
