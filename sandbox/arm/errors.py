"""What a request to the control plane can end in, other than a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ArmError(Exception):
    """An answer with ARM's error shape: `{"error": {"code": …, "message": …}}`."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f'Status={status} Code="{code}" Message="{message}"')
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message}}


class ConnectionDropped(Exception):
    """The connection closed before an answer came: the caller can't know whether the request was carried out."""


def not_found(resource_type: str, name: str, group: str | None) -> ArmError:
    """The wording of Azure Resource Manager for a resource that is not there."""
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource '{resource_type}/{name}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )
