"""The router's own package: the one that `make package` has built, or another."""

from __future__ import annotations

import json
from pathlib import Path

from .. import _defaults as defaults
from .._code.package import PackageProblem, archive, content_hash, read_package
from .._code.wanted_code import WantedCode
from .._live.parity import Code
from .._problems import Problem
from .wanted import RoutingArguments

BUILT = Path(__file__).parent / "router.zip"
"""By `make package`. It is no part of the repository: it is made from `functions/router` and what that needs."""
NOTHING = WantedCode(None, None, None, None, "")


def read_router_code(arguments: RoutingArguments) -> tuple[WantedCode, list[Problem]]:
    """The router's code, or what is wrong with it."""
    path = arguments.package.path or str(BUILT)
    if arguments.package.path is None and not BUILT.is_file():
        return NOTHING, [
            Problem(
                "package.path",
                None,
                "is left out, and no router was built yet.",
                "Run `make package`, or give the path of a router's package.",
            )
        ]
    if arguments.package.url is not None:
        return NOTHING, [Problem("package.url", arguments.package.url, "is not supported for the router.", "Give package.path.")]
    try:
        package = read_package(path)
    except PackageProblem as error:
        return NOTHING, [Problem("package.path", None, problem, "") for problem in error.problems]
    if "function_app.py" not in package.files:
        return NOTHING, [Problem("package.path", path, "is no router: it has no function_app.py.", "Run `make package` and leave it out.")]
    host_json = json.dumps(package.host_json, indent=2)
    digest = content_hash(package, host_json)[:16]
    version = arguments.package.version or digest[:12]
    code = Code(package=f"{arguments.site.name}-router-{digest}.zip", version=version, stack=defaults.RUNTIME)
    return WantedCode(package, code, digest, archive(package, host_json), host_json), []


__all__ = ["BUILT", "read_router_code"]
