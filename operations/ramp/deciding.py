"""Which ramp may follow which. Pure."""

from __future__ import annotations

from datetime import datetime

from ..live import LiveSlot
from ..problem import OperationProblem
from ..versions.containing import contents_of, has_version
from ..versions.ordering import compare
from .record import HISTORY, Ramp


class RampRefused(OperationProblem):
    """Nothing was written."""


def next_ramp(before: Ramp | None, to: str | None, percent: float, production: LiveSlot, *, now: datetime, by: str) -> Ramp | None:
    """What is to be written; None if it says that already. `to` left out: that of the ramp there is. Raises RampRefused.

    To 0 is always allowed: whatever is wrong, clients then start what the setting says.
    """
    version = to if to is not None else before.to if before is not None else None
    if version is None:
        raise RampRefused("--to is missing, and there is no ramp whose version it could be.")
    if not 0 <= percent <= 100:
        raise RampRefused(f"--percent {percent:g}: is no share. Give 0 to 100.")
    if percent > 0:
        _refuse(version, production)
    if before is not None and (before.to, before.percent) == (version, percent):
        return None
    history = () if before is None else (*before.history, before.step())[-HISTORY:]
    return Ramp(version, percent, now, by, history)


def _refuse(version: str, production: LiveSlot) -> None:
    code = contents_of(production, by_name=False)
    has = has_version(code, version)
    if has is None:
        raise RampRefused(
            f"Production's code ({code.label}) does not say which versions it has, so no client may be told to start {version}."
        )
    if not has:
        raise RampRefused(
            f"--to {version}: production's code is {code.label}, whose newest version is {code.newest}. Release the code that has {version} first; "
            "with `versioning.start_version` in the configuration clients go on starting what they start now."
        )
    if production.starts is not None and compare(version, production.starts) < 0:
        raise RampRefused(
            f"--to {version}: is older than {production.starts}, which every client starts. To go back, lower `versioning.start_version` and run `pulumi up`."
        )
    if production.starts == version:
        raise RampRefused(
            f"--to {version}: every client starts it already. To go up in steps, pin the old version first (`versioning.start_version`) and run "
            "`pulumi up`; to go back, `--percent 0` does nothing here: lower `versioning.start_version`."
        )


__all__ = ["RampRefused", "next_ramp"]
