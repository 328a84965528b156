"""What a killed update may have left in the slots themselves: said, with the command that mends it. The state is not touched here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ..azure import Arm, sign_in
from ..deployment import deployment_of
from ..lease import Seen
from ..live import read_live
from ..problem import OperationProblem
from ..pulumi import Pulumi
from ..status.noticing import notices
from ..updating import Updating


def slots_to_mend(folder: Path, stack: str) -> list[str]:
    """Sentences; none for a stack that exports no slots: it has none, or its first update did not get to its outputs. Never raises for what Azure answers."""
    pulumi = Pulumi(folder, stack)
    outputs = pulumi.outputs()
    if not outputs.get("site_id"):
        return []
    try:
        deployment = deployment_of(stack, outputs)
        live = read_live(deployment, Arm(sign_in()))
    except OperationProblem as problem:
        return [f"The slots could not be looked at. {problem}"]
    found = notices(live, Seen({}, False), Updating(False, ""), stack=stack, now=datetime.now(UTC))
    return [notice.sentence for notice in found if notice.blocks]


__all__ = ["slots_to_mend"]
