"""Brings the router's own code to Flex Consumption by OneDeploy, waits until every instance has it, and notes that beside the package.

Killed anywhere, the same command goes on: what is not noted is deployed again, and the same package again is the same deployment.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..live.flex import LIVE
from ..packaging.container import PackageContainer
from ..problem import Unknown
from ..rollout import Manner, one_deploy, prober, wait_until_rolled
from .opening import RouterSession
from .own_code import OwnCode, decide


def bring(session: RouterSession, code: OwnCode, manner: Manner, *, dry_run: bool = False) -> dict[str, Any]:
    """`done`: `deployed`, `there` (nothing was to be done) or `would deploy`. Raises OperationProblem, Unknown among them."""
    router, arm, reporter = session.router, session.arm, session.reporter
    container = PackageContainer(code.container_url, router.group_id, arm, credential=session.credential, say=reporter.note)
    try:
        if decide(code, _settings(session), container.metadata(), router.stack) == "there":
            return _result(code, "there")
        if dry_run:
            return _result(code, "would deploy")
        since = datetime.now(UTC)
        reporter.say(f"deploying {code.key} to '{router.site}' (OneDeploy)")
        one_deploy(arm, router.site_id, code.package_url, session.credential, say=reporter.note, pause=manner.pause)
        wait_until_rolled(prober(arm, router.site_id), since, manner, reporter.waiting)
        # An update that came between would have given the router settings for another package.
        if decide(code, _settings(session), {}, router.stack) == "deploy":
            container.change_metadata(add={LIVE: f"{code.key};"})
        return _result(code, "deployed")
    finally:
        container.close()


def _settings(session: RouterSession) -> dict[str, str]:
    found = (session.arm.post(f"{session.router.site_id}/config/appsettings/list").body or {}).get("properties")
    if not isinstance(found, dict):
        raise Unknown(f"The settings of '{session.router.site}' can't be read, so that nothing is deployed.")
    return {str(name): str(value) for name, value in found.items()}


def _result(code: OwnCode, done: str) -> dict[str, Any]:
    return {"package": code.package_url, "key": code.key, "done": done}


__all__ = ["bring"]
