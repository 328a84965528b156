"""What Check adds to the inputs: a name, a location, the API version (pulumi-azure-native, provider.go `applyDefaults`)."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Any

from pulumi.runtime.proto import provider_pb2

from sandbox.arm import ArmError

from .client import ArmClient
from .configuration import Configuration
from .problem import ProviderError
from .resource_specs import ResourceSpec, fill
from .shapes.wire import UNKNOWN, Properties

CREATE_BEFORE_DELETE = "__createBeforeDelete"
"""Added with a random name: the replacement gets another one, so that the old resource need not go first."""

_Mode = provider_pb2.CheckRequest.AutonamingOptions.Mode
_GROUP_PATH = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"


def apply_defaults(
    spec: ResourceSpec, request: Any, olds: Properties, news: Properties, configuration: Configuration, arm: ArmClient
) -> None:
    """`request` is the CheckRequest; `news` is changed in place."""
    key = spec.autonamed
    if key is not None and key not in news:
        _name(spec, key, request, olds, news)
    if "location" in spec.body_fields and "location" not in news:
        location = _location(olds, news, configuration, arm)
        if location is not None:
            news["location"] = location
    if spec.api_version is not None:
        news.setdefault("azureApiVersion", spec.api_version)


def _name(spec: ResourceSpec, key: str, request: Any, olds: Properties, news: Properties) -> None:
    if key in olds:
        news[key], random = olds[key], olds.get(CREATE_BEFORE_DELETE) is True
    else:
        proposed = _new_name(spec.autoname, request)
        if proposed is None:
            return
        news[key], random = proposed
    if random:
        news[CREATE_BEFORE_DELETE] = True


def _new_name(strategy: str, request: Any) -> tuple[str, bool] | None:
    """The name, and whether it is a random one; None where autonaming is switched off."""
    if request.HasField("autonaming"):
        mode = request.autonaming.mode
        if mode == _Mode.DISABLE:
            return None
        if mode == _Mode.ENFORCE or (mode == _Mode.PROPOSE and strategy != "uuid"):
            return request.autonaming.proposed_name, True
    name = request.urn.split("::")[-1]
    digits = hashlib.sha256(request.randomSeed or secrets.token_bytes(32)).hexdigest()
    if strategy == "copy":
        return name, False
    return (str(uuid.UUID(digits[:32])) if strategy == "uuid" else name + digits[:8]), True


def _location(olds: Properties, news: Properties, configuration: Configuration, arm: ArmClient) -> Any:
    """The old input's, the configured one, else the resource group's; None if there is no telling."""
    if "location" in olds:
        return olds["location"]
    if configuration.location is not None:
        return configuration.location
    group = news.get("resourceGroupName")
    if group is UNKNOWN:
        return UNKNOWN
    try:
        return arm.get(fill(_GROUP_PATH, news, configuration.subscription)).get("location")
    except (ArmError, ProviderError):
        return None
