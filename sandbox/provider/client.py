"""Requests to the control plane, with the failures of a network in the words of the real provider's HTTP client.

One difference: the real client repeats what failed with 408, 429, 5xx, `AnotherOperationInProgress` or a lost connection, 20, 60
and 120 seconds apart. Here the first answer counts, as if the retries had been used up.
"""

from __future__ import annotations

from typing import Any

from sandbox.arm import ArmError, ConnectionDropped, ControlPlane

from .problem import ProviderError

Body = dict[str, Any]


class ArmClient:
    """Raises ArmError for an error that Azure answered, ProviderError for an answer that is none."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def get(self, id: str) -> Body:
        return self._send("GET", id)

    def put(self, id: str, body: Body) -> Body:
        return self._send("PUT", id, body)

    def post(self, id: str, action: str) -> Body:
        return self._send("POST", f"{id}/{action}", {})

    def delete(self, id: str) -> None:
        """Deleting what is not there is no error."""
        try:
            self._send("DELETE", id)
        except ArmError as error:
            if error.status != 404:
                raise

    def _send(self, method: str, path: str, body: Body | None = None) -> Body:
        try:
            answer = self._plane.request(method, path, body, caller="provider").body
        except ConnectionDropped as dropped:
            raise ProviderError(f'{method.capitalize()} "https://management.azure.com{path}": EOF') from dropped
        if answer is not None and not isinstance(answer, dict):
            raise ProviderError(f"unexpected response from Azure: '{answer}', HTTP status: 200 OK")
        return answer or {}
