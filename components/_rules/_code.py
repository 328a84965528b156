"""The code package: one source, a version that can be named, and what can be known of it before it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .._azure import names as _names
from .._azure.versions import RuntimeStack, Version, VersionRange, bundle_floor_problem
from .._code.host_json_reading import bundle_range
from .._code.package import Package
from .._problems import Problem
from .._wanted import Arguments, CommonArguments
from ._surroundings import Surroundings

_IDENTITY_BUNDLE = "3.3.0"
"""Microsoft docs, "Azure Functions developer guide", connections table: Durable by identity needs extension bundle 3.3.0 or later."""
_ENTITIES = (
    "the package has entities: they keep their state in the task hub, which leaves production with the old code at a swap. "
    "Choose a versioning strategy for them, or accept that each version starts with none."
)
_FIRST_BUNDLE_WITH_2 = Version.parse("2.0")
"""Microsoft docs, "Azure Functions extension bundles": bundle 1.x brings Durable 1.x, all later ones 2.x or 3.x."""


def problems(arguments: Arguments, package: Package | None, surroundings: Surroundings) -> Iterator[Problem]:
    yield from of_arguments(arguments)
    yield from _bundle(arguments, package)
    yield from of_package(arguments, package, surroundings)


def warnings(package: Package | None) -> list[str]:
    if package is None:
        return []
    return [*(str(one) for one in package.unnamed), *([_ENTITIES] if package.has_entities else [])]


def of_arguments(arguments: CommonArguments) -> Iterator[Problem]:
    yield from _source(arguments)
    yield from _version(arguments)


def of_package(arguments: CommonArguments, package: Package | None, surroundings: Surroundings) -> Iterator[Problem]:
    yield from _starters(arguments, package)
    if package is not None:
        yield from _contents(arguments, package, surroundings)


def _source(arguments: CommonArguments) -> Iterator[Problem]:
    code = arguments.package
    if code.path is not None and code.url is not None:
        yield Problem("package", None, "has both 'path' and 'url'.", "Give the one that is meant.")
    if code.url is not None and not re.match(r"https://[^/]+/.+", code.url):
        yield Problem(
            "package.url",
            code.url,
            "is no https URL of a package.",
            "Write it like https://account.blob.core.windows.net/packages/orders-1.2.0.zip.",
        )
    if code.url is not None and code.version is None:
        yield Problem(
            "package.version",
            None,
            "is required with package.url: what lies behind a URL can't be read here.",
            "Give the version of that package.",
        )
    if code.path is None and code.url is None:
        ignored = {f"package.{field}": getattr(code, field) for field in ("version", "replace")}
        for path, value in {**ignored, "version_settings": arguments.version_settings}.items():
            if value:
                yield Problem(
                    path,
                    None if path == "version_settings" else value,
                    "would be ignored: no package is given, so a pipeline deploys.",
                    "Leave it out, or give package.path or package.url.",
                )
    try:
        RuntimeStack.parse(code.runtime)
    except ValueError as error:
        yield Problem("package.runtime", code.runtime, "is no runtime stack.", _sentence(str(error).partition(": ")[2]))


def _version(arguments: CommonArguments) -> Iterator[Problem]:
    for field in ("version", "replace"):
        value = getattr(arguments.package, field)
        if value is not None and not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}", value):
            yield Problem(f"package.{field}", value, "is no version.", "Use up to 64 letters, digits, and . + _ -, such as 1.4.0.")
    if arguments.package.version is not None and arguments.package.version == arguments.package.replace:
        yield Problem(
            "package.replace", arguments.package.replace, "is the new version itself.", "Name the version that may be overwritten."
        )


def _bundle(arguments: Arguments, package: Package | None) -> Iterator[Problem]:
    """Of the range, what counts is the lowest version that it admits."""
    asked = arguments.durable.extension_bundle
    own = bundle_range(package.host_json) if package is not None else None
    for path, value in (
        ("durable.extension_bundle", asked),
        ("package host.json: extensionBundle.version", own if asked is None else None),
    ):
        if value is not None:
            yield from _range(path, value, arguments)


def _range(path: str, value: str, arguments: Arguments) -> Iterator[Problem]:
    try:
        lowest = VersionRange.parse(value).lowest
    except ValueError as error:
        yield Problem(path, value, "is no version range.", _sentence(str(error).rpartition(": ")[2]))
        return
    if _is_old(arguments.durable.extension) and lowest is not None and lowest >= _FIRST_BUNDLE_WITH_2:
        yield Problem(
            path,
            value,
            f"brings Durable 2.x or newer, and durable.extension is {arguments.durable.extension}: host.json would name the storage where it is not read.",
            "Set durable.extension to what the bundle brings, or use a bundle [1.8.0, 2.0.0).",
        )
    elif arguments.durable.connection == "identity" and (problem := bundle_floor_problem(value, _IDENTITY_BUNDLE)) is not None:
        yield Problem(path, value, "is too old for an identity-based connection.", f"Write {problem.rpartition(': write ')[2]}.")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _is_old(extension: str) -> bool:
    try:
        return Version.parse(extension) < Version.parse("2.0")
    except ValueError:  # reported with durable.extension
        return False


def _starters(arguments: CommonArguments, package: Package | None) -> Iterator[Problem]:
    found = package.starters if package is not None else ()
    for index, name in enumerate(arguments.package.starters):
        if _names.disabled_setting_problem(name) is not None:
            yield Problem(
                f"package.starters[{index}]",
                name,
                "can't be held off: on Linux the setting's name may not contain it.",
                "Rename the function with letters, digits and underscores.",
            )
    for name in found:
        if _names.disabled_setting_problem(name) is not None:
            yield Problem(
                "package.path",
                name,
                "starts work by itself and can't be held off in staging: on Linux the setting's name may not contain it.",
                "Rename the function with letters, digits and underscores.",
            )


def _contents(arguments: CommonArguments, package: Package, surroundings: Surroundings) -> Iterator[Problem]:
    language = arguments.package.runtime.partition("|")[0].lower()
    if package.python and language != "python":
        yield Problem(
            "package.runtime",
            arguments.package.runtime,
            "does not fit the package, which is Python.",
            "Use PYTHON|3.11 or the version that the app needs.",
        )
    if not package.has_vendored_dependencies and not surroundings.embedded:
        yield Problem(
            "package.path",
            arguments.package.path,
            "has no vendored dependencies, and code that runs from a package is not built on Azure.",
            f"Make a package with `python -m operations package {arguments.package.path}` and give that .zip.",
        )
