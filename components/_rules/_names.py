"""Names against Azure's rules, and against each other: Azure compares them without regard to case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._azure import names as rules
from .._problems import Problem
from .._wanted import Arguments, CommonArguments


def problems(arguments: Arguments) -> Iterator[Problem]:
    yield from common(arguments, "new code is never written over running orchestrations")
    yield from _accounts(arguments)


def common(arguments: CommonArguments, why_a_slot: str | None) -> Iterator[Problem]:
    """`why_a_slot` says what a staging slot is needed for; None: it is not."""
    yield from checked(rules.SITE, "site.name", arguments.site.name)
    if why_a_slot is not None and not arguments.site.slots:
        yield Problem("site.slots", [], f"needs at least one staging slot: {why_a_slot}.", "Leave it out for one slot, 'staging'.")
    yield from _slots(arguments.site.slots)
    yield from _group(arguments)
    yield from _host_account(arguments)


def checked(rule: rules.NameRule, path: str, value: str) -> Iterator[Problem]:
    if rule.problem(value) is not None:
        yield Problem(path, value, f"is no valid {rule.kind} name.", f"Rule: {rule.rule}.")


def _slots(slots: list[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, slot in enumerate(slots):
        yield from checked(rules.SLOT, f"site.slots[{index}]", slot)
        if slot.lower() in seen:
            yield Problem(f"site.slots[{index}]", slot, "is there twice (Azure ignores case).", "Name each slot once.")
        seen.add(slot.lower())


def _group(arguments: CommonArguments) -> Iterator[Problem]:
    group = arguments.resource_group
    if group.existing is not None and group.name is not None:
        yield Problem("resource_group", None, "has both 'existing' and 'name'.", "Give 'existing' to use a group, or 'name' to make one.")
    yield from checked(rules.RESOURCE_GROUP, "resource_group.existing" if group.existing else "resource_group.name", arguments.group_name)


def _host_account(arguments: CommonArguments) -> Iterator[Problem]:
    storage = arguments.storage
    if storage.host_account is not None and storage.existing_host_account is not None:
        yield Problem("storage", None, "has both 'host_account' and 'existing_host_account'.", "Keep the one that is meant.")
    if storage.existing_host_account is not None and arguments.resource_group.existing is None:
        yield Problem(
            "storage.existing_host_account",
            storage.existing_host_account,
            "must lie in the app's resource group, which the component would make.",
            "Give resource_group.existing, or let the component make the account.",
        )


def _accounts(arguments: Arguments) -> Iterator[Problem]:
    storage = arguments.storage
    expected = ("shared",) if arguments.durable.isolation == "task_hub" else arguments.bundles
    for bundle in storage.durable_accounts:
        if bundle not in expected:
            yield Problem(
                f"storage.durable_accounts.{bundle}",
                storage.durable_accounts[bundle],
                "is no bundle of this component.",
                f"Bundles here: {', '.join(expected)}.",
            )
    durable = arguments.durable_accounts
    paths = (
        {f"storage.durable_accounts.{bundle}": name for bundle, name in durable.items()}
        if arguments.durable.isolation == "storage"
        else {"storage.durable_accounts.shared": next(iter(durable.values()))}
    )
    yield from distinct_accounts(
        {**paths, "storage.host_account": arguments.host_account, "storage.packages_account": arguments.packages_account}
    )


def distinct_accounts(named: Mapping[str, str]) -> Iterator[Problem]:
    """`named`: path -> account."""
    owners: dict[str, str] = {}
    for path, name in named.items():
        yield from checked(rules.STORAGE_ACCOUNT, path, name)
        if (owner := owners.setdefault(name.lower(), path)) != path:
            yield Problem(
                path,
                name,
                f"is the same account as {owner}: they must be apart, or a swap, a role or a clean-up of one touches the other.",
                "Give it a name of its own.",
            )
