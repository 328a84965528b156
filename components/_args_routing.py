"""The arguments of `ApplicationRouting`, as every Pulumi language sees them.

No `from __future__ import annotations` here: Pulumi infers the package's schema from these annotations at run time.
"""

from typing import NotRequired

import pulumi
from typing_extensions import TypedDict

from ._args import AccessArgs, MonitoringArgs, PlanArgs, ResourceGroupArgs, SiteArgs
from ._args_versioning import SharedStorageArgs


class RouterPackageArgs(TypedDict):
    """The router's own code, not that of the version apps: theirs are deployed to the router while it runs."""

    path: NotRequired[str]
    """A folder or .zip of the router. Left out: the one that `make package` has built."""
    version: NotRequired[str]
    """What people call it. Left out: the start of its content's hash."""


class VersionPlanArgs(TypedDict):
    kind: NotRequired[str]
    """`flex`, `elastic_premium`, `dedicated`: a plan of its own for each line. `existing`: all lines on one plan. Left out: `flex`."""
    sku: NotRequired[str]
    """SKU name. Left out: `FC1`, `EP1` or `P0v3`, by `kind`."""
    existing_id: NotRequired[pulumi.Input[str]]
    """Resource id of the plan that all lines share; needed with `kind: existing`, refused otherwise."""
    maximum_instances: NotRequired[int]
    """Instances that a line's app scales out to, 1 to 1000. Left out: 40."""
    instance_memory: NotRequired[int]
    """MB of an instance on Flex Consumption: 512, 2048 or 4096. Left out: 2048."""


class VersionAppsArgs(TypedDict):
    """The apps that the router makes, one for each version line (major.minor)."""

    prefix: NotRequired[str]
    """An app is called `<prefix>-<major>-<minor>`; at most 22 lower-case letters, digits and hyphens. Left out: from `site.name`."""
    resource_group: NotRequired[str]
    """Name of the group that is made for them, and holds nothing else. Left out: `<site.name>-versions-rg`."""
    location: NotRequired[str]
    """Azure region. Left out: `resource_group.location`, which must be given then."""
    runtime: NotRequired[str]
    """Runtime stack, such as `PYTHON|3.11`. Left out: `PYTHON|3.11`."""
    plan: NotRequired[VersionPlanArgs]
    """Left out: a Flex Consumption plan for each line."""
    settings: NotRequired[dict[str, str]]
    """App settings of every version app; `{line}`, `{hub}` and `{app}` in a value are replaced. No secrets: Key Vault references. Left out: none."""
    subnet_id: NotRequired[pulumi.Input[str]]
    """Resource id of the subnet that they are integrated with. Left out: none."""
    public_access: NotRequired[bool]
    """Whether they can be reached from outside of the network. Left out: true, and nobody has their keys but the router, and a gateway that is `direct`."""
    tags: NotRequired[dict[str, str]]
    """Tags of every version app. Left out: `tags`."""


class RoutedDurableArgs(TypedDict):
    scheduling: NotRequired[str]
    """`hub_per_line`: one account with a task hub for each line. `account_per_line`: the router makes an account for each. Left out: `hub_per_line`."""
    tracking: NotRequired[str]
    """`shared`: Instances and History of all lines in one pair of tables, so that every orchestration is found in one place. `per_line`. Left out: `shared`."""
    hub_prefix: NotRequired[str]
    """A task hub is called `<prefix>V<major>x<minor>`. Left out: from `site.name`."""
    connection_setting: NotRequired[str]
    """Name of the app setting with a line's storage. Left out: `DurableStorage`."""
    tracking_connection_setting: NotRequired[str]
    """Name of the app setting with the shared tracking store. Left out: `DurableTracking`."""
    tracking_prefix: NotRequired[str]
    """Its tables are `<prefix>Instances` and `<prefix>History`. Left out: `Durable`."""


