"""`lean: true` drops the SDK's type aliases, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockMonitor
from pulumi_azure_native import resources, storage, web

from stacks._lean import aliases_of_sdk, drop_type_aliases

OLD_TYPE = "azure-native:web/v20220301:AppServicePlan"


class Nothing(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        raise NotImplementedError


class Monitor(MockMonitor):
    """Keeps the aliases of each registration, which Pulumi's mocks don't see."""

    def __init__(self) -> None:
        super().__init__(Nothing())
        self.aliases: dict[str, list[dict[str, str]]] = {}

    def RegisterResource(self, request: Any) -> Any:
        kept = [
            {"urn": one.urn} if one.urn else {field.name: str(value) for field, value in one.spec.ListFields()} for one in request.aliases
        ]
        self.aliases[request.name] = kept
        return super().RegisterResource(request)


def registered(program: Callable[[], object]) -> dict[str, list[dict[str, str]]]:
    """Resource -> aliases that reach the engine."""
    monitor = Monitor()
    pulumi.runtime.set_mocks(Nothing(), "durable-deploy", "dev", preview=False, monitor=monitor)
    try:
        pulumi.runtime.test(program)()
    finally:
        # Pulumi's mocks keep one root resource for all tests of a process, and with it what was registered there.
        root: Any = pulumi.runtime.get_root_resource()
        root._transformations = []
    return monitor.aliases


def plan(opts: pulumi.ResourceOptions | None = None) -> None:
    web.AppServicePlan("plan", name="plan", resource_group_name="things", sku={"name": "S1"}, opts=opts)


def test_without_lean_the_sdk_registers_dozens_of_type_aliases() -> None:
    assert len(registered(plan)["plan"]) >= 20


def test_lean_drops_the_sdks_type_aliases() -> None:
    def program() -> None:
        drop_type_aliases()
        plan()
        resources.ResourceGroup("group")
        storage.StorageAccount("account", resource_group_name="things", kind="StorageV2", sku={"name": "Standard_LRS"})

    found = registered(program)
    assert {name: found[name] for name in ("plan", "group", "account")} == {"plan": [], "group": [], "account": []}


@pytest.mark.parametrize(
    ("alias", "kept"),
    [
        (pulumi.Alias(type_=OLD_TYPE), {"type": OLD_TYPE}),
        (pulumi.Alias(type_="azure-native:web/v20990101:AppServicePlan"), {"type": "azure-native:web/v20990101:AppServicePlan"}),
        (pulumi.Alias(name="old-plan"), {"name": "old-plan"}),
        (pulumi.Alias(name="old-plan", type_=OLD_TYPE), {"name": "old-plan", "type": OLD_TYPE}),
        ("urn:pulumi:dev::p::t::old", {"urn": "urn:pulumi:dev::p::t::old"}),
    ],
    ids=["the same as one of the SDK's", "a type the SDK does not name", "a name", "a name and a type", "a URN"],
)
def test_an_alias_that_the_program_gives_is_kept(alias: Any, kept: dict[str, str]) -> None:
    def program() -> None:
        drop_type_aliases()
        plan(pulumi.ResourceOptions(aliases=[alias]))

    (found,) = registered(program)["plan"]
    assert {name: value for name, value in found.items() if name in kept} == kept


def test_other_providers_resources_and_components_are_left_alone() -> None:
    class Component(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("other:index:Thing", "thing", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="other:index:Old")]))

    def program() -> None:
        drop_type_aliases()
        Component()

    assert [one["type"] for one in registered(program)["thing"]] == ["other:index:Old"]


def test_the_sdks_aliases_are_found_for_every_type_that_the_component_makes() -> None:
    for made in (
        web.WebApp,
        web.WebAppSlot,
        web.WebAppApplicationSettings,
        storage.StorageAccount,
        storage.BlobContainer,
        resources.ResourceGroup,
    ):
        own: Any = made
        assert len(aliases_of_sdk(own)) > 5
