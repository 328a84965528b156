"""Microsoft.Web/sites[/slots]/config/NAME: settings, connection strings, sticky names, and the rest of a slot's configuration."""

from __future__ import annotations

from dataclasses import replace

from sandbox.arm import ArmError, Request, ResourceId, ResourceType, Response
from sandbox.arm.errors import not_found
from sandbox.arm.store import Body

from .plans import plan_named
from .site_body import CONFIG_DEFAULTS
from .site_rules import check_config, check_settings
from .slots import config, config_body, count_start, require_slot, site_of, slot_of
from .swaps import Swaps

_MAPS = ("appsettings", "connectionstrings", "metadata", "azurestorageaccounts")
_STICKY_LISTS = ("appSettingNames", "connectionStringNames", "azureStorageConfigNames")


class SiteConfig(ResourceType):
    """Maps hold secrets: Azure answers a GET of one with 405, and shows it on POST `…/list`. A PUT replaces the whole map.

    Sources: Microsoft docs, "Web Apps - Update Application Settings" and "Web Apps - List Application Settings"; pulumi-azure-native#1876.
    """

    def __init__(self, name: str, swaps: Swaps) -> None:
        self.name = name
        self._swaps = swaps

    def get(self, request: Request) -> Response:
        name = self._name(request.id)
        if name in _MAPS:
            raise ArmError(
                405, "MethodNotAllowed", f"The requested resource does not support http method 'GET': list '{name}' by POST {name}/list."
            )
        return Response(200, self.existing(request.id))

    def post(self, request: Request) -> Response:
        if self._name(request.id) not in _MAPS or request.action != "list":
            return super().post(request)
        return Response(200, self.existing(request.id))

    def put(self, request: Request) -> Response:
        self._swaps.refuse_while_swapping(request.id)
        before = self.existing(request.id)
        name, owner = self._name(request.id), _owner(request.id)
        properties = (request.body or {}).get("properties") or {}
        self._check(name, owner, properties)
        if name == "web":
            properties = {**before["properties"], **{key: value for key, value in properties.items() if value is not None}}
            properties.pop("appSettings", None)
        elif name == "slotconfignames":
            properties = {key: properties.get(key) for key in _STICKY_LISTS}
        body = config_body(owner, before["name"], properties)
        self.plane.write(request, body)
        if name != "slotconfignames" and properties != before["properties"]:
            count_start(self.plane, owner)
        return Response(200, body)

    def patch(self, request: Request) -> Response:
        if self._name(request.id) in _MAPS:
            raise ArmError(405, "MethodNotAllowed", "The requested resource does not support http method 'PATCH'.")
        return self.put(replace(request, method="PATCH"))

    def delete(self, request: Request) -> Response:
        """Azure has no DELETE here; tools send a PUT of nothing instead, which wipes every setting. Both do that."""
        return self.put(replace(request, body={"properties": {}}))

    def existing(self, id: ResourceId) -> Body:
        owner = _owner(id)
        if self.plane.store.get(owner) is None:
            raise not_found(owner.type, "/".join(owner.names), id.resource_group)
        name = self._name(id)
        defaults = {"web": CONFIG_DEFAULTS, "slotconfignames": dict.fromkeys(_STICKY_LISTS)}
        return config_body(owner, _CASING.get(name, name), config(self.plane, owner, name) or dict(defaults.get(name, {})))

    def _check(self, name: str, owner: ResourceId, properties: Body) -> None:
        if name not in ("appsettings", "web"):
            return
        site = require_slot(self.plane, site_of(owner), slot_of(owner))
        plan = plan_named(self.plane, site["properties"]["serverFarmId"])
        if name == "web":
            check_config(properties, plan)
        else:
            check_settings(properties, plan["sku"]["tier"])

    def _name(self, id: ResourceId) -> str:
        name = id.name.lower()
        known = (*_MAPS, "web", "slotconfignames") if len(id.names) == 2 else (*_MAPS, "web")
        if name not in known:
            raise ArmError(
                404, "NotFound", f"The embedded Azure does not know config/{id.name} of a {'site' if len(id.names) == 2 else 'slot'}."
            )
        return name


_CASING = {"slotconfignames": "slotConfigNames"}


def _owner(id: ResourceId) -> ResourceId:
    parent = id.parent
    assert parent is not None
    return parent
