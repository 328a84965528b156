"""Python functions of the v1 model, a folder with a function.json for each."""

from .language import PythonV1

LANGUAGE = PythonV1()

__all__ = ["LANGUAGE"]
