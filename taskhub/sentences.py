"""A finding as one sentence for a person who has to act on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC

from .finding import Reason
from .instance import Instance
from .leftovers import LeftoverTimer
from .reading import Reading


def sentence(
    reason: Reason,
    last: Reading,
    *,
    active: int | None,
    oldest: Instance | None,
    exclude: Collection[str],
    hidden: int,
    settle: float,
) -> str:
    return _stem(reason, last, active, oldest, settle) + _excluded(exclude, hidden, last.messages) + "."


def unsettled(last: Reading, timers: Sequence[LeftoverTimer]) -> str:
    """For an UNSETTLED hub whose History was asked."""
    stem = f"Task hub '{last.hub}' keeps {_messages(last)} while no instance is active"
    one = len(timers) == 1
    if len(timers) != last.messages:
        some = "is the timer of an ended instance" if one else "are timers of ended instances"
        told = (
            f"{len(timers)} of them {some}, the others can't be told (a start whose client died?)"
            if timers
            else "what they are can't be told"
        )
        return f"{stem}; {told}: if they may be lost, accept exactly {last.messages}."
    which = "It is the timer of an instance that did not wait for it" if one else "All are timers of instances that did not wait for them"
    ids = ", ".join(f"'{id}'" for id in sorted({timer.instance for timer in timers})[:3])
    return f"{stem}. {which} ({ids}), due until {timers[-1].due.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC: accept-unsettled `timers` lets them pass."


def _stem(reason: Reason, last: Reading, active: int | None, oldest: Instance | None, settle: float) -> str:
    hub = f"task hub '{last.hub}'"
    match reason:
        case Reason.ACTIVE:
            least = "" if last.complete else "At least "
            return f"{least}{_number(active or 0, 'instance')} {'is' if active == 1 else 'are'} active on {hub}, {_oldest(oldest)}"
        case Reason.QUEUED:
            return f"{_capital(hub)} has {_messages(last)}, though no instance is active yet: one may be about to start"
        case Reason.EMPTY:
            left = f" but the accepted {_messages(last)}" if last.messages else ""
            return f"Nothing runs on {hub}: two passes, {settle:g} s apart, saw nothing{left}"
        case Reason.NEVER_DEPLOYED:
            return f"Nothing was ever deployed that could run on {hub}, and it does not exist"
        case Reason.NO_HUB:
            return (
                f"There is code for {hub}, but no {last.lacks} there: check the hub's name and its storage account, or start the app once"
            )
        case Reason.UNREADABLE:
            return f"The storage of {hub} can't be read: {last.failed}{_way_out(last.status)}"
        case Reason.UNSETTLED:
            return (
                f"{_capital(hub)} keeps {_messages(last)} while no instance is active (a start whose client died, or timers of "
                f"terminated instances): if that may be lost, accept exactly {last.messages}"
            )
        case Reason.DEADLINE if not last.complete:
            return f"{_capital(hub)} was not read to its end within the deadline: allow more time"
        case Reason.DEADLINE if last.ended_since:
            ended = _number(last.ended_since, "instance")
            return f"{ended} ended on {hub} between two passes over it, and may have started others: look again"
        case Reason.DEADLINE:
            return f"One pass over {hub} saw nothing, but there was no time for a second one, {settle:g} s later"


def _oldest(instance: Instance | None) -> str:
    if instance is None:
        return "none of them known by name"
    version = f" {instance.version}" if instance.version else ""
    since = f" since {instance.created.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if instance.created else ""
    return f"the oldest being {instance.name or 'an orchestrator without a name'}{version} '{instance.id}', {instance.status}{since}"


def _messages(reading: Reading) -> str:
    where = ", ".join(name for name, count in reading.queues.items() if count)
    return f"{_number(reading.messages, 'message')} in {where}"


def _way_out(status: int | None) -> str:
    if status in (401, 403):
        return (
            "; it takes the roles Storage Table Data Reader and Storage Queue Data Reader on the account, which act some minutes after "
            "they were given, and the account's firewall must let you through"
        )
    return ""


def _excluded(exclude: Collection[str], hidden: int, messages: int) -> str:
    if not exclude:
        return ""
    perhaps = ", to which messages may belong" if hidden and messages else ""
    return f"; not counted: {_number(hidden, 'instance')} of {', '.join(exclude)}{perhaps}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


__all__ = ["sentence", "unsettled"]
