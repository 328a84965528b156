"""Status check with slot: a production and one or more staging slots, each with durable storage that travels with its code.

New code goes to a staging slot with a task hub of its own; when production's task hub is drained, a swap brings it into production,
and its storage with it. The swap itself, the waiting, and the release are not Pulumi's and not this component's.
"""

import os
from typing import Any

import pulumi

from ._args import StatusCheckWithSlotArgs
from ._children import accounts as _accounts
from ._children import foundation as _foundation
from ._children import roles as _roles
from ._children import sites as _sites
from ._children.packages import make_package
from ._children.slot_settings import Facts, bundle_settings, slot_settings, sticky_names, unknown, unknown_bundle_settings
from ._code.wanted_code import WantedCode, read_code
from ._defaults import HUB_SETTING, PACKAGE_CONTAINER
from ._live.deciding import Decision, Undecidable, bundle_keys, read_and_decide
from ._live.fence import Fence
from ._live.parity import PRODUCTION
from ._live.reading import LiveState
from ._problems import ArgumentErrors
from ._rules import Surroundings, problems, warnings
from ._wanted import Arguments, read_arguments

TYPE = "durable-deploy:index:StatusCheckWithSlot"


class StatusCheckWithSlot(pulumi.ComponentResource):
    """A Durable Functions app whose new versions are tried and started in a staging slot, and swapped when nothing is running.

    Whatever travels with the code at a swap (durable storage, task hub, package, version, runtime stack) is one bundle, and the
    component declares each slot for the bundle that it holds now. After any swap, by anyone, a preview shows no change.

    Raises ArgumentErrors before anything is registered, with everything that is wrong. An update fails, and writes nothing, while
    production's settings can't be read, or when a new version would overwrite one that `package.replace` does not name.
    """

    site_id: pulumi.Output[str]
    """Resource id of the production site: subscription, resource group and name in one."""
    site_name: pulumi.Output[str]
    resource_group_name: pulumi.Output[str]
    slots: pulumi.Output[list[str]]
    """Names of all slots, production first."""
    host_names: pulumi.Output[dict[str, str]]
    """Slot -> default host name."""
    bundles: pulumi.Output[dict[str, Any]]
    """Bundle -> its durable account and task hub. Which slot holds it is told by the slot's live settings only."""
    connection_setting: pulumi.Output[str]
    """Name of the app setting (or group) that names a slot's durable storage."""
    task_hub_setting: pulumi.Output[str | None]
    """Name of the app setting that names a slot's task hub; none with one account per bundle."""
    sticky_setting_names: pulumi.Output[list[str]]
    identity_principal_id: pulumi.Output[str]
    """The app's identity, for roles on what belongs to the app alone: its queues, its databases."""
    packages_url: pulumi.Output[str]
    """The container of the code packages."""
    wanted_package_url: pulumi.Output[str | None]
    """The package that this program asks for; which slot runs it is told by the slot's live settings."""
    slots_at_last_update: pulumi.Output[dict[str, Any]]
    """Slot -> bundle and version as of the last update. A swap makes it stale."""
    host_json: pulumi.Output[str]
    """The host.json that a package of this app needs, for `operations package --host-json`."""

    def __init__(self, name: str, args: StatusCheckWithSlotArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        arguments, code = _validated(name, args)
        super().__init__(TYPE, name, {}, opts)
        live = LiveState(self, arguments.group_name, arguments.site.name)
        decision = _decided(self, live, arguments, code)

        place = _foundation.make_place(self, name, arguments)
        identity = _foundation.make_identity(place, arguments)
        plan = _foundation.make_plan(place, arguments)
        monitor = _foundation.make_monitor(place, arguments)
        accounts = _accounts.make_accounts(place, arguments)
        roles = _roles.grant_to_app(place, identity, _roles.app_grants(accounts, monitor))
        package = make_package(place, accounts.packages, code, decision.upload)

        facts = Facts(identity, accounts, monitor, _secrets(place, arguments, accounts), package.url)
        sites = _sites.make_sites(place, arguments, plan, identity, _stacks(arguments, decision), roles)
        _roles.grant_to_operators(place, arguments.access.operators, _roles.operator_grants(arguments, accounts, sites[PRODUCTION].id))
        starters = tuple(sorted({*code.starters, *(decision.plan.starters if decision.plan else ())}))
        sticky = sticky_names(arguments, starters)
        names = _sites.make_sticky_names(place, sites[PRODUCTION], sticky if decision.plan else unknown())
        settings = _settings(arguments, decision, starters, facts)
        fence = Fence(live, bundle_keys(arguments), decision.held)
        written = _sites.write_settings(place, sites, settings, fence, [names, *package.resources, *roles])
        checked = fence.after_writing(written)

        self._publish(arguments, code, decision, facts, sites, sticky, checked)

    def _publish(
        self,
        arguments: Arguments,
        code: WantedCode,
        decision: Decision,
        facts: Facts,
        sites: _sites.Slots,
        sticky: list[str],
        checked: pulumi.Output[bool],
    ) -> None:
        by_hub = arguments.durable.isolation == "task_hub"
        outputs: dict[str, Any] = {
            "site_id": sites[PRODUCTION].id,
            "site_name": checked.apply(lambda _: arguments.site.name),
            "resource_group_name": arguments.group_name,
            "slots": list(arguments.slots),
            "host_names": {slot: site.default_host_name for slot, site in sites.items()},
            "bundles": {
                bundle: {"account": facts.accounts.durable[bundle].name, "task_hub": hub} for bundle, hub in arguments.hubs.items()
            },
            "connection_setting": arguments.durable.connection_setting,
            "task_hub_setting": HUB_SETTING if by_hub else None,
            "sticky_setting_names": sticky,
            "identity_principal_id": facts.identity.principal_id,
            "packages_url": facts.accounts.packages.endpoint("blob").apply(lambda endpoint: f"{endpoint}{PACKAGE_CONTAINER}"),
            "wanted_package_url": facts.new_package,
            "slots_at_last_update": _as_planned(decision),
            "host_json": code.host_json,
        }
        for output, value in outputs.items():
            setattr(self, output, pulumi.Output.from_input(value))
        self.register_outputs({name: getattr(self, name) for name in outputs})


def _validated(name: str, args: Any) -> tuple[Arguments, WantedCode]:
    """The arguments and the code, or ArgumentErrors before anything is registered."""
    label = f"StatusCheckWithSlot '{name}'"
    arguments = read_arguments(label, args)
    surroundings = Surroundings(pulumi.get_stack(), os.environ.get("PULUMI_DEBUG_PROVIDERS", ""))
    code, found = read_code(arguments)
    found = [*found, *problems(arguments, code.package, surroundings)]
    if found:
        raise ArgumentErrors(label, found)
    return arguments, code


def _decided(component: pulumi.Resource, live: LiveState, arguments: Arguments, code: WantedCode) -> Decision:
    for warning in warnings(arguments, code.package):
        pulumi.log.warn(warning, component)
    try:
        decision = read_and_decide(live, arguments, code.code, code.digest, dry_run=pulumi.runtime.is_dry_run())
    except Undecidable as error:
        raise pulumi.RunError(f"{arguments.site.name}: {error}") from None
    for warning in decision.warnings:
        pulumi.log.warn(warning, component)
    return decision


def _secrets(place: _foundation.Place, arguments: Arguments, accounts: _accounts.Accounts) -> dict[str, pulumi.Input[str]]:
    if arguments.durable.connection == "connection_string":
        made = {account.name: _accounts.connection_string(place, account) for account in accounts.durable.values()}
        return {bundle: made[account.name] for bundle, account in accounts.durable.items()}
    uris = arguments.durable.key_vault_secrets
    return {bundle: f"@Microsoft.KeyVault(SecretUri={uris.get(bundle) or uris.get('shared')})" for bundle in arguments.bundles if uris}


def _stacks(arguments: Arguments, decision: Decision) -> dict[str, pulumi.Input[str]]:
    if decision.plan is None:
        return {slot: unknown() for slot in arguments.slots}
    return {slot.slot: slot.stack for slot in decision.plan.slots}


def _settings(arguments: Arguments, decision: Decision, starters: tuple[str, ...], facts: Facts) -> dict[str, Any]:
    bundles = {slot.slot: bundle_settings(arguments, slot, facts) for slot in decision.plan.slots} if decision.plan else {}
    return {
        slot: slot_settings(arguments, slot, bundles.get(slot) or unknown_bundle_settings(arguments), starters, facts)
        for slot in arguments.slots
    }


def _as_planned(decision: Decision) -> Any:
    if decision.plan is None:
        return unknown()
    return {slot.slot: {"bundle": slot.bundle, "version": slot.code.label if slot.code else None} for slot in decision.plan.slots}
