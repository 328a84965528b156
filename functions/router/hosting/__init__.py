"""The function apps of version lines: listed, made, given code, probed, held, removed."""

from .apps import Apps
from .backends import Backends
from .keys import KeyRing, Keys
from .owning import is_owned, tag
from .probing import Probe, deployed
from .removing import hub_of
from .storage import AzureData, DataPlane

__all__ = ["Apps", "AzureData", "Backends", "DataPlane", "KeyRing", "Keys", "Probe", "deployed", "hub_of", "is_owned", "tag"]
