"""Microsoft.OperationalInsights/workspaces and Microsoft.Insights/components (workspace-based Application Insights)."""

from __future__ import annotations

from sandbox.arm import ArmError, Request, ResourceId
from sandbox.arm.store import Body

from .tracked import Tracked, uuid_of


class Workspaces(Tracked):
    name = "Microsoft.OperationalInsights/workspaces"
    name_rule = r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]"
    name_help = "4 to 63 letters, digits and hyphens, starting and ending with a letter or digit"
    required = ("location",)

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        defaults = {"sku": {"name": "PerGB2018"}, "retentionInDays": 30}
        return {**defaults, **properties, "customerId": uuid_of("workspace", str(id)), "provisioningState": "Succeeded"}


class Components(Tracked):
    name = "Microsoft.Insights/components"
    name_rule = r"[^%&\\?/]{1,259}[^%&\\?/.\s]|[^%&\\?/.\s]"
    name_help = "1 to 260 characters without %&\\?/, not ending in a space or period"
    required = ("location", "kind")

    def check(self, request: Request, body: Body, before: Body | None) -> None:
        workspace = (body.get("properties") or {}).get("WorkspaceResourceId")
        if workspace and self.plane.store.get(ResourceId.parse(workspace)) is None:
            raise ArmError(400, "BadRequest", f"The workspace '{workspace}' that the component names could not be found.")

    def computed(self, id: ResourceId, body: Body, properties: Body, before: Body | None) -> Body:
        key, app, location = uuid_of("instrumentation", str(id)), uuid_of("application", str(id)), body["location"]
        endpoint = (
            f"https://{location}-0.in.applicationinsights.azure.com/;LiveEndpoint=https://{location}.livediagnostics.monitor.azure.com/"
        )
        return {
            "InstrumentationKey": key,
            "ConnectionString": f"InstrumentationKey={key};IngestionEndpoint={endpoint};ApplicationId={app}",
            "AppId": app,
            "ApplicationId": id.name,
            "provisioningState": "Succeeded",
        }
