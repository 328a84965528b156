"""Makes the router and what it works with, and says what came of it."""

from __future__ import annotations

import json
from typing import Any

import pulumi
from pulumi_azure_native import storage

from .. import _defaults as defaults
from .._children import foundation as _foundation
from .._children import roles as _roles
from .._children import sites as _sites
from .._children.packages import Deployed, make_package
from .._children.slot_settings import unknown
from .._code.wanted_code import WantedCode
from .._live.parity import PRODUCTION
from .._live.reading import LiveState
from .._live.uploads import Upload
from . import rights
from .blueprint import blob_name, blueprint, text_of
from .front import lead_to_router, make_service
from .lines import make_lines
from .live import RouterNow, RouterUnreadable, read_router, told, told_of_code
from .router_settings import router_settings, sticky_names
from .stores import BLUEPRINTS, VERSIONS, Stores, container, make_stores
from .wanted import RoutingArguments


def build(component: pulumi.Resource, name: str, arguments: RoutingArguments, code: WantedCode) -> dict[str, Any]:
    """The component's outputs, once its children are declared."""
    assert code.code is not None and code.digest is not None
    now = _now(component, arguments, code)
    place = _foundation.make_place(component, name, arguments)
    identity = _foundation.make_identity(place, arguments)
    plan = arguments.hosting.make_plan(place, arguments)
    monitor = _foundation.make_monitor(place, arguments)
    stores = make_stores(place, arguments)
    lines = make_lines(place, arguments)
    front = make_service(place, arguments)
    list_id = None if front is None else front.list_id
    assigned = _roles.grant_to_app(place, identity, rights.router_grants(arguments, stores, lines, monitor, list_id))
    of_versions = _foundation.Place(f"{name}-apps", place.group, place.location, place.tags, place.options)
    assigned += _roles.grant_to_app(of_versions, lines.identity, rights.version_grants(arguments, stores, lines, monitor))
    package = make_package(place, stores.packages, code, now.upload if now else Upload(True, None))

    stacks: dict[str, pulumi.Input[str]] = {slot: code.code.stack or "" for slot in arguments.slots}
    sites = arguments.hosting.make_sites(place, arguments, plan, identity, stores.host, stacks, {}, assigned)
    site = sites[PRODUCTION]
    _roles.grant_to_operators(place, arguments.access.operators, rights.operator_grants(arguments, stores, site.id))
    sticky = arguments.hosting.make_sticky_names(place, sites, arguments.hosting.sticky_names(sticky_names()))
    declared = blueprint(arguments, stores, lines, monitor, site.id, None if front is None else front.url, list_id)
    url, blob = _delivered(place, stores, declared)
    if now is not None:
        url.apply(lambda found: _tell(component, now.blueprint_url, found, arguments.policy.rollout))
        if not now.deployed:
            pulumi.log.warn(told_of_code(code.code.label), component)
    settings = {slot: _settings(arguments, slot, now, stores, identity, monitor, package, code, url) for slot in arguments.slots}
    ready = [*sticky, blob, *stores.made, *package.resources, *assigned, *sites.values()]
    written = _written(place, sites, settings, ready)
    if front is not None:
        lead_to_router(place, front, arguments, site, written)
    own = site.default_host_name.apply(lambda host: f"https://{host}")
    url_of_all = arguments.http.public_url or (own if front is None else front.url)
    all_written = pulumi.Output.all(*[one.urn for one in written])
    return _outputs(arguments, stores, sites, declared, identity, all_written, code, now, url_of_all, package.url)


def _now(component: pulumi.Resource, arguments: RoutingArguments, code: WantedCode) -> RouterNow | None:
    """None: a dry run that may not read it, which shows unknown values."""
    assert code.code is not None and code.digest is not None
    try:
        return read_router(LiveState(component, arguments.group_name, arguments.site.name), arguments, code.code.blob, code.digest)
    except RouterUnreadable as error:
        if not pulumi.runtime.is_dry_run():
            raise pulumi.RunError(
                f"{arguments.site.name}: {error}. Which code the router runs is unknown, so nothing is written."
            ) from None
        pulumi.log.warn(f"{error}. Which code the router runs is shown as unknown; an update would stop here.", component)
        return None


