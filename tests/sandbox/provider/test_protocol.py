"""What the engine expects of an attached provider (pulumi, pkg/resource/plugin/provider_plugin.go), and the server itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2

from sandbox.arm import ControlPlane
from sandbox.provider import ProviderServer

from .conftest import IN_GROUP, Engine, plain, struct

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def test_it_can_be_attached_to(engine_client: Engine) -> None:
    assert engine_client.call("Attach", plugin_pb2.PluginAttach(address="127.0.0.1:1")) == empty_pb2.Empty()
    assert engine_client.call("GetPluginInfo", empty_pb2.Empty()).version == "3.29.0"


def test_it_has_no_handshake_and_takes_no_secrets_like_the_real_one(engine_client: Engine) -> None:
    with pytest.raises(grpc.RpcError) as error:
        engine_client.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    answer = engine_client.configure()

    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert answer == provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)


def test_cancel_at_the_end_of_an_operation_does_not_end_the_server(engine_client: Engine) -> None:
    engine_client.call("Cancel", empty_pb2.Empty())

    assert engine_client.create("resources:ResourceGroup", {"resourceGroupName": "new", "location": "westeurope"})[0]


def test_the_configuration_is_echoed_and_never_differs(engine_client: Engine) -> None:
    urn = "urn:pulumi:local::p::pulumi:providers:azure-native::default"
    checked = engine_client.call("CheckConfig", provider_pb2.CheckRequest(urn=urn, news=struct({"location": "x"})))
    differing = engine_client.call("DiffConfig", provider_pb2.DiffRequest(urn=urn, olds=struct({"a": "1"}), news=struct({"a": "2"})))

    assert (plain(checked.inputs), list(checked.failures)) == ({"location": "x"}, [])
    assert differing == provider_pb2.DiffResponse()


def test_a_secret_that_comes_wrapped_is_unwrapped(engine_client: Engine) -> None:
    inputs = {**IN_GROUP, "name": "app", "properties": {"A": {**SECRET, "value": "s"}}}

    assert engine_client.check("web:WebAppApplicationSettings", inputs)["properties"] == {"A": "s"}


def test_a_defect_of_the_sandbox_does_not_look_like_azure(
    engine_client: Engine, plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plane, "request", lambda *_, **__: 1 / 0)

    with pytest.raises(RuntimeError, match=r"^the embedded Azure failed in Create: ZeroDivisionError"):
        engine_client.create("resources:ResourceGroup", {"resourceGroupName": "new", "location": "westeurope"})


def test_two_hundred_creates_at_once_all_arrive(engine_client: Engine, plane: ControlPlane) -> None:
    def create(number: int) -> str:
        name = f"id{number}"
        return engine_client.create("managedidentity:UserAssignedIdentity", {**IN_GROUP, "resourceName": name, "location": "westeurope"})[0]

    with ThreadPoolExecutor(50) as pool:
        ids = list(pool.map(create, range(200)))

    assert len(set(ids)) == 200
    assert set(ids) <= set(plane.store.ids())


def test_a_server_can_be_stopped_twice_but_not_started_twice(plane: ControlPlane) -> None:
    server = ProviderServer(plane, subscription="s", tenant="t", object_id="o")
    server.start()

    with pytest.raises(RuntimeError, match=r"running already"):
        server.start()
    server.stop()
    server.stop()
