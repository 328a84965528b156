"""A ramp: a share of new instances is started with a newer version than all others, told to clients by one blob and no deployment."""

from .asking import ramp_of
from .deciding import RampRefused, next_ramp
from .record import Ramp
from .store import RampStore, ramp_url

__all__ = ["Ramp", "RampRefused", "RampStore", "next_ramp", "ramp_of", "ramp_url"]
