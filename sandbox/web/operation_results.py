"""`sites/X/slots/Y/operationresults/ID`: a slot's face of the operations that its site keeps."""

from __future__ import annotations

from sandbox.arm import Request, ResourceType, Response

from .slots import SLOTS
from .swaps import Swaps


class SlotOperationResults(ResourceType):
    name = f"{SLOTS}/operationresults"

    def __init__(self, swaps: Swaps) -> None:
        self._swaps = swaps

    def get(self, request: Request) -> Response:
        return self._swaps.operation(request.id)

    def put(self, request: Request) -> Response:
        return self._swaps.put(request)

    def delete(self, request: Request) -> Response:
        return self._swaps.put(request)
