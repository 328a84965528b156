"""What is known of one deployment, and where: Kudu's record as a resource below the site, and what Azure keeps to itself.

Fields and the meaning of `status`: Azure/azure-dev#3658 (the answer of api/deployments/latest on Flex Consumption). The blob's name: Microsoft
docs, "Automate resource deployment for your function app", section "Deployment package".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.arm import ControlPlane, Request, ResourceId
from sandbox.arm.store import Body

PENDING, BUILDING, DEPLOYING, FAILED, SUCCESS = 0, 1, 2, 3, 4
RELEASED = "released-package.zip"
DEPLOYMENTS = "Microsoft.Web/sites/deployments"
CALLER = "onedeploy"
_PACKAGE, _RUNNING = "package", "deployment"


def deployment_id(site: ResourceId, id: str) -> ResourceId:
    return site.child("deployments", id)


def new_record(site: ResourceId, id: str, clock: float) -> Body:
    now = _time(clock)
    properties = {
        "id": id,
        "status": PENDING,
        "status_text": "",
        "message": "OneDeploy",
        "progress": "Starting deployment pipeline.",
        "deployer": CALLER,
        "author": "N/A",
        "author_email": "N/A",
        "remoteBuild": False,
        "received_time": now,
        "start_time": now,
        "end_time": None,
        "complete": False,
        "active": False,
        "is_temp": False,
        "is_readonly": True,
        "site_name": site.name,
    }
    resource = deployment_id(site, id)
    return {"id": str(resource), "name": id, "type": DEPLOYMENTS, "properties": properties}


def record(plane: ControlPlane, site: ResourceId, id: str, operation: str, **changes: Any) -> None:
    """Writes to a deployment's record, under the store's lock. One that has ended is complete and carries its time."""
    resource = deployment_id(site, id)
    body = plane.store.get(resource)
    if body is None:  # the site was deleted meanwhile
        return
    if changes.get("status") in (FAILED, SUCCESS):
        changes |= {"complete": True, "end_time": _time(plane.clock())}
    write(plane, resource, {**body, "properties": {**body["properties"], **changes}}, operation)


def write(plane: ControlPlane, id: ResourceId, body: Body, operation: str) -> None:
    plane.write(Request("PUT", id, None, None, CALLER), body, operation)


def records(plane: ControlPlane, site: ResourceId) -> list[Body]:
    """Oldest first."""
    return [body for id, body in plane.store.of_type(DEPLOYMENTS) if id.key.startswith(f"{site.key}/")]


def released(plane: ControlPlane, site: ResourceId) -> Body | None:
    """The package that the app's instances are to run: `deployment`, `url`, `sha256`. None: nothing was deployed yet."""
    found: Body | None = plane.store.hidden(site).get(_PACKAGE)
    return found


def release(plane: ControlPlane, site: ResourceId, package: Body) -> None:
    plane.store.set_hidden(site, {**plane.store.hidden(site), _PACKAGE: package})


def running(plane: ControlPlane, site: ResourceId) -> Body | None:
    """`id`, `packageUri`, `remoteBuild`, `done` (steps) of a deployment under way."""
    found: Body | None = plane.store.hidden(site).get(_RUNNING)
    return found


def set_running(plane: ControlPlane, site: ResourceId, what: Body | None) -> None:
    kept = {key: value for key, value in plane.store.hidden(site).items() if key != _RUNNING}
    plane.store.set_hidden(site, kept if what is None else {**kept, _RUNNING: what})


def _time(clock: float) -> str:
    return datetime.fromtimestamp(clock, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
