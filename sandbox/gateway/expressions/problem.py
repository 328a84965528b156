"""What can be wrong with a policy: before it is taken, and while it runs."""

from __future__ import annotations


class PolicyRefused(Exception):
    """The policy can't be taken: an element, an attribute or an expression that API Management or the embedded Azure does not know.

    The message is one clause without a full stop, and names the element or the expression.
    """


class PolicyFailed(Exception):
    """An expression ended in a .NET exception, or an element can't do its work on this message. The gateway goes to `on-error`.

    `kind`: the name of the .NET exception, such as `NullReferenceException`; or `Reason` of Microsoft docs, "Error handling in API Management
    policies".
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


__all__ = ["PolicyFailed", "PolicyRefused"]
