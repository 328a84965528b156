"""What every command on a deployed stack begins with: its outputs, a sign-in, and a client for ARM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from azure.core.credentials import TokenCredential

from .azure import Arm, sign_in
from .deployment import Deployment, read_deployment
from .pulumi import Pulumi
from .reporting import Reporter


@dataclass(frozen=True)
class Session:
    pulumi: Pulumi
    deployment: Deployment
    credential: TokenCredential
    arm: Arm
    reporter: Reporter


def open_session(folder: Path, stack: str, reporter: Reporter) -> Session:
    """`folder` holds Pulumi.yaml. Raises OperationProblem if the stack was never deployed."""
    reporter.say(f"reading the outputs of '{stack}'")
    pulumi = Pulumi(folder, stack)
    deployment = read_deployment(pulumi)
    credential = sign_in()
    return Session(pulumi, deployment, credential, Arm(credential, say=reporter.retrying), reporter)


__all__ = ["Session", "open_session"]
