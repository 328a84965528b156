"""The site and its slots, with what never travels declared on each of them alike, and their settings as resources of their own.

Settings are never inline: azure-native does not see drift of `siteConfig.appSettings` (pulumi-azure-native#4263).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import pulumi
from pulumi_azure_native import web

from .._azure.plans import plan_kind
from .._live.fence import Fence
from .._live.parity import PRODUCTION
from .._wanted import CommonArguments
from .foundation import AppIdentity, Place

Slots = Mapping[str, web.WebApp | web.WebAppSlot]


def make_sites(
    place: Place,
    arguments: CommonArguments,
    plan: pulumi.Input[str],
    identity: AppIdentity,
    stacks: Mapping[str, pulumi.Input[str]],
    depends_on: list[pulumi.Resource],
    config: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, web.WebApp | web.WebAppSlot]:
    """Slot -> site resource, production first. `stacks` gives each slot's linuxFxVersion, which travels with the code; `config` is `siteConfig` of every slot."""
    options = pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(depends_on=depends_on))
    common: dict[str, Any] = {
        "resource_group_name": place.group,
        "location": place.location,
        "server_farm_id": plan,
        "https_only": True,
        "identity": {"type": web.ManagedServiceIdentityType.USER_ASSIGNED, "user_assigned_identities": [identity.id]},
        "key_vault_reference_identity": identity.id,
        "tags": place.tags,
        **({"kind": "functionapp"} if _on_windows(arguments) else {"kind": "functionapp,linux", "reserved": True}),
    }
    site = web.WebApp(
        f"{place.name}-site",
        name=arguments.site.name,
        site_config={**_site_config(arguments, stacks[PRODUCTION]), **config},
        opts=options,
        **common,
    )
    made: dict[str, web.WebApp | web.WebAppSlot] = {PRODUCTION: site}
    for slot in arguments.site.slots:
        made[slot] = web.WebAppSlot(
            f"{place.name}-{slot}",
            name=site.name,
            slot=slot,
            site_config={**_site_config(arguments, stacks[slot]), **config},
            opts=options,
            **common,
        )
    for slot, resource in made.items():
        _forbid_publishing_passwords(place, site, slot, resource)
    return made


def make_sticky_names(place: Place, site: web.WebApp | web.WebAppSlot, sticky: list[str] | pulumi.Output[Any]) -> pulumi.Resource:
    return web.WebAppSlotConfigurationNames(
        f"{place.name}-sticky-names", name=site.name, resource_group_name=place.group, app_setting_names=sticky, opts=place.options
    )


def write_settings(
    place: Place, sites: Slots, settings: Mapping[str, Any], fence: Fence, waits_for: Iterable[pulumi.Resource]
) -> list[pulumi.Resource]:
    """Each slot's whole map in one request, staging first: a new bundle is written right after the look that the fence takes.

    They wait for the sticky names, or a swap in between would move what must stay.
    """
    ready = [*waits_for, *sites.values()]
    staging = [slot for slot in settings if slot != PRODUCTION]
    opened = fence.before_writing(settings, ready)
    written = [write_slot(place, sites, slot, _after(opened, settings[slot]), ready) for slot in staging]
    opened = fence.before_writing([PRODUCTION], written or ready)
    return [*written, write_slot(place, sites, PRODUCTION, _after(opened, settings[PRODUCTION]), [*ready, *written])]


def _after(opened: pulumi.Output[bool], settings: Any) -> Any:
    """The settings, once the fence is open. A dry run shows them leaf by leaf, instead of as one unknown map."""
    return settings if pulumi.runtime.is_dry_run() else opened.apply(lambda _: pulumi.Output.from_input(settings))


def write_slot(place: Place, sites: Slots, slot: str, properties: Any, depends_on: list[pulumi.Resource]) -> pulumi.Resource:
    """One slot's whole map, in one request."""
    options = pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(depends_on=depends_on))
    name, site = f"{place.name}-{slot}-settings", sites[PRODUCTION]
    if slot == PRODUCTION:
        return web.WebAppApplicationSettings(name, name=site.name, resource_group_name=place.group, properties=properties, opts=options)
    return web.WebAppApplicationSettingsSlot(
        name, name=site.name, slot=slot, resource_group_name=place.group, properties=properties, opts=options
    )


def _site_config(arguments: CommonArguments, stack: pulumi.Input[str]) -> dict[str, Any]:
    kind = plan_kind(arguments.plan.sku)
    assert kind is not None, "the rules refuse an unknown SKU"
    return {
        "ftpsState": "Disabled",
        "http20Enabled": True,
        "minTlsVersion": "1.2",
        "scmMinTlsVersion": "1.2",
        **arguments.site.config,  # the rules refuse what is weaker
        **({} if _on_windows(arguments) else {"linuxFxVersion": stack}),
        "alwaysOn": kind.always_on,
    }


def _forbid_publishing_passwords(place: Place, site: web.WebApp, slot: str, resource: pulumi.Resource) -> None:
    options = pulumi.ResourceOptions.merge(place.options, pulumi.ResourceOptions(depends_on=[resource]))
    arguments: dict[str, Any] = {"name": site.name, "resource_group_name": place.group, "allow": False, "opts": options}
    if slot == PRODUCTION:
        web.WebAppFtpAllowed(f"{place.name}-production-ftp", **arguments)
        web.WebAppScmAllowed(f"{place.name}-production-scm", **arguments)
    else:
        web.WebAppFtpAllowedSlot(f"{place.name}-{slot}-ftp", slot=slot, **arguments)
        web.WebAppScmAllowedSlot(f"{place.name}-{slot}-scm", slot=slot, **arguments)


def _on_windows(arguments: CommonArguments) -> bool:
    return arguments.functions_version == "~1"
