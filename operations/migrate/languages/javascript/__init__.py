"""JavaScript and TypeScript: functions that register themselves (model v4), and folders with a function.json (model v3)."""

from .language import JavaScript

LANGUAGE = JavaScript()

__all__ = ["LANGUAGE"]
