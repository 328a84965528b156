"""C# functions, read with tree-sitter and its C# grammar."""

from .language import CSharp

LANGUAGE = CSharp()

__all__ = ["LANGUAGE"]
