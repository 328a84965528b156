"""Microsoft.Resources/resourceGroups: deleting one deletes what is in it, and the data of its storage accounts with it."""

from __future__ import annotations

from sandbox.arm import ArmError, Request, ResourceId, Response
from sandbox.arm.store import Body
from sandbox.storage.service import StorageService

from .tracked import Tracked, normal_location


class ResourceGroups(Tracked):
    """Name rule: Microsoft docs, "Naming rules and restrictions for Azure resources"."""

    name = "Microsoft.Resources/resourceGroups"
    name_rule = r"[-\w._()]{0,89}[-\w_()]"
    name_help = "1 to 90 letters, digits, underscores, parentheses, hyphens and periods, not ending in a period"
    required = ("location",)

    def __init__(self, storage: StorageService) -> None:
        super().__init__()
        self._storage = storage

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        wanted = body.get("location")
        if before is not None and wanted and normal_location(wanted) != before["location"]:
            raise ArmError(
                409,
                "InvalidResourceGroupLocation",
                f"Invalid resource group location '{wanted}'. The Resource group already exists in location '{before['location']}'.",
            )

    def _check(self, id: ResourceId, body: Body, before: Body | None) -> None:
        # Resource groups have an error code of their own for a changed location.
        super()._check(id, {**body, "location": before["location"]} if before is not None else body, before)

    def delete(self, request: Request) -> Response:
        group = request.id.key + "/"
        for id, body in self.plane.store.of_type("Microsoft.Storage/storageAccounts"):
            if id.key.startswith(group):
                self._storage.remove_account(body["name"])
        return super().delete(request)
