"""Arguments that can't be deployed, by subject."""

from .bad import Bad
from .code import CODE, SHAPES
from .durable import CONNECTIONS, HUBS
from .names import NAMES, PLANS
from .settings import SETTINGS, SITE_CONFIG

ALL = [*NAMES, *PLANS, *HUBS, *CONNECTIONS, *SETTINGS, *SITE_CONFIG, *CODE, *SHAPES]

__all__ = ["ALL", "Bad"]
