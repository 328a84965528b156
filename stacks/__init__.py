"""From a stack's configuration to a deployed strategy: `settings` reads and checks it, a builder per strategy makes it."""

from ._config import StackConfig
from ._problems import ConfigProblem, SettingsErrors
from .settings import Settings, read_settings
from .strategies import build

__all__ = ["ConfigProblem", "Settings", "SettingsErrors", "StackConfig", "build", "read_settings"]
