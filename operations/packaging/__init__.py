"""Makes the .zip that a function app runs from: all that it needs inside, and the same bytes from the same input."""

from .making import Made, make_package

__all__ = ["Made", "make_package"]
