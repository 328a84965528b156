"""The monitor's decision: rows, apps, verdicts and policy in, actions out. Pure; `executing` carries them out."""

from .actions import Action, Alarm, Deploy, Expire, Forward, GiveUp, Hold, Make, Move, Probe, Purge, Release, Remove, Save
from .capacity import full
from .model import Finding, ObservedApp, World
from .next_steps import NextStep, next_step
from .outcomes import Answered, Deployed, Failed, Held, Made, Outcome, Purged, Released, Removed, settle
from .plan import due, plan
from .standing import default_line, kept, revivable
from .verdicts import wants_verdict

__all__ = [
    "Action",
    "Alarm",
    "Answered",
    "Deploy",
    "Deployed",
    "Expire",
    "Failed",
    "Finding",
    "Forward",
    "GiveUp",
    "Held",
    "Hold",
    "Made",
    "Make",
    "Move",
    "NextStep",
    "ObservedApp",
    "Outcome",
    "Probe",
    "Purge",
    "Purged",
    "Release",
    "Released",
    "Remove",
    "Removed",
    "Save",
    "World",
    "default_line",
    "due",
    "full",
    "kept",
    "next_step",
    "plan",
    "revivable",
    "settle",
    "wants_verdict",
]
