"""From a stack's configuration to a deployed strategy: `settings` reads and checks it, `building` makes it."""

from ._config import StackConfig
from ._problems import ConfigProblem, SettingsErrors
from .building import build
from .settings import Settings, read_settings

__all__ = ["ConfigProblem", "Settings", "SettingsErrors", "StackConfig", "build", "read_settings"]
