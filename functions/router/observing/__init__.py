"""What the monitor sees before it decides: the apps that Azure lists, and verdicts on the lines' task hubs."""

from .apps import Seen, seen_apps
from .hubs import HubReader, Verdicts

__all__ = ["HubReader", "Seen", "Verdicts", "seen_apps"]
