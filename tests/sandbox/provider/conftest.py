"""A store with the real resource types, the stand-in serving it, and a client that speaks to it as the engine does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.arm import ControlPlane, Store
from sandbox.arm.subscription import DEFAULT_SUBSCRIPTION, DEFAULT_TENANT, OPERATOR_OBJECT_ID
from sandbox.provider import ProviderServer
from sandbox.resources import all_types
from sandbox.storage.memory import MemoryStorage
from sandbox.web import web_types

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
GROUP = f"/subscriptions/{DEFAULT_SUBSCRIPTION}/resourceGroups/rg"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/app"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/packages1"
IN_GROUP = {"resourceGroupName": "rg"}


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(values)
    return message


def plain(message: struct_pb2.Struct) -> dict[str, Any]:
    return json_format.MessageToDict(message)


class Engine:
    """What the engine sends, with short names. A refused call raises RuntimeError with the error's text and nothing else."""

    def __init__(self, channel: grpc.Channel, stack: str = "local") -> None:
        self.stub = provider_pb2_grpc.ResourceProviderStub(channel)
        self.stack = stack

    def urn(self, token: str, name: str = "res") -> str:
        return f"urn:pulumi:{self.stack}::project::azure-native:{token}::{name}"

    def call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            raise RuntimeError(error.details()) from error

    def configure(self, **arguments: str) -> Any:
        return self.call("Configure", provider_pb2.ConfigureRequest(args=struct(arguments)))

    def check_raw(self, token: str, news: dict[str, Any], olds: dict[str, Any] | None = None, *, name: str = "res", **fields: Any) -> Any:
        request = provider_pb2.CheckRequest(urn=self.urn(token, name), news=struct(news), olds=struct(olds or {}), **fields)
        return self.call("Check", request)

    def check(self, token: str, news: dict[str, Any], olds: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """The checked inputs, without the API version that every type carries."""
        answer = self.check_raw(token, news, olds, **fields)
        assert [failure.reason for failure in answer.failures] == []
        return {key: value for key, value in plain(answer.inputs).items() if key != "azureApiVersion"}

    def problems(self, token: str, news: dict[str, Any], **fields: Any) -> list[str]:
        return sorted(failure.reason for failure in self.check_raw(token, news, **fields).failures)

    def diff(self, token: str, olds: dict[str, Any], news: dict[str, Any]) -> Any:
        return self.call("Diff", provider_pb2.DiffRequest(urn=self.urn(token), id="id", old_inputs=struct(olds), news=struct(news)))

    def create(self, token: str, inputs: dict[str, Any], *, preview: bool = False) -> tuple[str, dict[str, Any]]:
        answer = self.call("Create", provider_pb2.CreateRequest(urn=self.urn(token), properties=struct(inputs), preview=preview))
        return answer.id, plain(answer.properties)

    def update(self, token: str, olds: dict[str, Any], news: dict[str, Any], *, preview: bool = False) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(urn=self.urn(token), id="id", olds=struct(olds), news=struct(news), preview=preview)
        return plain(self.call("Update", request).properties)

    def read(
        self, token: str, id: str, inputs: dict[str, Any] | None = None, outputs: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """The id (empty: gone), the outputs, the inputs. Without `inputs` it is an import."""
        request = provider_pb2.ReadRequest(urn=self.urn(token), id=id, properties=struct(outputs or {}))
        if inputs is not None:
            request.inputs.CopyFrom(struct(inputs))
        answer = self.call("Read", request)
        return answer.id, plain(answer.properties), plain(answer.inputs)

    def delete(self, token: str, id: str) -> None:
        self.call("Delete", provider_pb2.DeleteRequest(urn=self.urn(token), id=id))

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = self.call("Invoke", provider_pb2.InvokeRequest(tok=f"azure-native:{token}", args=struct(arguments)))
        return plain(getattr(answer, "return"))


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def plane(storage: MemoryStorage) -> ControlPlane:
    """With the resource group `rg` in westeurope."""
    made = ControlPlane(Store(), [*all_types(storage), *web_types()])
    made.request("PUT", GROUP, {"location": "westeurope"})
    return made


@pytest.fixture
def port(plane: ControlPlane) -> Iterator[int]:
    server = ProviderServer(plane, subscription=DEFAULT_SUBSCRIPTION, tenant=DEFAULT_TENANT, object_id=OPERATOR_OBJECT_ID)
    yield server.start()
    server.stop()


@pytest.fixture
def engine_client(port: int) -> Iterator[Engine]:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Engine(channel)


@pytest.fixture
def site(plane: ControlPlane) -> str:
    """The id of a Linux function app `app` on a plan with slots."""
    plan = f"{GROUP}/providers/Microsoft.Web/serverfarms/plan"
    plane.request(
        "PUT",
        plan,
        {"location": "westeurope", "kind": "linux", "sku": {"name": "P0v3", "tier": "Premium0V3"}, "properties": {"reserved": True}},
    )
    plane.request(
        "PUT", SITE, {"location": "westeurope", "kind": "functionapp,linux", "properties": {"serverFarmId": plan, "siteConfig": {}}}
    )
    return SITE


@pytest.fixture
def container(plane: ControlPlane) -> dict[str, Any]:
    """The inputs that name the container `code` of an account with shared keys."""
    plane.request("PUT", ACCOUNT, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {}})
    plane.request("PUT", f"{ACCOUNT}/blobServices/default/containers/code", {"properties": {}})
    return {**IN_GROUP, "accountName": "packages1", "containerName": "code"}
