"""What is checked before a versioning component registers anything: the rules of all strategies, and those of these two."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import _defaults as defaults
from .._azure import names as _azure_names
from .._azure import setting_names as names
from .._azure.versions import bundle_floor_problem
from .._backends import BundleFloor
from .._backends import problems as backend_problems
from .._code.host_json_reading import bundle_range
from .._code.package import Package, sdks
from .._hosting import SLOTS, flex_problems
from .._problems import Problem
from .._rules import Surroundings, _access, _code, _names, _plan, _settings, _surroundings
from . import floors
from . import lock as _lock
from . import names as _versions
from .code import VersionedCode, orchestrators
from .comparing import problems_alone
from .wanted import NameBasedArguments, OrchestrationArguments, VersionedArguments

_IDENTITY_BUNDLE = BundleFloor("3.3.0", "is too old for an identity-based connection.")
"""Microsoft docs, "Azure Functions developer guide", connections table: Durable by identity needs extension bundle 3.3.0 or later."""
_MIXED = "in a swap, old and new workers share production's task hub, and a slot tries the new code"


def orchestration_problems(arguments: OrchestrationArguments, code: VersionedCode, surroundings: Surroundings) -> Iterator[Problem]:
    """All that is wrong, in the order of the arguments."""
    yield from _surroundings.problems(surroundings)
    yield from _names.common(arguments, None)
    flex = arguments.flex
    yield from flex_problems(arguments, flex if flex is not None and flex.model_fields_set else None)  # an empty group asks for nothing
    if arguments.hosting.kind == SLOTS:
        yield from _plan.problems(arguments, without_slots=True)
    else:
        yield from _plan.common(arguments)
    yield from _storage_and_hubs(arguments, code)
    yield from _start_setting("versioning.start_setting", arguments)
    yield from _orchestration_version(arguments, code)
    yield from problems_alone(arguments, code)
    yield from _settings.common(arguments, lambda path, lower: _of_slot(lower, arguments, code))
    yield from _package(arguments, code, surroundings, arguments.backend.bundle_floor)
    if code.wanted.package is not None:
        yield from floors.problems(sdks(code.wanted.package))
    yield from _access.problems(arguments)


def name_based_problems(arguments: NameBasedArguments, code: VersionedCode, surroundings: Surroundings) -> Iterator[Problem]:
    """All that is wrong, in the order of the arguments."""
    yield from _surroundings.problems(surroundings)
    yield from _names.common(arguments, _MIXED)
    yield from _plan.problems(arguments)
    yield from _storage_and_hubs(arguments, code)
    yield from _start_setting("versioning.latest_setting", arguments)
    yield from _labels(arguments)
    yield from _named_versions(arguments, code)
    if code.wanted.package is not None:
        yield from _lock.problems(code.wanted.package, code.contains)
    yield from _settings.common(arguments, lambda path, lower: _of_slot(lower, arguments, code))
    yield from _package(arguments, code, surroundings, _IDENTITY_BUNDLE)
    yield from _access.problems(arguments)


def common_warnings(arguments: VersionedArguments, code: VersionedCode) -> list[str]:
    """What works, but will surprise somebody."""
    unnamed = code.wanted.package.unnamed if code.wanted.package is not None else ()
    return [*_plan.warnings(arguments), *_settings.warnings(arguments), *(str(one) for one in unnamed)]


def name_based_warnings(arguments: NameBasedArguments, code: VersionedCode) -> list[str]:
    package = code.wanted.package
    return [*common_warnings(arguments, code), *(_lock.warnings(package, code.contains) if package is not None else ())]


def _storage_and_hubs(arguments: VersionedArguments, code: VersionedCode) -> Iterator[Problem]:
    durable = {"storage.durable_account": arguments.durable_account} if arguments.backend.hub_account(code.app) else {}
    others = {"storage.host_account": arguments.host_account, "storage.packages_account": arguments.packages_account}
    yield from _names.distinct_accounts({**durable, **others})
    yield from backend_problems(arguments.backend_choice, code.app)
    for slot in arguments.durable.task_hubs:
        if slot not in arguments.slots:
            yield Problem(f"durable.task_hubs.{slot}", None, "is no slot of this site.", f"Slots here: {', '.join(arguments.slots)}.")
    owners: dict[str, str] = {}
    for slot, hub in arguments.hubs.items():
        path = f"durable.task_hubs.{slot}" if slot in arguments.durable.task_hubs or not arguments.durable.hub_name else "durable.hub_name"
        if _azure_names.TASK_HUB.problem(hub) is not None:
            yield Problem(path, hub, "is no valid task hub name.", f"Rule: {_azure_names.TASK_HUB.rule}.")
        if hub.lower() == _azure_names.default_hub_name(arguments.site.name).lower():
            rule = "is the name that Durable derives from the site's name: a slot does not start with it."
            yield Problem(path, hub, rule, "Choose another, such as one with 'Tasks' behind it.")
        if (owner := owners.setdefault(hub.lower(), slot)) != slot:
            rule = f"is the task hub of slot '{owner}' too (Azure ignores case): two slots would work on one hub."
            yield Problem(path, hub, rule, "Name each hub differently.")
    yield from _connection_setting(arguments)


def _connection_setting(arguments: VersionedArguments) -> Iterator[Problem]:
    setting, path = arguments.connection_setting, "durable.connection_setting"
    if _azure_names.APP_SETTING.problem(setting) is not None:
        yield Problem(path, setting, "is no valid app setting name.", f"Rule: {_azure_names.APP_SETTING.rule}.")
    elif f"azurewebjobs{setting.lower()}" == names.HOST_STORAGE.lower() or setting.lower().startswith(names.HOST_STORAGE.lower()):
        yield Problem(
            path,
            setting,
            "is the host's storage; task hubs lie in an account of their own.",
            "Use a name of its own, such as DurableStorage.",
        )
    elif setting.upper() in _taken(arguments.start_setting):
        yield Problem(
            path, setting, "is a setting that the component writes for another purpose.", "Use a name of its own, such as DurableStorage."
        )


def _start_setting(path: str, arguments: VersionedArguments) -> Iterator[Problem]:
    setting = arguments.start_setting
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", setting):
        yield Problem(path, setting, "is no name that code can read it by.", "Use letters, digits and underscores, a letter first.")
    elif setting.upper() in _taken():
        yield Problem(path, setting, "is a setting that the component writes for another purpose.", "Use another name.")


def _taken(*more: str) -> set[str]:
    own = (
        *names.MARKERS,
        names.HOST_ID,
        names.FUNCTIONS_VERSION,
        names.WORKER_RUNTIME,
        names.RUN_FROM_PACKAGE,
        names.PACKAGE_IDENTITY,
        names.CONTENT_SHARE,
        names.CONTENT_CONNECTION,
        names.INSIGHTS_CONNECTION,
        names.INSIGHTS_AUTHENTICATION,
        defaults.HUB_SETTING,
    )
    return {name.upper() for name in (*own, *more)}


def _of_slot(lower: str, arguments: VersionedArguments, code: VersionedCode) -> tuple[str, str] | None:
    """What the component writes itself: the connection, the slot's hub, and the versions that clients start."""
    start = arguments.start_setting.lower()
    if lower == defaults.HUB_SETTING.lower():
        return "is the slot's task hub, which stays with the slot.", "Leave it out, or name the hubs in durable.task_hubs."
    for written in arguments.backend.written(code.app):
        if lower == written.lower() or lower.startswith(f"{written.lower()}__"):
            return "is the connection to the task hubs, which the component writes.", "Leave it out."
    if lower == start or lower.startswith(f"{start}_"):
        return "tells clients which version to start: it is raised only after a swap.", f"Leave it out; to pin it, use {arguments.pin}."
    return None