class RoutingPolicyArgs(TypedDict):
    keep: NotRequired[int]
    """The newest lines that stay active. Left out: 1."""
    removal_delay_seconds: NotRequired[int]
    """A drained line is kept at least this long. Left out: 3600."""
    quiet_seconds: NotRequired[int]
    """The two clean verdicts are at least this far apart. Left out: 300."""
    closing_seconds: NotRequired[int]
    """How long a line lets nothing in before the last look. Left out: 90; at least 30, and longer than `cache_seconds`."""
    cache_seconds: NotRequired[int]
    """How long a router may act on what it has read, 1 to 60. Left out: 10."""
    request_seconds: NotRequired[int]
    """How long a request may be under way, 0 to 600. Left out: 230, which is when the front end of Azure Functions ends it."""
    maximum_lines: NotRequired[int]
    """Apps that exist at once; the subscription's own limit is yours to know. Left out: 20."""
    alarm_at: NotRequired[float]
    """Share of `maximum_lines` from which an alarm is raised. Left out: 0.8."""
    default: NotRequired[str]
    """`latest`: requests without a version go to the newest active line; or a line such as `1.0`. Left out: `latest`."""
    draining_starts: NotRequired[str]
    """What a start on a draining line gets: `accept`, `redirect` to the default line, `refuse`. Left out: `accept`."""
    revive: NotRequired[bool]
    """A start on a retired line makes it anew. Left out: false, it is answered with 410."""
    create: NotRequired[str]
    """When a line's app is made: `on_first_request` or `on_deployment`. Left out: `on_first_request`."""
    rollout: NotRequired[str]
    """Which apps a changed blueprint reaches: `new_apps` or `all_apps`. Left out: `new_apps`."""
    history_retention_days: NotRequired[int]
    """Instances that ended longer ago are purged. Left out: kept for good."""
    deployers: NotRequired[list[str]]
    """Principal ids that may deploy; needs App Service authentication on the router. Left out: whoever has the router's master key."""


class RoutedHttpArgs(TypedDict):
    version_header: NotRequired[str]
    """Header that names the version. Left out: `x-app-version`."""
    version_query: NotRequired[str]
    """Query parameter that does, where the header is not there. Left out: `version`."""
    maximum_body_bytes: NotRequired[int]
    """Of a request that is forwarded. Left out: 104857600, what Azure Functions takes."""
    maximum_stored_bytes: NotRequired[int]
    """Of a request that waits for its app. Left out: 4194304."""
    public_url: NotRequired[str]
    """What clients call, such as `https://orders.example.com`. Left out: what each request's Host says."""
    anonymous: NotRequired[bool]
    """Requests for apps need no key of the router. Left out: false."""
    request_ttl_seconds: NotRequired[int]
    """How long a request that waits, and its answer, is kept. Left out: 86400."""


class ApiManagementArgs(TypedDict):
    publisher_email: NotRequired[str]
    """Address that Azure writes to about the service. Needed with any of the others; a group without it and them is no gateway."""
    publisher_name: NotRequired[str]
    """Left out: `site.name`."""
    name: NotRequired[str]
    """Name of the service, unique in Azure. Left out: `<site.name>-gateway`."""
    sku: NotRequired[str]
    """Tier: `Consumption`, `Developer`, `Basic`, `Standard`, `Premium`, `BasicV2`, `StandardV2`. Left out: `BasicV2`."""
    capacity: NotRequired[int]
    """Units; none on Consumption. Left out: 1."""
    subscription_required: NotRequired[bool]
    """Clients need a subscription's key. Left out: true."""
    direct: NotRequired[bool]
    """Requests for functions of an active line go from the gateway straight to the line's app. Left out: false, all of them pass the router."""
    gateway_seconds: NotRequired[int]
    """With `direct`: how long a gateway may go by an older list of lines, 30 to 3600; a line is removed that much later. Left out: 120."""


class ApplicationRoutingArgs(TypedDict):
    site: SiteArgs
    """The router's function app. Its slots are for the router's own updates. Left out in it: one slot, `staging`."""
    package: NotRequired[RouterPackageArgs]
    """The router's code. Left out: the one that `make package` has built."""
    apps: NotRequired[VersionAppsArgs]
    """The apps that the router makes. Left out: Flex Consumption, Python 3.11."""
    durable: NotRequired[RoutedDurableArgs]
    """Task hubs and tracking store of the lines. Left out: a hub for each line, one tracking store for all."""
    policy: NotRequired[RoutingPolicyArgs]
    """When lines are made, kept, drained and removed. Left out: as its arguments say."""
    http: NotRequired[RoutedHttpArgs]
    """How requests name their version, and limits. Left out: as its arguments say."""
    api_management: NotRequired[ApiManagementArgs]
    """API Management in front of the router. Left out: clients call the router itself."""
    settings: NotRequired[dict[str, pulumi.Input[str]]]
    """Further app settings of the router. Left out: none."""
    resource_group: NotRequired[ResourceGroupArgs]
    """Left out: the component makes `<site.name>-rg`."""
    plan: NotRequired[PlanArgs]
    """The router's plan, Dedicated or Elastic Premium. Left out: a Linux `P0v3` plan."""
    storage: NotRequired[SharedStorageArgs]
    """Names and redundancy of the storage accounts. Left out: derived and zone-redundant."""
    access: NotRequired[AccessArgs]
    """The router's identity, and the people or pipelines that deploy versions. Left out: an identity is made, and nobody else gets a role."""
    monitoring: NotRequired[MonitoringArgs]
    """Log Analytics and Application Insights. Left out: a workspace that keeps logs for 30 days."""
    tags: NotRequired[dict[str, str]]
    """Tags of everything that can carry them. Left out: none."""
