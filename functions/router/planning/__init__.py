"""The monitor's decision: rows, apps, verdicts and policy in, actions out. Pure; `executing` carries them out."""

from .actions import (
    Action,
    Alarm,
    Delist,
    Deploy,
    Enlist,
    Expire,
    Forward,
    GiveUp,
    Hold,
    Make,
    Move,
    Probe,
    Purge,
    Release,
    Remove,
    Save,
    Strike,
)
from .capacity import full
from .model import Finding, Front, ObservedApp, World
from .next_steps import NextStep, next_step
from .outcomes import Answered, Delisted, Deployed, Enlisted, Failed, Held, Made, NotEnlisted, Outcome, Purged, Released, Removed, settle
from .plan import due, plan
from .standing import default_line, kept, revivable
from .verdicts import wants_verdict

__all__ = [
    "Action",
    "Alarm",
    "Answered",
    "Delist",
    "Delisted",
    "Deploy",
    "Deployed",
    "Enlist",
    "Enlisted",
    "Expire",
    "Failed",
    "Finding",
    "Forward",
    "Front",
    "GiveUp",
    "Held",
    "Hold",
    "Made",
    "Make",
    "Move",
    "NextStep",
    "NotEnlisted",
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
    "Strike",
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
