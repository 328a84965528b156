"""The code that the program asks for: its package with host.json laid over, its hash, its version, its starters."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pydantic import ValidationError

from .. import _defaults as defaults
from .._azure.versions import Version
from .._live.parity import Code
from .._problems import Problem
from .._wanted import Arguments
from .host_json import DurableShape, HostJsonProblem, HostJsonWanted, render
from .host_json_reading import bundle_range
from .package import Package, PackageProblem, archive, content_hash, read_package


@dataclass(frozen=True)
class WantedCode:
    package: Package | None
    """What was read from disk; None with `package.url`, or when a pipeline deploys."""
    code: Code | None
    """None: a pipeline deploys."""
    digest: str | None
    """The first 16 digits of the content's hash; None if Pulumi uploads nothing."""
    source: pulumi.Archive | None
    host_json: str
    starters: tuple[str, ...] = ()


_NOTHING = WantedCode(None, None, None, None, "")


def read_code(arguments: Arguments) -> tuple[WantedCode, list[Problem]]:
    """The wanted code, or what is wrong with it."""
    package: Package | None = None
    try:
        if arguments.package.path is not None:
            package = read_package(arguments.package.path)
        host_json = render(_host_json(arguments, package), package.host_json if package else None)
    except (PackageProblem, HostJsonProblem) as error:
        return _NOTHING, [Problem("package.path", None, problem, "") for problem in error.problems]
    except (ValidationError, ValueError):  # a name or version that the rules report with its own path
        return WantedCode(package, None, None, None, ""), []
    starters = tuple(sorted({*arguments.package.starters, *(package.starters if package else ())}))
    if package is None:
        return WantedCode(None, _elsewhere(arguments, starters), None, None, host_json, starters), []
    digest = content_hash(package, host_json)[:16]
    code = Code(
        package=f"{arguments.site.name}-{digest}.zip",
        version=arguments.package.version or digest[:12],
        stack=arguments.package.runtime,
        starters=starters,
    )
    return WantedCode(package, code, digest, archive(package, host_json), host_json, starters), []


def _elsewhere(arguments: Arguments, starters: tuple[str, ...]) -> Code | None:
    if arguments.package.url is None:
        return None
    return Code(package=arguments.package.url, version=arguments.package.version, stack=arguments.package.runtime, starters=starters)


def _host_json(arguments: Arguments, package: Package | None) -> HostJsonWanted:
    durable = arguments.durable
    by_hub = durable.isolation == "task_hub"
    return HostJsonWanted(
        shape=_shape(durable.extension, durable.functions_version),
        connection=durable.connection_setting,
        connection_key=durable.connection_key,
        hub_name=f"%{defaults.HUB_SETTING}%" if by_hub else next(iter(arguments.hubs.values())),
        bundle=durable.extension_bundle or _default_bundle(arguments, package),
    )


def _default_bundle(arguments: Arguments, package: Package | None) -> str | None:
    """.NET apps bring their extensions themselves; an app that names a bundle keeps it; the default one is too new for Durable 1.x."""
    language = arguments.package.runtime.partition("|")[0].lower()
    has_own = package is not None and bundle_range(package.host_json) is not None
    is_old = Version.parse(arguments.durable.extension) < Version.parse("2.0")
    if has_own or is_old or language.startswith("dotnet"):
        return None
    return defaults.EXTENSION_BUNDLE


def _shape(extension: str, functions_version: str) -> DurableShape:
    if functions_version == "~1":
        return DurableShape.V1_ON_FUNCTIONS_1
    return DurableShape.V1 if Version.parse(extension) < Version.parse("2.0") else DurableShape.V2
