"""Version v1 of the app's functions, frozen: not to be edited. Written by `operations migrate`."""

from . import function_app  # noqa: F401
from ._blueprint import blueprint

__all__ = ["blueprint"]
