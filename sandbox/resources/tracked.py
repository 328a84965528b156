"""What most ARM types have in common: a name rule, required values, a location that can't change, an id that keeps its first casing."""

from __future__ import annotations

import re
import uuid
from typing import Any

from sandbox.arm import ArmError, Request, ResourceId, ResourceType, Response
from sandbox.arm.store import Body

_NAMESPACE = uuid.UUID("00000000-0000-4000-8000-0000000000ab")


def uuid_of(*parts: str) -> str:
    """A UUID that is the same for the same parts on every machine: Azure's random ids, made repeatable."""
    return str(uuid.uuid5(_NAMESPACE, "|".join(part.lower() for part in parts)))


def normal_location(location: str) -> str:
    """`West Europe` and `westeurope` are one place."""
    return location.replace(" ", "").lower()


class Tracked(ResourceType):
    """A type's file names what is special about it: the class attributes below, and the three hooks at the end."""

    name_rule: str = r".{1,260}"
    name_help: str = "1 to 260 characters"
    required: tuple[str, ...] = ()
    """Paths that a PUT must carry, such as `location` or `sku.name`."""
    default_name_exists: bool = False
    """True for singletons such as `blobServices/default`: readable, and a valid parent, without ever having been put."""

    def __init__(self, name: str | None = None) -> None:
        if name is not None:
            self.name = name

    def put(self, request: Request) -> Response:
        before = self.plane.store.get(request.id)
        body = request.body or {}
        self.require_parent(request.id)
        self._check(request.id, body, before)
        self.check(request, body, before)
        completed = self.completed(request.id, body, before)
        self.carry_out(request, completed, before)
        self.plane.write(request, completed)
        return Response(201 if before is None else 200, self.shown(request.id, completed))

    def get(self, request: Request) -> Response:
        return Response(200, self.shown(request.id, self.existing(request.id)))

    def existing(self, id: ResourceId) -> Body:
        if self.default_name_exists and id.name.lower() == "default" and self.plane.store.get(id) is None:
            self.require_parent(id)
            return {"id": str(id), "name": "default", "type": id.type, "properties": {}}
        return super().existing(id)

    def require_parent(self, id: ResourceId) -> None:
        parent = id.parent
        if parent is not None and self._is_implicit(parent):
            self.require_parent(parent)
            return
        super().require_parent(id)

    def completed(self, id: ResourceId, body: Body, before: Body | None) -> Body:
        known = {key: body[key] for key in ("location", "tags", "kind", "sku", "identity", "extendedLocation") if body.get(key) is not None}
        if "location" in known:
            known["location"] = normal_location(known["location"])
        elif before is not None and "location" in before:
            known["location"] = before["location"]
        canonical = before["id"] if before is not None else str(id)
        properties = {key: value for key, value in (body.get("properties") or {}).items() if value is not None}
        return {
            "id": canonical,
            "name": canonical.rsplit("/", 1)[1],
            "type": self.name,
            **known,
            "properties": {**properties, **self.computed(id, known, properties, before)},
        }

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        """Raises ArmError for what Azure refuses, beyond name, required values and location."""

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        """The properties that Azure sets itself; they win over what a caller sent along."""
        return {"provisioningState": "Succeeded"}

    def carry_out(self, request: Request, body: Body, before: Body | None) -> None:
        """What happens in the world before the write is stored; an exception here means that nothing is stored."""

    def shown(self, id: ResourceId, body: Body) -> Any:
        return body

    def _check(self, id: ResourceId, body: Body, before: Body | None) -> None:
        if not re.fullmatch(self.name_rule, id.name):
            raise ArmError(400, "InvalidResourceName", f"{id.name!r} is not a valid name for {self.name}: {self.name_help}.")
        for path in self.required:
            if before is None and not _lookup(body, path):
                raise ArmError(
                    400, "InvalidRequestContent", f"The request to create {self.name} '{id.name}' lacks the required value '{path}'."
                )
        if before is not None and body.get("location") and normal_location(body["location"]) != before.get("location"):
            raise ArmError(
                409,
                "InvalidResourceLocation",
                f"The resource '{id.name}' already exists in location '{before.get('location')}' in resource group '{id.resource_group}'. "
                f"A resource with the same name cannot be created in location '{body['location']}'. Please select a new resource name.",
            )

    def _is_implicit(self, id: ResourceId) -> bool:
        singletons = ("/blobservices", "/tableservices", "/queueservices", "/fileservices")
        return id.name.lower() == "default" and id.type.lower().endswith(singletons)


def _lookup(body: Body, path: str) -> Any:
    value: Any = body
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value