def _orchestration_version(arguments: OrchestrationArguments, code: VersionedCode) -> Iterator[Problem]:
    versioning = arguments.versioning
    for field in ("default_version", "start_version"):
        value = getattr(versioning, field)
        if value is not None and not re.fullmatch(r"[^\s,]([^,]{0,62}[^\s,])?", value):
            yield Problem(
                f"versioning.{field}", value, "is no version.", "Use up to 64 characters without commas and outer spaces, such as 1.4."
            )
    if arguments.package.url is not None and versioning.default_version is None:
        yield Problem(
            "versioning.default_version",
            None,
            "is required with package.url: what lies behind a URL can't be read here.",
            "Give the defaultVersion in that package's host.json.",
        )
    elif code.wanted.code is not None and not code.contains:
        yield Problem(
            "versioning.default_version",
            None,
            "is required: the package's host.json has no extensions.durableTask.defaultVersion, so its instances would have no version.",
            "Set it here or there, to a version such as 1.0.",
        )
    if code.wanted.code is None and versioning.default_version is not None and arguments.package.path is None:
        yield Problem(
            "versioning.default_version",
            versioning.default_version,
            "would be ignored: no package is given, so a pipeline deploys.",
            "Leave it out, or give package.path or package.url.",
        )


def _labels(arguments: NameBasedArguments) -> Iterator[Problem]:
    versioning = arguments.versioning
    given = {f"versioning.contains[{index}]": label for index, label in enumerate(versioning.contains or ())}
    if versioning.latest is not None:
        given["versioning.latest"] = versioning.latest
    given |= {f"versioning.overrides.{orchestrator}": label for orchestrator, label in versioning.overrides.items()}
    for path, label in given.items():
        if not _versions.is_label(label):
            yield Problem(path, label, "is no version label.", "Write it like v1, v10 or v1.2.")
    if versioning.contains is not None and arguments.package.url is None:
        yield Problem(
            "versioning.contains", None, "would be ignored: versions are read from the names of the package's functions.", "Leave it out."
        )
    if versioning.contains is None and arguments.package.url is not None:
        yield Problem(
            "versioning.contains",
            None,
            "is required with package.url: what lies behind a URL can't be read here.",
            "List the versions in that package, such as [v1, v2].",
        )