def _settings(
    arguments: RoutingArguments,
    slot: str,
    now: RouterNow | None,
    stores: Stores,
    identity: _foundation.AppIdentity,
    monitor: _foundation.Monitor,
    package: Deployed,
    code: WantedCode,
    url: pulumi.Output[str],
) -> Any:
    assert package.url is not None and code.code is not None
    runs: pulumi.Input[str] = package.url
    version: pulumi.Input[str] = code.code.label
    if slot == PRODUCTION and now is None:
        runs, version = unknown(), unknown()
    elif slot == PRODUCTION and now is not None and now.package is not None:
        runs, version = pulumi.Output.secret(now.package), now.version or ""
    return arguments.hosting.settings(router_settings(arguments, slot, stores, identity, monitor, runs, version, url), code.code)


def _delivered(
    place: _foundation.Place, stores: Stores, declared: pulumi.Output[dict[str, Any]]
) -> tuple[pulumi.Output[str], storage.Blob]:
    """Under its own hash, so that another blueprint is another setting, which restarts the router."""
    into = container(place, stores.packages, BLUEPRINTS)
    name = declared.apply(blob_name)
    source: Any = declared.apply(lambda one: pulumi.StringAsset(text_of(one)))
    blob = storage.Blob(
        f"{place.name}-blueprint",
        blob_name=name,
        account_name=stores.packages.name,
        container_name=into.name,
        resource_group_name=place.group,
        content_type="application/json",
        source=source,
        opts=place.options,
    )
    endpoint = stores.packages.endpoint("blob")
    return pulumi.Output.all(endpoint, name).apply(lambda both: f"{both[0]}{BLUEPRINTS}/{both[1]}"), blob


def _written(
    place: _foundation.Place, sites: _sites.Slots, settings: dict[str, Any], ready: list[pulumi.Resource]
) -> list[pulumi.Resource]:
    """The other slots first: whatever is wrong with new code or settings is seen there."""
    written: list[pulumi.Resource] = []
    for slot in [*(one for one in settings if one != PRODUCTION), PRODUCTION]:
        written.append(_sites.write_slot(place, sites, slot, settings[slot], [*ready, *written]))
    return written


def _tell(component: pulumi.Resource, before: str | None, after: str, rollout: str) -> None:
    sentence = told(before, after, rollout)
    if sentence is not None:
        pulumi.log.warn(sentence, component)


def _outputs(
    arguments: RoutingArguments,
    stores: Stores,
    sites: _sites.Slots,
    declared: pulumi.Output[dict[str, Any]],
    identity: _foundation.AppIdentity,
    written: pulumi.Output[Any],
    code: WantedCode,
    now: RouterNow | None,
    url: pulumi.Input[str],
    package_url: pulumi.Output[str] | None,
) -> dict[str, Any]:
    site = sites[PRODUCTION]
    own = site.default_host_name.apply(lambda host: f"https://{host}")
    assert code.code is not None
    waits = None if now is None or now.package is None else code.code.label
    return {
        "router_url": url,
        "operators_url": own if arguments.gateway is not None else url,
        "router_id": pulumi.Output.all(site.id, written).apply(lambda both: both[0]),
        "site_name": arguments.site.name,
        "resource_group_name": arguments.group_name,
        "slots": list(arguments.slots),
        "host_names": {slot: one.default_host_name for slot, one in sites.items()},
        "versions_group_name": arguments.versions_group,
        "packages_url": stores.state.endpoint("blob").apply(lambda endpoint: f"{endpoint}{VERSIONS}"),
        "blueprint_version": declared.apply(lambda one: one["version"]),
        "identity_principal_id": identity.principal_id,
        "hosting": arguments.hosting.kind,
        "waiting_for_swap": waits,
        "waiting_for_deployment": unknown() if now is None else None if now.deployed else code.code.label,
        "router_package_url": package_url,
        "host_json": declared.apply(_host_json),
    }


def _host_json(declared: dict[str, Any]) -> str:
    """The host.json of a version's package. .NET apps bring their extensions themselves."""
    durable = declared["durable"]
    storage_provider = {"connectionStringName": durable["connection_name"]}
    if durable["tracking"] == "shared":
        storage_provider["trackingStoreConnectionStringName"] = durable["tracking_connection_name"]
        storage_provider["trackingStoreNamePrefix"] = durable["tracking_prefix"]
    bundle = {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": defaults.EXTENSION_BUNDLE}
    has_bundle = not declared["app"]["runtime_name"].startswith("dotnet")
    wanted = {
        "version": "2.0",
        **({"extensionBundle": bundle} if has_bundle else {}),
        "extensions": {"durableTask": {"hubName": f"%{defaults.HUB_SETTING}%", "storageProvider": storage_provider}},
    }
    return json.dumps(wanted, indent=2) + "\n"


__all__ = ["build"]
