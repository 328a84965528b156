"""Microsoft.Web/sites and Microsoft.Web/sites/slots: one set of rules, since a slot is a site with a parent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.arm import ArmError, Request, ResourceId, ResourceType, Response
from sandbox.arm.errors import not_found
from sandbox.arm.store import Body
from sandbox.resources.tracked import normal_location

from . import flex
from .site_body import CONFIG_DEFAULTS, completed_identity, computed_properties, connection_strings_to_map, pairs_to_map, shown_config
from .site_rules import check_config, check_host_name, check_kind, check_name, check_plan, check_settings
from .slots import PRODUCTION, config, config_body, config_id, count_start, require_slot, site_of, slot_of
from .swap_actions import SwapActions
from .swaps import Swaps


class Sites(ResourceType):
    """A site keeps its siteConfig in `config/web` and its settings in `config/appsettings`, where a swap can exchange them.

    A PUT with `siteConfig.appSettings` replaces all settings, one without leaves them (Microsoft docs, "App settings reference" and
    pulumi-azure-native#4263); no GET shows them.
    """

    def __init__(self, name: str, swaps: Swaps) -> None:
        self.name = name
        self.swaps = swaps

    def get(self, request: Request) -> Response:
        return Response(200, self._shown(request.id, self.existing(request.id)))

    def existing(self, id: ResourceId) -> Body:
        body = self.plane.store.get(id)
        if body is None:
            # Azure names the site itself, even when its group or its parent is what is missing.
            raise not_found(id.type, "/".join(id.names), id.resource_group)
        return body

    def put(self, request: Request) -> Response:
        self.swaps.refuse_while_swapping(request.id)
        self.require_parent(request.id)
        before = self.plane.store.get(request.id)
        body = request.body or {}
        properties = dict(body.get("properties") or {})
        site_config = dict(properties.pop("siteConfig", None) or {})
        plan = self._checked_plan(request.id, body, properties, before)
        flex.check_site(properties.get("functionAppConfig"), plan, body.get("identity"))
        changes = _Changes(site_config)
        check_config(changes.web, plan)
        if changes.settings is not None:
            check_settings(changes.settings, plan["sku"]["tier"])
        completed = self._completed(request.id, body, {**properties, "serverFarmId": plan["id"], **_of_plan(plan, properties)}, before)
        self.plane.write(request, completed)
        self._write_config(request, changes, new=before is None, moved=_flex_config(before) != _flex_config(completed))
        return Response(201 if before is None else 200, self._shown(request.id, completed))

    def delete(self, request: Request) -> Response:
        self.swaps.refuse_while_swapping(request.id)
        return super().delete(request)

    def post(self, request: Request) -> Response:
        self.existing(request.id)
        action = (request.action or "").lower()
        if action in ("restart", "syncfunctiontriggers", "sync"):
            if action != "restart":
                host = self.plane.type_named(f"{self.name}/host")
                return host.post(replace(request, id=request.id.child("host", "default"), action="sync"))
            count_start(self.plane, request.id)
            return Response(200)
        if action in ("start", "stop"):
            return self._set_state(request, "Running" if action == "start" else "Stopped")
        return SwapActions(self.plane, self.swaps).post(request)

    def _checked_plan(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        check_name(id, slot_of(id))
        check_host_name(self.plane, id)
        parent = self.plane.store.get(site_of(id)) if slot_of(id) != PRODUCTION else None
        if parent is not None and body.get("kind"):
            check_kind(body["kind"], parent)
        if before is None and not body.get("location"):
            raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
        if before is not None and body.get("location") and normal_location(body["location"]) != before["location"]:
            raise ArmError(409, "InvalidResourceLocation", f"The resource '{id.name}' already exists in location '{before['location']}'.")
        named = properties.get("serverFarmId") or ((before or parent or {}).get("properties") or {}).get("serverFarmId")
        if not named:
            raise ArmError(400, "BadRequest", f"The site '{id.name}' names no App Service plan ('serverFarmId').")
        return check_plan(self.plane, id, named, before)

    def _completed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        canonical = ResourceId.parse(before["id"]) if before is not None else id
        defaults = {"enabled": True, "httpsOnly": False, "clientAffinityEnabled": True, "reserved": "linux" in (body.get("kind") or "")}
        completed: Body = {
            "id": str(canonical),
            "name": "/".join(canonical.names),
            "type": self.name,
            "kind": body.get("kind") or self._kind(id, before),
            "location": normal_location(body.get("location") or (before or {}).get("location", "")),
            "properties": {
                **defaults,
                **{key: value for key, value in properties.items() if value is not None},
                **computed_properties(canonical.names[0], slot_of(canonical), canonical),
                **_swap_marks(before),
            },
        }
        identity = completed_identity(self.plane, canonical, body.get("identity"))
        optional = {"tags": body.get("tags"), "identity": identity}
        return {**completed, **{key: value for key, value in optional.items() if value is not None}}

    def _kind(self, id: ResourceId, before: Body | None) -> str:
        source = before or (self.plane.store.get(site_of(id)) if slot_of(id) != PRODUCTION else None) or {}
        return str(source.get("kind", "app"))

    def _write_config(self, request: Request, changes: _Changes, *, new: bool, moved: bool) -> None:
        """`moved`: functionAppConfig changed, which is a site update as every other change is."""
        current = config(self.plane, request.id, "web") or CONFIG_DEFAULTS
        written: dict[str, Body] = {"web": {**current, **changes.web}}
        if changes.settings is not None:
            written["appsettings"] = changes.settings
        if changes.connection_strings is not None:
            written["connectionstrings"] = changes.connection_strings
        if changes.metadata is not None:
            written["metadata"] = changes.metadata
        if changes.mounts is not None:
            written["azurestorageaccounts"] = changes.mounts
        changed = {
            name: value for name, value in written.items() if (new and name == "web") or value != config(self.plane, request.id, name)
        }
        for name, value in changed.items():
            self.plane.write(replace(request, id=config_id(request.id, name)), config_body(request.id, name, value))
        if new or changed or moved:
            count_start(self.plane, request.id)

    def _set_state(self, request: Request, state: str) -> Response:
        self.swaps.refuse_while_swapping(request.id)
        body = self.existing(request.id)
        self.plane.write(request, {**body, "properties": {**body["properties"], "state": state}})
        return Response(200)

    def _shown(self, id: ResourceId, body: Body) -> Body:
        properties = {**body["properties"], "siteConfig": shown_config(config(self.plane, id, "web"))}
        state = self.swaps.state(site_of(id))
        if state is not None and state.until == 4 and slot_of(id) in (state.source, state.target):
            properties["inProgressOperationId"] = state.id
        return {**body, "properties": properties}


class PublishingPolicies(ResourceType):
    """`basicPublishingCredentialsPolicies/{ftp,scm}`: exist with the slot, allowed until put otherwise, and stay at a swap."""

    def __init__(self, name: str, swaps: Swaps) -> None:
        self.name = name
        self._swaps = swaps

    def existing(self, id: ResourceId) -> Body:
        require_slot(self.plane, site_of(id), slot_of(id))
        if id.name.lower() not in ("ftp", "scm"):
            raise ArmError(404, "NotFound", f"{id.name!r} is not a publishing credentials policy: there are 'ftp' and 'scm'.")
        return self.plane.store.get(id) or {"id": str(id), "name": id.name, "type": id.type, "properties": {"allow": True}}

    def put(self, request: Request) -> Response:
        self._swaps.refuse_while_swapping(request.id)
        current = self.existing(request.id)
        allow = (request.body or {}).get("properties", {}).get("allow")
        if not isinstance(allow, bool):
            raise ArmError(400, "BadRequest", "The request must carry 'properties.allow', true or false.")
        body = {**current, "properties": {"allow": allow}}
        self.plane.write(request, body)
        return Response(200, body)

    def delete(self, request: Request) -> Response:
        return self.put(replace(request, method="PUT", body={"properties": {"allow": True}}))


class _Changes:
    """What a PUT's siteConfig asks for, sorted by the config resource that it belongs to. None: not mentioned."""

    def __init__(self, site_config: Body) -> None:
        settings, strings, metadata = (site_config.pop(key, None) for key in ("appSettings", "connectionStrings", "metadata"))
        self.mounts: Body | None = site_config.pop("azureStorageAccounts", None)
        self.settings: dict[str, Any] | None = None if settings is None else pairs_to_map(settings)
        self.connection_strings: Body | None = None if strings is None else connection_strings_to_map(strings)
        self.metadata: Body | None = None if metadata is None else pairs_to_map(metadata)
        self.web: Body = {key: value for key, value in site_config.items() if value is not None}


def _of_plan(plan: Body, properties: Body) -> Body:
    """What a site on Flex Consumption shows beside the rest: its plan's tier as `sku` (Azure/azure-dev#3658), Linux whatever its kind says."""
    if plan["sku"]["tier"] != flex.TIER:
        return {}
    return {"sku": flex.TIER, "functionAppConfig": flex.completed(properties["functionAppConfig"]), "reserved": True}


def _flex_config(site: Body | None) -> Body | None:
    config: Body | None = (site or {}).get("properties", {}).get("functionAppConfig")
    return config


def _swap_marks(before: Body | None) -> Body:
    known = (before or {}).get("properties", {})
    return {key: known[key] for key in ("slotSwapStatus", "targetSwapSlot") if key in known}
