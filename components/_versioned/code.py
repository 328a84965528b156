"""The code that a versioning strategy is asked for: its package with host.json laid over, and the versions that it contains."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cmp_to_key
from typing import Any

from pydantic import ValidationError

from .._azure import setting_names as names
from .._azure.plans import plan_kind
from .._backends import App
from .._code import record
from .._code.host_json import HostJsonProblem, HostJsonWanted, render
from .._code.host_json_reading import bundle_range, durable_path, lookup
from .._code.package import Inventory, Package, PackageProblem, archive, content_hash, inventory, read_package
from .._code.record import Functions
from .._code.wanted_code import WantedCode
from .._live.parity import Code
from .._problems import Problem
from . import names as _names
from .wanted import NameBasedArguments, OrchestrationArguments, VersionedArguments


@dataclass(frozen=True)
class VersionedCode:
    wanted: WantedCode
    app: App
    """What the backend has to know of it."""
    contains: tuple[str, ...] = ()
    """Versions of the wanted package, oldest first; of orchestration versions the newest alone. Empty: none is wanted, or it has none."""
    match: str = "CurrentOrOlder"
    failure: str = "Reject"
    contents: Inventory | None = None
    """What its code tells; None: nothing was read."""
    rendered: bool = True
    """False: host.json could not be rendered, for a reason that the rules give."""


Contents = Callable[[Package | None, str], tuple[tuple[str, ...], dict[str, str]]]
"""Versions and records of a package, from what was read of it and its rendered host.json."""


def read_orchestration_code(arguments: OrchestrationArguments) -> tuple[VersionedCode, list[Problem]]:
    """The wanted code, or what is wrong with it."""
    versioning = arguments.versioning

    def host_json(package: Package | None) -> HostJsonWanted:
        return _host_json(
            arguments,
            package,
            default_version=versioning.default_version,
            version_match_strategy=versioning.match or _unless_given(package, "versionMatchStrategy", "CurrentOrOlder"),
            version_failure_strategy=versioning.failure or _unless_given(package, "versionFailureStrategy", "Reject"),
        )

    def contents(package: Package | None, text: str) -> tuple[tuple[str, ...], dict[str, str]]:
        version = _in_host_json(text, "defaultVersion")
        strategies = f"{_in_host_json(text, 'versionMatchStrategy')},{_in_host_json(text, 'versionFailureStrategy')}"
        return ((version,) if version else ()), {names.STRATEGIES: strategies}

    code, found = _read(arguments, host_json, contents)
    if not code.wanted.host_json:
        return code, found
    match, failure = (_in_host_json(code.wanted.host_json, key) or "" for key in ("versionMatchStrategy", "versionFailureStrategy"))
    return replace(code, match=match, failure=failure), found


def read_name_based_code(arguments: NameBasedArguments) -> tuple[VersionedCode, list[Problem]]:
    """The wanted code, or what is wrong with it."""

    def contents(package: Package | None, _: str) -> tuple[tuple[str, ...], dict[str, str]]:
        given = arguments.versioning.contains
        found = given if given is not None else versions_in(package)
        if not all(_names.is_label(one) for one in found):
            return (), {}  # the rules report it with its own path
        return tuple(sorted(found, key=cmp_to_key(_names.compare))), {}

    return _read(arguments, lambda package: _host_json(arguments, package), contents)


def versions_in(package: Package | None) -> list[str]:
    """The versions in the names of a package's orchestrators, each once."""
    return list(dict.fromkeys(version for _, version in orchestrators(package) if version is not None))


def orchestrators(package: Package | None) -> list[tuple[str, str | None]]:
    """Base name and version of every orchestrator; a working copy has none."""
    found = package.functions if package is not None else ()
    return [_names.split(one.name) for one in found if one.trigger.lower() == "orchestrationtrigger"]


def _read(
    arguments: VersionedArguments, host_json: Callable[[Package | None], HostJsonWanted], contents: Contents
) -> tuple[VersionedCode, list[Problem]]:
    package: Package | None = None
    found: Inventory | None = None
    try:
        if arguments.package.path is not None:
            package = read_package(arguments.package.path)
            found = inventory(package)
        text = render(host_json(package), package.host_json if package else None)
    except (PackageProblem, HostJsonProblem) as error:
        nothing = VersionedCode(WantedCode(None, None, None, None, ""), app_of(arguments, package), rendered=False)
        return nothing, [Problem("package.path", None, problem, "") for problem in error.problems]
    except (ValidationError, ValueError):  # a name or version that the rules report with its own path
        return VersionedCode(WantedCode(package, None, None, None, ""), app_of(arguments, package), rendered=False), []
    app = app_of(arguments, package)
    starters = tuple(sorted({*arguments.package.starters, *(package.starters if package else ())}))
    if package is None and arguments.package.url is None:
        return VersionedCode(WantedCode(None, None, None, None, text, starters), app), []
    contains, records = contents(package, text)
    if contains:
        records = {names.VERSIONS: ",".join(contains), **records}
    if found is not None and (functions := record.write(Functions(found.orchestrators, found.activities, found.files))) is not None:
        records = {**records, names.FUNCTIONS: functions}
    digest = content_hash(package, text)[:16] if package is not None else None
    code = Code(
        package=f"{arguments.site.name}-{digest}.zip" if digest is not None else str(arguments.package.url),
        version=arguments.package.version or (digest or "")[:12] or None,
        stack=arguments.package.runtime,
        starters=starters,
        records=records,
    )
    source = archive(package, text) if package is not None else None
    return VersionedCode(WantedCode(package, code, digest, source, text, starters), app, contains, contents=found), []


def app_of(arguments: VersionedArguments, package: Package | None) -> App:
    groups = {"storage": arguments.storage, "durable": arguments.durable}
    own = lookup(package.host_json, *durable_path(package.host_json), "storageProvider") if package is not None else None
    return App(
        hubs=arguments.hubs,
        connection_setting=arguments.connection_setting,
        plan=plan_kind(arguments.plan.sku),
        runtime=arguments.package.runtime,
        account=arguments.durable_account,
        given=frozenset(f"{path}.{name}" for path, group in groups.items() for name in group.model_fields_set),
        own_storage_provider=own if isinstance(own, dict) else {},
        user_settings={slot: {**arguments.settings, **arguments.sticky_settings.get(slot, {})} for slot in arguments.slots},
    )


def _host_json(arguments: VersionedArguments, package: Package | None, **versioning: Any) -> HostJsonWanted:
    language = arguments.package.runtime.partition("|")[0].lower()
    has_own = language.startswith("dotnet") or (package is not None and bundle_range(package.host_json) is not None)
    return HostJsonWanted(
        **arguments.backend.host_json(app_of(arguments, package)),
        **arguments.hosting.host_json(arguments.backend.kind),
        **versioning,
        bundle=arguments.durable.extension_bundle or (None if has_own else arguments.backend.bundle_floor.default_range),
    )


def _unless_given(package: Package | None, key: str, value: str) -> str | None:
    """A strategy is always written out: an app's own, or the default by name."""
    own = lookup(package.host_json, *durable_path(package.host_json), key) if package is not None else None
    return None if own is not None else value


def _in_host_json(text: str, key: str) -> str | None:
    host_json = json.loads(text)
    value = lookup(host_json, *durable_path(host_json), key)
    return value if isinstance(value, str) else None


__all__ = ["VersionedCode", "app_of", "orchestrators", "read_name_based_code", "read_orchestration_code", "versions_in"]
