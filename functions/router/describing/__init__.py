"""What a line's app is to look like: names, settings, bodies of requests. Pure; everything follows from the blueprint and the line's row."""

from .settings import settings_of

__all__ = ["settings_of"]