def _named_versions(arguments: NameBasedArguments, code: VersionedCode) -> Iterator[Problem]:
    """Every orchestrator must have the version that clients will be told, or an override that says which one it has instead."""
    package = code.wanted.package
    if package is None or not code.rendered:
        return
    if not code.contains:
        yield Problem(
            "package.path",
            arguments.package.path,
            "has no orchestrator with a version in its name, such as Orders_v1.",
            f"Make one with `python -m operations migrate freeze v1 {arguments.package.path}`.",
        )
        return
    wanted = arguments.versioning.latest or code.contains[-1]
    found: dict[str, list[str]] = {}
    for base, version in orchestrators(package):
        found.setdefault(base, []).extend([version] if version is not None else [])
    for base, versions in sorted(found.items()):
        override = arguments.overrides.get(base)
        if versions and override is not None and _versions.is_label(override) and override not in versions:
            path = f"versioning.overrides.{base}"
            yield Problem(path, override, f"is no version of {base} in the package.", f"There are: {', '.join(versions)}.")
        if versions and override is None and wanted in code.contains and wanted not in versions:
            yield Problem(
                "package.path",
                arguments.package.path,
                f"has no {_versions.versioned(base, wanted)}, and clients will be told to start '{wanted}'.",
                f"Freeze {base} as {wanted} too, or set versioning.overrides.{base} to one of {', '.join(versions)}.",
            )
    for orchestrator in sorted(arguments.overrides.keys() - {base for base, versions in found.items() if versions}):
        yield Problem(
            f"versioning.overrides.{orchestrator}",
            arguments.overrides[orchestrator],
            "names no orchestrator of the package that has versions.",
            f"There are: {', '.join(sorted(base for base, versions in found.items() if versions))}.",
        )


def _package(arguments: VersionedArguments, code: VersionedCode, surroundings: Surroundings, floor: BundleFloor) -> Iterator[Problem]:
    yield from _code.of_arguments(arguments)
    yield from _bundle(arguments, code.wanted.package, floor)
    yield from _code.of_package(arguments, code.wanted.package, surroundings)


def _bundle(arguments: VersionedArguments, package: Package | None, floor: BundleFloor) -> Iterator[Problem]:
    """Of the range, what counts is the lowest version that it admits."""
    asked = arguments.durable.extension_bundle
    own = bundle_range(package.host_json) if package is not None else None
    path, value = ("durable.extension_bundle", asked) if asked is not None else ("package host.json: extensionBundle.version", own)
    if value is None or (problem := bundle_floor_problem(value, floor.version)) is None:
        return
    way_out = f"Write {problem.rpartition(': write ')[2]}." if ": write " in problem else ""
    yield Problem(path, value, floor.too_old if way_out else f"is no version range: {problem}.", way_out)


__all__ = ["common_warnings", "name_based_problems", "name_based_warnings", "orchestration_problems"]
