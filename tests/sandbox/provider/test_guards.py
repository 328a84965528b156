"""The stand-in serves stacks of its own only: used on another it would forget or rebuild what stands in a real cloud."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.arm import ControlPlane

from .conftest import GROUP, IN_GROUP, Engine, struct

REASON = "this provider is the embedded Azure, which writes to no cloud: the stack 'prod' may not use it, only local and test-*."
GROUP_INPUTS = {"resourceGroupName": "new", "location": "westeurope"}
TOKEN = "resources:ResourceGroup"


@pytest.fixture
def prod(engine_client: Engine) -> Engine:
    engine_client.stack = "prod"
    return engine_client


def test_check_and_check_config_say_what_to_do(prod: Engine) -> None:
    config = prod.call(
        "CheckConfig", provider_pb2.CheckRequest(urn="urn:pulumi:prod::p::pulumi:providers:azure-native::default", news=struct({}))
    )
    reasons = [failure.reason for failure in config.failures] + prod.problems(TOKEN, GROUP_INPUTS)

    assert len(reasons) == 2
    for reason in reasons:
        assert reason.startswith(REASON)
        assert "unset PULUMI_DEBUG_PROVIDERS" in reason


CALLS: dict[str, Callable[[Engine], object]] = {
    "configure": lambda client: client.call(
        "Configure", provider_pb2.ConfigureRequest(urn="urn:pulumi:prod::p::pulumi:providers:azure-native::d")
    ),
    "create": lambda client: client.create(TOKEN, GROUP_INPUTS),
    "create in a preview": lambda client: client.create(TOKEN, GROUP_INPUTS, preview=True),
    "update": lambda client: client.update(TOKEN, {}, GROUP_INPUTS),
    "read": lambda client: client.read(TOKEN, GROUP),
    "delete": lambda client: client.delete(TOKEN, GROUP),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_every_call_for_another_stack_is_refused_and_writes_nothing(
    prod: Engine, plane: ControlPlane, call: Callable[[Engine], object]
) -> None:
    before = len(plane.journal)

    with pytest.raises(RuntimeError, match=r"^this provider is the embedded Azure"):
        call(prod)
    assert len(plane.journal) == before


@pytest.mark.parametrize("stack", ["local", "test-1", "test-swap-parity"])
def test_stacks_of_its_own_are_served(engine_client: Engine, stack: str) -> None:
    engine_client.stack = stack

    assert engine_client.create(TOKEN, GROUP_INPUTS)[0].endswith("/resourceGroups/new")


@pytest.mark.parametrize("stack", ["Local", "localhost", "test", "my-test-1", "prod-local", ""])
def test_stacks_that_only_look_like_them_are_refused(engine_client: Engine, stack: str) -> None:
    engine_client.stack = stack

    with pytest.raises(RuntimeError, match=r"^this provider is the embedded Azure"):
        engine_client.create(TOKEN, GROUP_INPUTS)


def test_each_provider_of_a_program_keeps_its_own_configuration(port: int) -> None:
    """Each is a connection of its own to the one attached server."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options) as one, grpc.insecure_channel(f"127.0.0.1:{port}", options) as two:
        first, second = Engine(one), Engine(two)
        first.configure(location="northeurope")
        second.configure(location="eastus")

        assert first.check("web:WebApp", {**IN_GROUP, "name": "a"})["location"] == "northeurope"
        assert second.check("web:WebApp", {**IN_GROUP, "name": "a"})["location"] == "eastus"


def test_configuration_arrives_as_variables_too(engine_client: Engine) -> None:
    engine_client.call("Configure", provider_pb2.ConfigureRequest(variables={"azure-native:config:subscriptionId": "sub-2"}))

    assert engine_client.invoke("authorization:getClientConfig", {})["subscriptionId"] == "sub-2"
