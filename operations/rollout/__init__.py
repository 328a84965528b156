"""Updates in place on Flex Consumption: code by OneDeploy, and when every instance has it, which Azure does not tell."""

from .deploying import one_deploy
from .noting import note_live
from .probing import Manner, Probe, prober, wait_until_rolled

__all__ = ["Manner", "Probe", "note_live", "one_deploy", "prober", "wait_until_rolled"]
