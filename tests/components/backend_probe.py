"""The smallest component that keeps durable state: one backend on one hosting, wired as their rooms say, with nothing that is read or decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi.runtime

from components._azure.plans import plan_kind
from components._backends import App, Backend, BackendChoice, chosen
from components._children import accounts as _accounts
from components._children import foundation as _foundation
from components._children import roles as _roles
from components._children import sites as _sites
from components._children.slot_settings import Facts, slot_settings
from components._hosting import FLEX, Flex, flex_settings, hosting, make_flex_plan, make_flex_site
from components._wanted import CommonArguments

from .mocked_azure import SUBSCRIPTION, MockedAzure

OPERATOR = "aaaaaaaa-1111-4222-8333-cccccccccccc"
ENDPOINT = "https://orders-scheduler-ab12.westeurope.durabletask.io"


class AzureWithSchedulers(MockedAzure):
    """Azure that knows the Durable Task Scheduler."""

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        if args.token.rpartition(":")[2] != "getScheduler":
            return super().call(args)
        group, name = args.args["resourceGroupName"], args.args["schedulerName"]
        id = f"{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.DurableTask/schedulers/{name}"
        return {"id": id, "name": name, "properties": {"endpoint": f"https://{name}.durabletask.io"}}, []

    def _made(self, kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
        if kind == "Scheduler":
            return {"name": inputs["schedulerName"], "properties": {**inputs["properties"], "endpoint": ENDPOINT}}
        return super()._made(kind, inputs)


def wanted(**groups: Any) -> CommonArguments:
    """Arguments of an app called `orders`."""
    return CommonArguments.model_validate({**groups, "site": {"name": "orders", **groups.get("site", {})}})


def choice(**given: Any) -> BackendChoice:
    return BackendChoice.model_validate(given)


def app_of(arguments: CommonArguments, backend: Backend, **facts: Any) -> App:
    """What the backend is told of the app; `facts` replace what follows from the arguments."""
    slots = {slot: {**arguments.settings, **arguments.sticky_settings.get(slot, {})} for slot in arguments.slots}
    usual: dict[str, Any] = {
        "hubs": {slot: f"ordersTasks{slot.capitalize()}" for slot in arguments.slots},
        "connection_setting": backend.usual_setting,
        "plan": plan_kind(arguments.plan.sku),
        "runtime": arguments.package.runtime,
        "account": "ordersdurable",
        "user_settings": slots,
    }
    return App(**{**usual, **facts})


class BackendProbe(pulumi.ComponentResource):
    """Takes `arguments`, `backend` and `flex` as they are when checked."""

    hubs: pulumi.Output[Any]
    sticky: pulumi.Output[Any]

    def __init__(self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("durable-deploy:index:BackendProbe", name, {}, opts)
        arguments: CommonArguments = args["arguments"]
        backend = chosen(args["backend"])
        app = app_of(arguments, backend)
        place = _foundation.make_place(self, name, arguments)
        identity = _foundation.make_identity(place, arguments)
        monitor = _foundation.make_monitor(place, arguments)
        made = backend.make(place, arguments, identity, app)
        host, packages = _accounts.make_host_account(place, arguments), _accounts.make_packages_account(place, arguments)
        accounts = _accounts.Accounts(host, {}, packages, made.accounts)
        roles = _roles.grant_to_app(place, identity, iter([*_roles.app_grants(accounts, monitor), *made.grants]))
        _roles.grant_to_operators(place, [OPERATOR], iter(made.operator_grants))
        facts = Facts(identity, accounts, monitor, {}, None)
        written = {slot: slot_settings(arguments, slot, made.settings[slot], (), facts) for slot in app.slots}
        if hosting(arguments.plan.sku) == FLEX:
            plan = make_flex_plan(place, arguments)
            flex = args.get("flex") or Flex()
            sites: Any = {"production": make_flex_site(place, arguments, plan, identity, flex, host, arguments.package.runtime, roles)}
            written = {"production": flex_settings(written["production"], "0123456789abcdef")}
        else:
            stacks = {slot: arguments.package.runtime for slot in app.slots}
            sites = _sites.make_sites(place, arguments, _foundation.make_plan(place, arguments), identity, stacks, roles)
        for slot, settings in written.items():
            _sites.write_slot(place, sites, slot, settings, [*sites.values(), *made.depends_on])
        self.hubs = pulumi.Output.from_input(made.hubs)
        self.sticky = pulumi.Output.from_input(list(made.sticky))
        self.register_outputs({})
