"""Runs a component under Pulumi's mocks, once per call, and shows what it declared: children with inputs and options, outputs, warnings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor

from components import StatusCheckWithSlot

from .mocked_azure import MockedAzure, has_secret, plain

COMPONENT = "durable-deploy:index:StatusCheckWithSlot"
UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class Child:
    type: str
    """Without `azure-native:`, such as `web:WebApp`."""
    name: str
    inputs: Mapping[str, Any]
    parent: str
    """The parent's type."""
    protect: bool
    retain: bool
    """`retain_on_delete`."""
    depends_on: frozenset[str]
    secret: frozenset[str]
    """The inputs that hold a secret."""


@dataclass
class Deployment:
    children: dict[str, Child] = field(default_factory=dict)
    """`type name` -> child, in the order of registration; the component itself is not among them."""
    components: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    error: Exception | None = None

    def child(self, name: str) -> Child:
        (one,) = [child for key, child in self.children.items() if key == name or key.partition(" ")[2] == name]
        return one

    def of_type(self, type: str) -> dict[str, Child]:
        """Name -> child."""
        return {child.name: child for child in self.children.values() if child.type == type}

    @property
    def settings(self) -> dict[str, dict[str, Any]]:
        """Slot -> declared app settings."""
        kinds = ("web:WebAppApplicationSettings", "web:WebAppApplicationSettingsSlot")
        found = [child.inputs for child in self.children.values() if child.type in kinds]
        return {one.get("slot", "production"): one["properties"] for one in found}

    @property
    def stacks(self) -> dict[str, Any]:
        """Slot -> declared linuxFxVersion."""
        sites = [child.inputs for child in self.children.values() if child.type in ("web:WebApp", "web:WebAppSlot")]
        return {one.get("slot", "production"): one["siteConfig"].get("linuxFxVersion") for one in sites}


def deploy(
    azure: MockedAzure,
    args: Any,
    *,
    dry_run: bool = False,
    component: type[pulumi.ComponentResource] = StatusCheckWithSlot,
    stack: str = "test-orders",
    opts: Callable[[], pulumi.ResourceOptions] = pulumi.ResourceOptions,
    fails: bool = False,
) -> Deployment:
    """One run of a program with one component, called `orders`. With `fails` the error is kept, else it is raised."""
    result = Deployment()
    monitor = _Monitor(azure)
    azure.counts.clear()
    azure.dry_run = dry_run
    pulumi.runtime.set_mocks(azure, "orders", stack, preview=dry_run, logger=_logger(result.warnings), monitor=monitor)

    @pulumi.runtime.test
    def program() -> Any:
        made: Any = component("orders", args, _without_aliases(opts()))  # type: ignore[arg-type]
        names = [name for name in component.__annotations__ if hasattr(made, name)]
        return pulumi.Output.all(*(_shown(getattr(made, name)) for name in names)).apply(
            lambda values: result.outputs.update(zip(names, values, strict=True))
        )

    try:
        program()
    except Exception as error:
        result.error = error
    for request in monitor.requests:
        if request.custom:
            child = _child(request)
            result.children[f"{child.type} {child.name}"] = child
        elif request.type == f"durable-deploy:index:{component.__name__}":
            result.components.append(request.type)
    if result.error is not None and not fails:
        raise result.error
    if fails:
        assert result.error is not None, "the deployment should have failed"
    return result


class _Monitor(MockMonitor):
    """Keeps the requests, whose options Pulumi's mocks don't see."""

    def __init__(self, mocks: pulumi.runtime.Mocks) -> None:
        super().__init__(mocks)
        self.requests: list[Any] = []

    def RegisterResource(self, request: Any) -> Any:
        if request.type != "pulumi:pulumi:Stack":
            self.requests.append(request)
        return super().RegisterResource(request)


def _child(request: Any) -> Child:
    inputs = rpc.deserialize_properties(request.object, keep_unknowns=True)
    return Child(
        type=request.type.removeprefix("azure-native:"),
        name=request.name,
        inputs=_known(plain(inputs)),
        parent=request.parent.split("::")[2].rpartition("$")[2],
        protect=request.protect,
        retain=request.retainOnDelete,
        depends_on=frozenset(urn.rpartition("::")[2] for urn in request.dependencies),
        secret=frozenset(name for name, value in inputs.items() if has_secret(value)),
    )


def _known(value: Any) -> Any:
    """With a word in place of what is unknown in a dry run, so that whole maps can be compared."""
    if isinstance(value, dict):
        return {name: _known(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_known(one) for one in value]
    return UNKNOWN if isinstance(value, pulumi.output.Unknown) or value == rpc.UNKNOWN else value


def _without_aliases(options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """The azure-native SDK gives some 25 type aliases to each resource: a third of a run's time, and nothing that is looked at here."""

    def drop(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        args.opts.aliases = None
        return pulumi.ResourceTransformationResult(args.props, args.opts)

    options.transformations = [drop]
    return options


def _shown(output: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(output)


def _logger(warnings: list[str]) -> logging.Logger:
    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            warnings.append(record.getMessage())

    logger = logging.Logger("a component under test", logging.WARNING)
    logger.addHandler(Keep())
    return logger
