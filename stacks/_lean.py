"""Registers azure-native resources without the type aliases that the SDK puts on each of them. For stacks with `lean: true`.

Every resource of the SDK carries 20 to 30 aliases, one per API version that ever had a type of its own (`azure-native:web/v20220301:WebApp`,
…). The engine needs them to recognise a resource that was deployed under such a type. Each becomes several Outputs in the program,
which makes up a third of the time of a preview.

Safe wherever the state has never held another type than today's: any stack that was first deployed by this project, since it
uses the unversioned types only. Not safe for a stack that was first deployed by a program which imported a versioned module
(`pulumi_azure_native.web.v20220301`) and was not updated since it moved to the unversioned one. There a resource would look new: its
creation fails ("already exists"), before anything is deleted. One update without `lean` renames what the state holds; then it is safe.

Aliases that somebody wrote are left alone, also if the SDK has the same one.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable
from typing import Any

import pulumi

_PREFIX = "azure-native:"


def drop_type_aliases() -> None:
    """For all resources that the program registers from now on.

    A transformation of the older kind, which runs in the program: one of the newer kind is a call from the engine per resource.
    """
    pulumi.runtime.register_stack_transformation(without_type_aliases)


def without_type_aliases(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    given: Any = args.opts.aliases
    if not args.type_.startswith(_PREFIX) or not isinstance(given, list):
        return None
    resource_class: Any = type(args.resource)
    to_drop = set(aliases_of_sdk(resource_class))
    kept: list[Any] = []
    for alias in reversed(given):  # the SDK's stand behind those of the program
        wanted_type = _type_alone(alias)
        if wanted_type in to_drop:
            to_drop.remove(wanted_type)
        else:
            kept.append(alias)
    args.opts.aliases = kept[::-1]
    return pulumi.ResourceTransformationResult(args.props, args.opts)


@functools.cache
def aliases_of_sdk(resource_class: Hashable) -> frozenset[str]:
    """The types that the SDK's class writes into its aliases. They are constants of its constructor, and nowhere else."""
    constructor = getattr(resource_class, "_internal_init", None)
    constants = getattr(getattr(constructor, "__code__", None), "co_consts", ())
    return frozenset(text for text in constants if isinstance(text, str) and text.startswith(_PREFIX))


def _type_alone(alias: Any) -> str | None:
    """The alias's type, if it says nothing else."""
    if not isinstance(alias, pulumi.Alias) or not isinstance(alias.type_, str):
        return None
    plain = pulumi.Alias(type_=alias.type_)
    return alias.type_ if vars(alias) == vars(plain) else None
