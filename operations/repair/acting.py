"""A repair, step by step. Everything happens in a copy of the state; the stack itself is written once, at the end, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..problem import DONE, UNEXPECTED, UNKNOWN, OperationProblem, Unknown
from ..pulumi import Failed, Pulumi
from .planning import Finding, State, pending, settled, with_what_may_exist
from .sidecars import broken_sidecars


@dataclass(frozen=True)
class Repaired:
    stack: str
    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Nothing was pending, and nothing was changed."""
        return not self.findings

    @property
    def exit_code(self) -> int:
        return UNKNOWN if any(one.verdict == "still wrong" for one in self.findings) else DONE

    def as_json(self) -> dict[str, Any]:
        by_verdict: Mapping[str, str] = {"adopted": "adopted", "dropped": "dropped", "still_wrong": "still wrong"}
        groups = {key: [one.as_json() for one in self.findings if one.verdict == verdict] for key, verdict in by_verdict.items()}
        return {"stack": self.stack, "healthy": self.healthy, **groups}


def repair_stack(folder: Path, stack: str, *, say: Callable[[str], None] = lambda _: None) -> Repaired:
    """`folder` holds Pulumi.yaml. Raises OperationProblem, and Unknown if Azure can't be read; the state is then as it was."""
    pulumi = Pulumi(folder, stack)
    say(f"reading the state of '{stack}'")
    for broken in broken_sidecars(pulumi.backend(), stack, folder):
        say(f"removing {broken}, which the kill left half written; it holds nothing that is needed")
        broken.unlink(missing_ok=True)
    pulumi.require()  # before the lock is touched
    say("taking away the lock")
    pulumi.cancel()
    try:
        before = pulumi.export()
        if not pending(before):
            return Repaired(stack, ())
        tentative = with_what_may_exist(before, os.environ.get("ARM_SUBSCRIPTION_ID") or None)
        say(f"asking Azure what exists; {len(tentative.open)} of {len(pending(before))} pending operations may have made something")
        after, findings = settled(_refreshed(tentative.state, stack), tentative)
        say("writing the state")
        pulumi.put({**before, "deployment": {**before["deployment"], "resources": after["deployment"].get("resources", [])}})
    except Failed as error:
        raise OperationProblem(f"The state of '{stack}' is as it was. {error}", UNEXPECTED) from None
    return Repaired(stack, tuple(findings))


def _refreshed(state: State, stack: str) -> State:
    """The state as a refresh makes it, with the provider's own sign-in; in a copy, so that a failure leaves no trace. Raises Unknown."""
    _, _, name, _, project, *_ = state["deployment"]["pending_operations"][0]["resource"]["urn"].split(":")
    deployment = {key: value for key, value in state["deployment"].items() if key != "pending_operations"}
    with tempfile.TemporaryDirectory(prefix="repair-") as folder:
        copy = Pulumi.scratch(Path(folder), project, name)
        # Secrets are in clear on the way there: the copy encrypts them its own way.
        copy.put({**state, "deployment": {**deployment, "secrets_providers": copy.secrets_provider()}})
        try:
            copy.refresh()
        except Failed as error:
            problem = f"Azure can't be read, so what exists there isn't known. The state of '{stack}' is as it was. Pulumi says:\n{error}"
            raise Unknown(problem) from None
        return copy.export()
