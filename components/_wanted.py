"""The arguments, checked for shape and filled with defaults. What the values mean together is checked in `_rules`.

The published TypedDicts carry `pulumi.Input` leaves, which pydantic can't check; here a leaf is text or an Output, passed through.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import pulumi
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator

from . import _defaults as defaults
from ._azure.names import default_hub_name, storage_account_name
from ._live.parity import PRODUCTION
from ._problems import ArgumentErrors, Problem

Model = TypeVar("Model", bound=BaseModel)

_SHAPES = {
    "model_type": "must be a group of settings.",
    "dict_type": "must be a map.",
    "list_type": "must be a list.",
    "string_type": "must be text.",
}


def _text_or_output(value: Any, check: Any) -> Any:
    return value if isinstance(value, pulumi.Output) else check(value)


Leaf = Annotated[Any, WrapValidator(lambda value, _: _text_or_output(value, _must_be_text))]


def _must_be_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text, or an output of another resource")
    return value


class Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class ResourceGroup(Group):
    existing: str | None = None
    name: str | None = None
    location: str | None = None


class Plan(Group):
    existing_id: Leaf | None = None
    sku: str = defaults.PLAN_SKU
    capacity: Annotated[int, Field(strict=False, ge=1)] = defaults.PLAN_CAPACITY


class Identity(Group):
    id: Leaf
    client_id: Leaf
    principal_id: Leaf


class Access(Group):
    identity: Identity | None = None
    operators: list[str] = []


class Monitoring(Group):
    workspace_id: Leaf | None = None
    retention_days: Annotated[int, Field(strict=False, ge=30, le=730)] = defaults.LOG_RETENTION_DAYS


class Site(Group):
    name: str
    slots: list[str] = list(defaults.SLOTS)
    config: dict[str, Any] = {}


class CommonStorage(Group):
    host_account: str | None = None
    existing_host_account: str | None = None
    packages_account: str | None = None
    sku: str = defaults.STORAGE_SKU
    content_connection: Leaf | None = None
    protect_state: bool = True


class Storage(CommonStorage):
    durable_accounts: dict[str, str] = {}


class Durable(Group):
    hub_name: str | None = None
    task_hubs: dict[str, str] = {}
    isolation: Literal["storage", "task_hub"] = "storage"
    connection: Literal["identity", "key_vault_secret", "connection_string"] = "identity"
    key_vault_secrets: dict[str, str] = {}
    connection_setting: str = defaults.CONNECTION_SETTING
    connection_key: Literal["connectionStringName", "connectionName"] = "connectionStringName"
    extension: str = defaults.DURABLE_EXTENSION
    functions_version: Literal["~1", "~4"] = "~4"
    extension_bundle: str | None = None
    initial_bundle: str | None = None


class CodePackage(Group):
    path: str | None = None
    url: str | None = None
    version: str | None = None
    replace: str | None = None
    starters: list[str] = []
    runtime: str = defaults.RUNTIME


class CommonArguments(Group):
    """What every strategy takes, by the names under which the user gave it."""

    site: Site
    package: CodePackage = CodePackage()
    settings: dict[str, Leaf] = {}
    sticky_settings: dict[str, dict[str, Leaf]] = {}
    version_settings: dict[str, Leaf] = {}
    resource_group: ResourceGroup = ResourceGroup()
    plan: Plan = Plan()
    storage: CommonStorage = CommonStorage()
    access: Access = Access()
    monitoring: Monitoring = Monitoring()
    tags: dict[str, str] = {}

    @property
    def slots(self) -> tuple[str, ...]:
        """Production first."""
        return (PRODUCTION, *self.site.slots)

    @property
    def group_name(self) -> str:
        return self.resource_group.existing or self.resource_group.name or f"{self.site.name}-rg"

    @property
    def host_account(self) -> str:
        return self.storage.existing_host_account or self.storage.host_account or storage_account_name(self.site.name, "host")

    @property
    def packages_account(self) -> str:
        return self.storage.packages_account or storage_account_name(self.site.name, "pkgs")

    @property
    def functions_version(self) -> str:
        return defaults.FUNCTIONS_VERSION

    @property
    def uploads(self) -> bool:
        """Whether Pulumi uploads a blob into the packages account, which takes the account's key."""
        return self.package.path is not None


class Arguments(CommonArguments):
    """All arguments of `StatusCheckWithSlot`."""

    durable: Durable = Durable()
    storage: Storage = Storage()

    @property
    def bundles(self) -> tuple[str, ...]:
        return defaults.BUNDLES[: len(self.slots)]

    @property
    def functions_version(self) -> str:
        return self.durable.functions_version

    @property
    def durable_accounts(self) -> Mapping[str, str]:
        """Bundle -> account name; one account under every bundle with `isolation: task_hub`."""
        given = self.storage.durable_accounts
        if self.durable.isolation == "task_hub":
            shared = given.get("shared") or storage_account_name(self.site.name, "durable")
            return {bundle: shared for bundle in self.bundles}
        return {bundle: given.get(bundle) or storage_account_name(self.site.name, bundle) for bundle in self.bundles}

    @property
    def hubs(self) -> Mapping[str, str]:
        """Bundle -> task hub name."""
        base = self.durable.hub_name or default_hub_name(self.site.name)[:33] + "Tasks"
        if self.durable.isolation == "task_hub":
            return {bundle: self.durable.task_hubs.get(bundle) or base + bundle.capitalize() for bundle in self.bundles}
        return {bundle: base for bundle in self.bundles}


def read_arguments(component: str, args: Mapping[str, Any]) -> Arguments:
    """The arguments of `StatusCheckWithSlot` with defaults. Raises ArgumentErrors with everything of the wrong shape at once."""
    return read_as(Arguments, component, args)


def read_as(model: type[Model], component: str, args: Mapping[str, Any]) -> Model:
    """`args` as one strategy's arguments, with defaults. Raises ArgumentErrors with everything of the wrong shape at once."""
    if not isinstance(args, Mapping):
        raise ArgumentErrors(component, [Problem("args", args, "must be a map of arguments.", "Give at least site.name.")])
    try:
        return model.model_validate(dict(args))
    except ValidationError as error:
        raise ArgumentErrors(component, [_problem(model, one) for one in error.errors()]) from None


def _problem(of: type[BaseModel], error: Any) -> Problem:
    path = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"] if part != "function-wrap[<lambda>()]"
    ).lstrip(".")
    kind = error["type"]
    if kind == "extra_forbidden":
        known = _known_at(of, error["loc"][:-1])
        close = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        return Problem(path, None, "is no argument of this component.", f"{meant}Known here: {', '.join(known)}.")
    if kind == "missing":
        return Problem(path, None, "is required.", "Give it a value.")
    if kind == "literal_error":
        return Problem(path, error["input"], "is not one of the choices.", f"Choose {error['ctx']['expected']}.")
    if isinstance(error["input"], pulumi.Output):
        rule = "must be a plain value: it decides what is made, or what it is called, so it can't come from another resource."
        return Problem(path, None, rule, "Write the value itself, or take it from the stack's config.")
    return Problem(path, error["input"], _SHAPES.get(kind, error["msg"].removeprefix("Value error, ") + "."), "")


def _known_at(of: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    model: Any = of
    for part in location:
        annotation = model.model_fields[part].annotation
        model = next(
            (one for one in (annotation, *getattr(annotation, "__args__", ())) if isinstance(one, type) and issubclass(one, BaseModel)),
            None,
        )
        if model is None:
            return []
    return sorted(model.model_fields)
