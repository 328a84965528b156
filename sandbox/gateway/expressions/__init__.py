"""Policy expressions: a closed subset of C# 7, checked when the policy is put and evaluated when a request passes.

`compiled('@(context.Request.Method + "!")')` has the type and the function; `is_expression` tells an expression from plain text.
"""

from __future__ import annotations

from .compiling import compile_expression
from .problem import PolicyFailed, PolicyRefused
from .scopes import Scope
from .statements import compile_block
from .syntax import block_tree, expression_tree
from .types import CONTEXT, Compiled


def is_expression(text: str) -> bool:
    return text.strip().startswith(("@(", "@{"))


def compiled(text: str) -> Compiled:
    """Of an expression with its `@( )` or `@{ }`. Raises PolicyRefused, which names it."""
    whole = text.strip()
    form, code = whole[:2], whole[2:-1]
    if form not in ("@(", "@{") or whole[-1:] != {"@(": ")", "@{": "}"}[form]:
        raise PolicyRefused(f"{whole!r} is no expression")
    scope = Scope()
    scope.declare("context", CONTEXT)
    return compile_expression(expression_tree(code), scope) if form == "@(" else compile_block(block_tree(code), scope, code)


__all__ = ["Compiled", "PolicyFailed", "PolicyRefused", "compiled", "is_expression"]
