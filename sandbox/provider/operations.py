"""Create, Read, Update and Delete of one resource, as the real provider carries them out (pulumi-azure-native, provider.go, crud.go)."""

from __future__ import annotations

import json

from sandbox.arm import ArmError

from . import blobs
from .client import ArmClient, Body
from .problem import ProviderError, is_gone
from .resource_specs import ResourceSpec
from .shapes import convert
from .shapes.diff import drifted
from .shapes.wire import Properties


def create(spec: ResourceSpec, inputs: Properties, subscription: str, arm: ArmClient) -> tuple[str, Properties]:
    """Refuses what exists already, except singletons: those are taken over, with whatever they held."""
    id = spec.id(inputs, subscription)
    if spec.custom == "blob":
        return id, blobs.create(spec, id, inputs, arm)
    _require_absent(spec, id, arm)
    body = _put(spec, id, inputs, arm)
    id = str(body.get("id") or id)
    return id, _after_write(spec, id, body, arm)


def update(spec: ResourceSpec, inputs: Properties, subscription: str, arm: ArmClient) -> Properties:
    """The id comes from the inputs and the configured subscription, not from the state: that is how the real provider does it."""
    id = spec.id(inputs, subscription)
    if spec.custom == "blob":
        return blobs.update(spec, id, inputs, arm)
    return _after_write(spec, id, _put(spec, id, inputs, arm), arm)


def read(spec: ResourceSpec, id: str, arm: ArmClient) -> Properties | None:
    """The outputs; None if the resource is gone."""
    if spec.custom == "blob":
        return blobs.read(spec, id, arm)
    body = _body(spec, id, arm)
    return None if body is None else _outputs(spec, body)


def delete(spec: ResourceSpec, id: str, arm: ArmClient) -> None:
    """Singletons can't be deleted. They are set to their default, which wipes a map of settings whoever wrote it.

    For sites the real provider sends `deleteEmptyServerFarm=false`, which is what a DELETE without a query means to the control plane.
    """
    if spec.default_body is not None:
        arm.put(id, json.loads(json.dumps(spec.default_body)))
    else:
        arm.delete(id)


def refreshed_inputs(spec: ResourceSpec, inputs: Properties, old_outputs: Properties, new_outputs: Properties) -> Properties:
    fields = spec.body_fields
    return drifted(inputs, convert.project(old_outputs, fields), convert.project(new_outputs, fields))


def imported_inputs(spec: ResourceSpec, id: str, outputs: Properties) -> Properties:
    """The inputs that would make the resource as it is, for an import or a `.get`: its path, and what it holds that is not empty."""
    found = {name: convert.without_empty(value) for name, value in convert.project(outputs, spec.body_fields).items()}
    return {**spec.path_values(id), **{name: value for name, value in found.items() if value is not None}}


def preview_create(spec: ResourceSpec, inputs: Properties) -> Properties:
    return convert.preview(inputs, spec.outputs)


def preview_update(spec: ResourceSpec, inputs: Properties, old_outputs: Properties) -> Properties:
    """Name and location never change in place, so that dependent resources may use them; other outputs are unknown again."""
    stable: Properties = {name: old_outputs[name] for name in ("name", "location") if name in old_outputs}
    return {**convert.preview(inputs, spec.outputs), **stable}


def _require_absent(spec: ResourceSpec, id: str, arm: ArmClient) -> None:
    try:
        found = arm.post(id, "list") if spec.listed else arm.get(id)
    except ArmError as error:
        if error.status == 404:
            return
        raise ProviderError(f"cannot check existence of resource '{id}': status code {error.status}, {json.dumps(error.body())}") from error
    if found and spec.default_body is None:
        raise ProviderError(f"cannot create already existing resource '{id}'")


def _put(spec: ResourceSpec, id: str, inputs: Properties, arm: ArmClient) -> Body:
    return arm.put(id, convert.to_body(inputs, spec.body_fields, spec.envelope, spec.renames))


def _after_write(spec: ResourceSpec, id: str, written: Body, arm: ArmClient) -> Properties:
    """A read right after the write, so that state and refresh have one shape. Its failure is no failure of the write."""
    try:
        return read(spec, id, arm) or _outputs(spec, written)
    except (ArmError, ProviderError):
        return _outputs(spec, written)


def _body(spec: ResourceSpec, id: str, arm: ArmClient) -> Body | None:
    try:
        body = arm.post(id, "list") if spec.listed else arm.get(id)
    except ArmError as error:
        if is_gone(error):
            return None
        raise
    return _with_site_config(id, body, arm) if spec.custom == "site" else body


def _with_site_config(id: str, site: Body, arm: ArmClient) -> Body:
    """A GET of a site does not show its configuration: a second one does, without app settings and connection strings."""
    config = dict(arm.get(f"{id}/config/web").get("properties") or {})
    if config.get("publishingUsername") == "REDACTED":
        del config["publishingUsername"]
    return {**site, "properties": {**site.get("properties", {}), "siteConfig": config}}


def _outputs(spec: ResourceSpec, body: Body) -> Properties:
    outputs = convert.from_body(body, spec.outputs, spec.envelope, spec.renames)
    return outputs | ({"azureApiVersion": spec.api_version} if spec.api_version else {})
