"""`sites/X/extensions/onedeploy`, which begins a deployment and shows the last one, and `sites/X/deploymentStatus/ID`.

Sources: Microsoft docs, "Automate resource deployment for your function app" (packageUri, remoteBuild) and "Web Apps - Create One Deploy
Operation", "Get Production Site Deployment Status"; the SDK's PUT carries no body and is refused as Azure refuses it.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.arm import ArmError, Request, ResourceId, ResourceType, Response
from sandbox.arm.store import Body
from sandbox.storage.service import StorageService
from sandbox.web import flex
from sandbox.web.slots import SITES, require_slot

from . import deployment as known
from .engine import Deployments
from .packages import PackageTransport

_STATUS = {
    known.PENDING: "BuildRequestReceived",
    known.BUILDING: "BuildInProgress",
    known.DEPLOYING: "BuildSuccessful",
    known.FAILED: "BuildFailed",
    known.SUCCESS: "RuntimeSuccessful",
}


class OneDeploy(ResourceType):
    name = f"{SITES}/extensions"

    def __init__(self, deployments: Deployments) -> None:
        self._deployments = deployments

    def get(self, request: Request) -> Response:
        site = self._site(request.id)
        found = known.records(self.plane, site)
        if not found:
            raise ArmError(404, "NotFound", f"Nothing was deployed to '{site.name}' by OneDeploy yet.")
        return Response(200, _shown(request.id, found[-1]))

    def put(self, request: Request) -> Response:
        """202. What became of it: `deployments/ID`, or the Location, which is 202 too until the deployment has ended."""
        site = self._site(request.id)
        tier = (require_slot(self.plane, site, "production")["properties"]).get("sku")
        if tier != flex.TIER:
            raise ArmError(
                400,
                "BadRequest",
                "The embedded Azure deploys by OneDeploy to Flex Consumption only; other plans run WEBSITE_RUN_FROM_PACKAGE.",
            )
        asked: Body = (request.body or {}).get("properties") or {}
        uri = asked.get("packageUri")
        if not isinstance(uri, str) or not uri.lower().startswith("https://"):
            raise ArmError(400, "BadRequest", "The request must carry 'properties.packageUri', an https URL.")
        body = self._deployments.begin(site, uri, remote_build=asked.get("remoteBuild") is True)
        location = str(site.child("operationresults", body["name"]))
        return Response(202, _shown(request.id, body), {"Location": location, "Retry-After": "0"})

    def post(self, request: Request) -> Response:
        return self.put(request)

    def delete(self, request: Request) -> Response:
        raise ArmError(405, "MethodNotAllowed", "A deployment can't be taken back; deploy the older package again.")

    def _site(self, id: ResourceId) -> ResourceId:
        site = id.parent
        assert site is not None
        require_slot(self.plane, site, "production")
        if id.name.lower() != "onedeploy":
            raise ArmError(404, "NotFound", f"The embedded Azure knows extensions/onedeploy, not extensions/{id.name}.")
        return site


class DeploymentStatus(ResourceType):
    """Of the deployment, not of the instances: how many of them have the code Azure does not tell on Flex Consumption."""

    name = f"{SITES}/deploymentStatus"

    def __init__(self, deployments: Deployments) -> None:
        self._deployments = deployments

    def get(self, request: Request) -> Response:
        site = request.id.parent
        assert site is not None
        body = self._deployments.existing(known.deployment_id(site, request.id.name))
        properties = body["properties"]
        errors = [{"message": properties["status_text"]}] if properties["status"] == known.FAILED else []
        shown = {"deploymentId": body["name"], "status": _STATUS[properties["status"]], "errors": errors}
        return Response(200, {"id": str(request.id), "name": body["name"], "type": self.name, "properties": shown})

    def put(self, request: Request) -> Response:
        raise ArmError(405, "MethodNotAllowed", "The status of a deployment can only be read.")

    def delete(self, request: Request) -> Response:
        return self.put(request)


def deploying_types(storage: StorageService | None, authority: Path | None, *, manual: bool = False) -> list[ResourceType]:
    """`authority`: the CA to trust at the storage's endpoints; None where nothing listens there."""
    deployments = Deployments(PackageTransport(storage, authority), manual=manual)
    return [deployments, OneDeploy(deployments), DeploymentStatus(deployments)]


def _shown(id: ResourceId, body: Body) -> Body:
    properties = body["properties"]
    state = {known.FAILED: "Failed", known.SUCCESS: "Succeeded"}.get(properties["status"], "InProgress")
    return {"id": str(id), "name": id.name, "type": OneDeploy.name, "properties": {**properties, "provisioningState": state}}
