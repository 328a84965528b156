"""What happens to a line next, when, and why not yet: for people. Says what an operator can do where nothing happens by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..lines import LineRow, State
from .listing import sends_nothing, silent_from
from .making import AGAIN, CLEANED_UP_AFTER, is_due
from .model import World
from .standing import revivable
from .verdicts import clean_from


@dataclass(frozen=True)
class NextStep:
    what: str
    at: datetime | None
    """Not before this time; None: when something happens that nobody can foretell."""
    why_not_yet: str


def next_step(row: LineRow, world: World) -> NextStep:
    """Never raises. One of the three always helps: an action of this pass, a time, or what an operator can do."""
    if row.removing and not sends_nothing(row, world):
        return _still_listed(row, world, "its app is removed", silent_from(row, world))
    if row.removing:
        return NextStep("its app is removed", row.retry_at, row.error or "its removal has begun")
    match row.state:
        case State.PROVISIONING:
            return _made(row, world)
        case State.ACTIVE:
            return _active(row, world)
        case State.DRAINING:
            return _draining(row, world)
        case State.DRAINED:
            return _drained(row, world)
        case State.CLOSING:
            return _closing(row, world)
        case State.FAILED:
            return _failed(row, world)
        case State.RETIRED:
            again = "a start makes it anew" if revivable(row, world.policy) else "nothing; deploying a version of it makes it anew"
            return NextStep(again, None, "its app is gone, its history stays")


def _made(row: LineRow, world: World) -> NextStep:
    if world.apps is None:
        return NextStep("its app is made", None, "Resource Manager can't be read at the moment; each pass tries again")
    if not is_due(row, world):
        return NextStep("the next try", row.retry_at, f"{row.attempts} failed so far: {row.error}" if row.attempts else row.error)
    return NextStep("its app is made, and asked whether it answers", world.now, row.error)


def _active(row: LineRow, world: World) -> NextStep:
    if world.is_foreign(row):
        return _left_alone(row)
    if row.wanted is not None and row.wanted != row.deployed:
        return NextStep(f"{row.wanted} is deployed to it", row.retry_at or world.now, row.error)
    if row.line == world.default:
        return NextStep("it stays: requests without a version go there", None, "")
    if row.line in world.kept:
        return NextStep("it drains when newer lines are active", None, f"the newest {world.policy.keep} are kept, and the default")
    return NextStep("it drains", world.now, "")


def _draining(row: LineRow, world: World) -> NextStep:
    quiet = timedelta(seconds=world.policy.quiet_seconds)
    finding = world.findings.get(row.line)
    if world.is_foreign(row):
        return _left_alone(row)
    if finding is None or finding.verdict == "unknown":
        why = finding.reason if finding else row.verdict or "its task hub was not read yet"
        return NextStep(
            "it is drained when nothing runs in it", None, f"not known: {why}. `operations versions retire --force` ends it nevertheless"
        )
    if finding.verdict == "busy":
        return NextStep("it is drained when nothing runs in it", None, finding.reason)
    if row.listed or world.is_named(row):
        return _still_listed(row, world, "it is drained when nothing runs in it")
    clean = clean_from(row, finding, world)
    if row.clean_since is None or row.clean_since < clean:
        return NextStep("the first clean verdict", max(clean, world.now), "requests that were let in may still be under way")
    return NextStep("it is drained", row.clean_since + quiet, "nothing may run in it for a quiet period")


def _drained(row: LineRow, world: World) -> NextStep:
    finding = world.findings.get(row.line)
    at = world.now if row.retire_asked else row.since + timedelta(seconds=world.policy.removal_delay_seconds)
    if finding is None or finding.verdict == "unknown":
        why = finding.reason if finding else "its task hub was not read"
        return NextStep(
            "it closes", at, f"not known whether something runs in it: {why}. `operations versions retire --force` ends it nevertheless"
        )
    if not sends_nothing(row, world):
        return _still_listed(row, world, "it closes", silent_from(row, world))
    return NextStep("it closes: no start is let in any more", at, "drained lines are kept for a while")


def _closing(row: LineRow, world: World) -> NextStep:
    shut = row.since + timedelta(seconds=world.policy.closing_seconds)
    if world.now < shut:
        return NextStep("a last look, then its removal", shut, "every router has to know that it is closing")
    if world.apps is None:
        return NextStep("a last look, then its removal", None, "Resource Manager can't be read at the moment; each pass tries again")
    if world.is_foreign(row):
        return _left_alone(row)
    if not sends_nothing(row, world):
        return _still_listed(row, world, "a last look, then its removal", silent_from(row, world))
    finding = world.findings.get(row.line)
    if not row.retire_forced and (finding is None or finding.verdict == "unknown"):
        why = finding.reason if finding else "its task hub was not read"
        return NextStep(
            "a last look, then its removal", None, f"not known: {why}. `operations versions retire --force` ends it nevertheless"
        )
    return NextStep("its app is removed", row.retry_at or world.now, row.error)


def _failed(row: LineRow, world: World) -> NextStep:
    if world.waiting.get(row.line, 0):
        return NextStep("the next try", row.since + AGAIN, f"{row.error or row.reason}. `operations versions retry` tries now")
    if not sends_nothing(row, world):
        return _still_listed(row, world, "what was made of it is removed", silent_from(row, world))
    at = row.since + CLEANED_UP_AFTER
    return NextStep("what was made of it is removed", at, f"{row.error or row.reason}. `operations versions retry` tries again")


def _still_listed(row: LineRow, world: World, what: str, at: datetime | None = None) -> NextStep:
    """Something an operator can do: the router needs its role on the named value, and API Management has to answer."""
    if at is not None:
        return NextStep(what, at, "gateways may go by an older list until then")
    unread = world.front.problem if world.front is not None else ""
    why = row.gateway_error or unread or "the gateway's list may have it, and each pass tries to take it out"
    return NextStep(what, None, f"{why}. The router needs its role on the named value; without api_management.direct there is no list")


def _left_alone(row: LineRow) -> NextStep:
    why = row.error or "its app does not carry the router's mark, and is left alone"
    return NextStep("nothing: put the tag durable-deploy-owner of its app back, or delete the app", None, why)


__all__ = ["NextStep", "next_step"]
