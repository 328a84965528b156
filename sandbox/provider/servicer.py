"""The provider protocol: each call is decoded, guarded, carried out by the rooms beside it, and encoded.

Not implemented, as nothing that a program does needs it: GetSchema (asked for by `pulumi import`, `package add` and YAML programs),
Handshake (the real provider has none either), Construct, Call, GetMapping.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.arm import ArmError, ControlPlane

from . import invokes, operations, resource_specs
from .client import ArmClient
from .configuration import (
    Configuration,
    Configurations,
    from_arguments,
    refusal,
    require_allowed,
)
from .defaults import CREATE_BEFORE_DELETE, apply_defaults
from .problem import ProviderError
from .resource_specs import ResourceSpec
from .shapes import check, diff
from .shapes.wire import Properties, decode, encode

VERSION = "3.29.0"
"""Of pulumi_azure_native, whose classes say what this provider accepts."""

_Answer = TypeVar("_Answer")


def _reporting(method: Callable[[Any, Any, Any], _Answer]) -> Callable[[Any, Any, Any], _Answer]:
    """Turns a failure into a clean error of the call; grpc would prefix it with the name of a Python exception."""

    @functools.wraps(method)
    def call(self: Any, request: Any, context: Any) -> _Answer:
        try:
            return method(self, request, context)
        except (ProviderError, ArmError) as problem:
            code, text = grpc.StatusCode.UNKNOWN, str(problem)
        except Exception as defect:  # whatever it is, a defect of the sandbox must not look like an error of Azure's
            code, text = grpc.StatusCode.INTERNAL, f"the embedded Azure failed in {method.__name__}: {defect!r}"
        context.abort(code, text)
        raise AssertionError("abort does not return")

    return call


class AzureNative(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, plane: ControlPlane, *, subscription: str, tenant: str, object_id: str, allowed_stacks: tuple[str, ...]) -> None:
        self._arm = ArmClient(plane)
        self._default_subscription = subscription
        self._tenant = tenant
        self._object_id = object_id
        self._allowed = allowed_stacks
        self._configurations = Configurations(Configuration(subscription))

    def Handshake(self, request: Any, context: Any) -> Any:
        """Without one the engine takes what Configure answers; said here so that grpc does not log the call as a defect."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "the azure-native provider has no handshake")

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=VERSION)

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:
        """Arrives at the end of every operation; the server goes on for the next one."""
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news, failures=self._refusals(request.urn))

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse()

    @_reporting
    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        if request.urn:
            require_allowed(request.urn, self._allowed)
        configuration = from_arguments(decode(request.args), dict(request.variables), self._default_subscription)
        self._configurations.set(context.peer(), configuration)
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    @_reporting
    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        if refused := self._refusals(request.urn):
            return provider_pb2.CheckResponse(inputs=request.news, failures=refused)
        spec, news = _spec(request.urn), decode(request.news)
        apply_defaults(spec, request, decode(request.olds), news, self._configurations.of(context.peer()), self._arm)
        failures = [provider_pb2.CheckFailure(reason=reason) for reason in _problems(spec, news)]
        return provider_pb2.CheckResponse(inputs=encode(news), failures=failures)

    @_reporting
    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        spec, olds = _spec(request.urn), decode(request.old_inputs)
        detailed = diff.detailed_diff(olds, decode(request.news), spec.replaces_on)
        replaces = diff.replaced(detailed)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and olds.get(CREATE_BEFORE_DELETE) is not True,
            diffs=sorted({diff.top_level(path) for path in detailed}),
            detailedDiff=detailed,
            hasDetailedDiff=True,
        )

    @_reporting
    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        require_allowed(request.urn, self._allowed)
        spec, inputs = _spec(request.urn), decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(operations.preview_create(spec, inputs)))
        id, outputs = operations.create(spec, inputs, self._subscription(context), self._arm)
        return provider_pb2.CreateResponse(id=id, properties=encode(outputs))

    @_reporting
    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        require_allowed(request.urn, self._allowed)
        spec, inputs = _spec(request.urn), decode(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=encode(operations.preview_update(spec, inputs, decode(request.olds))))
        return provider_pb2.UpdateResponse(properties=encode(operations.update(spec, inputs, self._subscription(context), self._arm)))

    @_reporting
    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        require_allowed(request.urn, self._allowed)
        spec = _spec(request.urn)
        outputs = operations.read(spec, request.id, self._arm)
        if outputs is None:
            return provider_pb2.ReadResponse()
        if request.HasField("inputs") and request.inputs.fields:
            inputs = operations.refreshed_inputs(spec, decode(request.inputs), decode(request.properties), outputs)
        else:
            inputs = operations.imported_inputs(spec, request.id, outputs)
        return provider_pb2.ReadResponse(id=request.id, properties=encode(outputs), inputs=encode(inputs))

    @_reporting
    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:
        require_allowed(request.urn, self._allowed)
        operations.delete(_spec(request.urn), request.id, self._arm)
        return empty_pb2.Empty()

    @_reporting
    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:
        subscription = self._subscription(context)
        if request.tok == invokes.CLIENT_CONFIG:
            outputs = invokes.client_config(subscription, self._tenant, self._object_id)
        else:
            outputs = invokes.invoke(request.tok, decode(request.args), subscription, self._arm)
        return provider_pb2.InvokeResponse(**{"return": encode(outputs)})

    def _subscription(self, context: Any) -> str:
        return self._configurations.of(context.peer()).subscription

    def _refusals(self, urn: str) -> list[provider_pb2.CheckFailure]:
        reason = refusal(urn, self._allowed)
        return [provider_pb2.CheckFailure(reason=reason)] if reason else []


def _spec(urn: str) -> ResourceSpec:
    return resource_specs.find(urn.split("::")[2].rpartition("$")[2])


def _problems(spec: ResourceSpec, news: Properties) -> list[str]:
    """`azureApiVersion` is no property of the SDK's, and a name that autonaming was told not to give is missing after all."""
    declared = {name: value for name, value in news.items() if name != "azureApiVersion"}
    found = list(check.problems(spec.inputs, declared))
    if spec.autonamed and spec.autonamed not in news:
        found.append(f"missing required property '{spec.autonamed}'")
    if "location" in spec.body_fields and "location" not in news:
        found.append(check.missing_location())
    return found
