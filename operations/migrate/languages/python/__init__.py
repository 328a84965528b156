"""Python functions of the v2 model, read with libcst."""

from .language import Python

LANGUAGE = Python()

__all__ = ["LANGUAGE"]
