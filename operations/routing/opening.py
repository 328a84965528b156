"""What every command on a router begins with: the stack's outputs, a sign-in, and a client."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from azure.core.credentials import TokenCredential

from ..azure import Arm, sign_in
from ..pulumi import Pulumi
from ..reporting import Reporter
from .client import RouterClient
from .place import Router, router_of


@dataclass(frozen=True)
class RouterSession:
    router: Router
    client: RouterClient
    credential: TokenCredential
    arm: Arm
    reporter: Reporter


def open_router(folder: Path, stack: str, reporter: Reporter) -> RouterSession:
    """`folder` holds Pulumi.yaml. Raises OperationProblem if the stack has no router, or was never deployed."""
    reporter.say(f"reading the outputs of '{stack}'")
    router = router_of(stack, Pulumi(folder, stack).outputs())
    credential = sign_in()
    arm = Arm(credential, say=reporter.retrying)
    reporter.say(f"asking the router '{router.site}'")
    return RouterSession(router, RouterClient(router, arm), credential, arm, reporter)


__all__ = ["RouterSession", "open_router"]
