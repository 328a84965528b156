"""How durabletask says that code and history differ: TaskOrchestrationContext.cs (Handle…Event), NonDeterministicOrchestrationException.cs.

The sentences are kept as they are there, so that what searches for them in Azure finds them here.
"""

from __future__ import annotations

from sandbox.durable.engine.events import Event

_BEFORE = "Non-Deterministic workflow detected: A previous execution of this orchestration scheduled"
_CHANGED = "Was a change made to the orchestrator code after this instance had already started running?"
_YET = "but the current replay execution hasn't (yet?) scheduled this task."
_REPLAY = "but the current orchestration replay instead"


class NonDeterministic(Exception):
    def __init__(self, recorded: Event, difference: str) -> None:
        super().__init__(f"{_BEFORE} {_recorded(recorded, difference)} {difference} {_CHANGED}")


def missing(recorded: Event) -> NonDeterministic:
    """The code did not schedule anything under that number."""
    return NonDeterministic(recorded, _YET)


def other_kind(recorded: Event, kind: str) -> NonDeterministic:
    verb, what, where = "produced a", "action", "with"
    if recorded["EventType"] == "EventSent":
        verb, what = "scheduled a", "task"
    if recorded["EventType"] in ("EventSent", "SubOrchestrationInstanceCreated"):
        where = "at"
    return NonDeterministic(recorded, f"{_REPLAY} {verb} {kind} {what} {where} this sequence number.")


def other_name(recorded: Event, name: str) -> NonDeterministic:
    if recorded["EventType"] == "TaskScheduled":
        return NonDeterministic(recorded, f"{_REPLAY} scheduled an activity task named '{name}' with this sequence number. ")
    what = "a sub-orchestration" if recorded["EventType"] == "SubOrchestrationInstanceCreated" else "a send event"
    return NonDeterministic(recorded, f"{_REPLAY} scheduled {what} task with name {name} at this sequence number.")


def _recorded(one: Event, difference: str) -> str:
    id, name, version, instance = one["EventId"], one.get("Name"), one.get("Version") or "", one.get("InstanceId")
    match one["EventType"]:
        case "TaskScheduled" if difference == _YET:
            return f"an activity task with sequence ID {id} and name '{name}' (version '{version}'),"
        case "TaskScheduled":
            return f"an activity task with sequence number {id} named '{name}',"
        case "TimerCreated":
            return f"a timer task with sequence number {id}{'' if difference == _YET else ' named'}"
        case "SubOrchestrationInstanceCreated":
            return f"a sub-orchestration task with sequence ID {id} and name '{name}' (version '{version}', instance ID '{instance}'),"
    comma = "" if difference == _YET else ","
    return f"a send event task with sequence ID {id}, type 'EventSent'{comma} name '{name}', instance ID '{instance}',"
