"""`storage.Blob`: no ARM resource but an upload with the account's key (pulumi-azure-native, custom_storage_azidentity.go)."""

from __future__ import annotations

import base64

from sandbox.arm import ArmError

from .archive import content_of
from .client import ArmClient, Body
from .problem import ProviderError, is_gone
from .resource_specs import ResourceSpec
from .shapes.wire import Properties, Source

_UPDATED = ("contentType", "metadata", "accessTier")


def create(spec: ResourceSpec, id: str, inputs: Properties, arm: ArmClient) -> Properties:
    if read(spec, id, arm) is not None:
        raise ProviderError(f'cannot create already existing resource "{id}"')
    source = inputs.get("source")
    if inputs.get("type") == "Append" and source is not None:
        raise ProviderError("a source cannot be specified for an Append blob")
    content = content_of(source) if isinstance(source, Source) else b""
    properties = {name: inputs[name] for name in (*_UPDATED, "contentMd5", "type") if name in inputs}
    arm.put(id, {"properties": properties, "content": base64.b64encode(content).decode()})
    return _just_written(spec, id, arm)


def update(spec: ResourceSpec, id: str, inputs: Properties, arm: ArmClient) -> Properties:
    """Content never changes in place: another source is another blob."""
    arm.put(id, {"properties": {name: inputs[name] for name in _UPDATED if name in inputs}})
    return _just_written(spec, id, arm)


def read(spec: ResourceSpec, id: str, arm: ArmClient) -> Properties | None:
    """The outputs, which do not hold the source: a refresh leaves that input as it is. None if the blob is gone."""
    try:
        body = arm.get(id)
        account = arm.get(id[: id.lower().index("/blobservices/")])
    except ArmError as error:
        if is_gone(error):
            return None
        raise _described(spec, id, error) from error
    return _outputs(spec.path_values(id), body.get("properties", {}), account["properties"]["primaryEndpoints"]["blob"])


def _outputs(names: Properties, properties: Body, endpoint: str) -> Properties:
    outputs = {
        **names,
        "name": names["blobName"],
        "contentMd5": properties.get("contentMd5", ""),
        "contentType": properties.get("contentType") or "application/octet-stream",
        "metadata": properties.get("metadata") or {},
        "type": properties.get("type", "Block"),
        "url": f"{endpoint.rstrip('/')}/{names['containerName']}/{names['blobName']}",
    }
    return outputs | ({"accessTier": properties["accessTier"]} if properties.get("accessTier") else {})


def _just_written(spec: ResourceSpec, id: str, arm: ArmClient) -> Properties:
    outputs = read(spec, id, arm)
    if outputs is None:
        raise ProviderError("newly created blob is not found")
    return outputs


def _described(spec: ResourceSpec, id: str, error: ArmError) -> ProviderError:
    names = spec.path_values(id)
    where = f'(container "{names["containerName"]}" / account "{names["accountName"]}")'
    return ProviderError(f'retrieving blob properties "{names["blobName"]}" {where}: {error}')
