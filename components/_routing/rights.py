"""Who may what: the router, the version apps, the people who deploy versions. Each role with the reason for it.

Role ids: Microsoft docs, "Azure built-in roles". The router assigns no roles: it works with those that are assigned here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from .._children import roles
from .._children.foundation import AppIdentity, Monitor
from .._children.roles import Grant
from .._hosting import FLEX
from .lines import Lines
from .stores import VERSIONS, Stores
from .wanted import RoutingArguments

WEB_PLAN_CONTRIBUTOR = "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b"
IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
STORAGE_CONTRIBUTOR = "17d1049b-9a84-46fb-8f53-869881c3d3ab"
GATEWAY_CONTRIBUTOR = "312a565d-c81f-4fd8-895a-4e21e48d571c"


def router_grants(
    arguments: RoutingArguments, stores: Stores, lines: Lines, monitor: Monitor, list_id: pulumi.Input[str] | None = None
) -> Iterator[Grant]:
    """`list_id`: of the gateway's list, where requests go straight to apps."""
    # Its host keeps keys and timers there.
    yield Grant("host-blob-owner", stores.host.name, stores.host.id, roles.BLOB_OWNER)
    yield Grant("host-table-contributor", stores.host.name, stores.host.id, roles.TABLE_CONTRIBUTOR)
    yield Grant("host-queue-contributor", stores.host.name, stores.host.id, roles.QUEUE_CONTRIBUTOR)
    # Its code and the blueprint.
    yield Grant("packages-blob-reader", stores.packages.name, stores.packages.id, roles.BLOB_READER)
    # Rows of lines and versions; stored requests, and signing for packages; the monitor's queue.
    yield Grant("state-table-contributor", stores.state.name, stores.state.id, roles.TABLE_CONTRIBUTOR)
    yield Grant("state-blob-contributor", stores.state.name, stores.state.id, roles.BLOB_CONTRIBUTOR)
    yield Grant("state-queue-contributor", stores.state.name, stores.state.id, roles.QUEUE_CONTRIBUTOR)
    # Verdicts read queues and tables; a removed line's queues and leases are deleted; old history is, where retention says so.
    yield Grant("durable-queue-contributor", stores.durable.name, stores.durable.id, roles.QUEUE_CONTRIBUTOR)
    yield Grant("durable-blob-contributor", stores.durable.name, stores.durable.id, roles.BLOB_CONTRIBUTOR)
    purges = arguments.policy.history_retention_days is not None
    role = roles.TABLE_CONTRIBUTOR if purges else roles.TABLE_READER
    yield Grant(f"durable-table-{'contributor' if purges else 'reader'}", stores.durable.name, stores.durable.id, role)
    if arguments.apps.plan.kind == "flex":
        # OneDeploy's container, one for each app.
        yield Grant("apps-blob-contributor", stores.apps.name, stores.apps.id, roles.BLOB_CONTRIBUTOR)
    # Version apps, their plans and nothing else: nothing else is in that group.
    yield Grant("versions-website-contributor", arguments.versions_group, lines.group.id, roles.WEBSITE_CONTRIBUTOR)
    yield Grant("versions-plan-contributor", arguments.versions_group, lines.group.id, WEB_PLAN_CONTRIBUTOR)
    # It gives version apps their identity.
    yield Grant("apps-identity-operator", f"{arguments.site.name}-apps-identity", lines.identity.id, IDENTITY_OPERATOR)
    if arguments.durable.scheduling == "account_per_line":
        # It makes an account for each line, and reads and clears what is in it.
        yield Grant("versions-storage-contributor", arguments.versions_group, lines.group.id, STORAGE_CONTRIBUTOR)
        yield Grant("versions-queue-contributor", arguments.versions_group, lines.group.id, roles.QUEUE_CONTRIBUTOR)
        yield Grant("versions-blob-contributor", arguments.versions_group, lines.group.id, roles.BLOB_CONTRIBUTOR)
        yield Grant("versions-table-contributor", arguments.versions_group, lines.group.id, roles.TABLE_CONTRIBUTOR)
    if arguments.apps.subnet_id is not None:
        # Version apps join the subnet.
        yield Grant("subnet-contributor", "subnet", arguments.apps.subnet_id, NETWORK_CONTRIBUTOR)
    if arguments.apps.plan.existing_id is not None:
        # Version apps are put on the plan that is there.
        yield Grant("plan-contributor", "plan", arguments.apps.plan.existing_id, WEB_PLAN_CONTRIBUTOR)
    if list_id is not None:
        # It takes a line out of the gateway's list before it closes. The role is for a whole service; here it reaches that one named value, and no
        # other of the service, nor its policies.
        yield Grant("gateway-list-contributor", "gateway/direct-lines", list_id, GATEWAY_CONTRIBUTOR)
    yield Grant("insights-metrics-publisher", "insights", monitor.id, roles.METRICS_PUBLISHER)


def version_grants(arguments: RoutingArguments, stores: Stores, lines: Lines, monitor: Monitor) -> Iterator[Grant]:
    """Of all version apps, which share one identity."""
    # Their hosts' keys, leases and, on Flex, code.
    yield Grant("apps-blob-owner", stores.apps.name, stores.apps.id, roles.BLOB_OWNER)
    yield Grant("apps-table-contributor", stores.apps.name, stores.apps.id, roles.TABLE_CONTRIBUTOR)
    yield Grant("apps-queue-contributor", stores.apps.name, stores.apps.id, roles.QUEUE_CONTRIBUTOR)
    # Task hubs, payloads and the tracking store.
    yield from _durable("durable", stores.durable.name, stores.durable.id)
    if arguments.durable.scheduling == "account_per_line":
        yield from _durable("versions", arguments.versions_group, lines.group.id)
    # Packages to run from; not the requests beside them.
    yield Grant("versions-blob-reader", f"{stores.state.name}/{VERSIONS}", stores.versions.id, roles.BLOB_READER)
    yield Grant("insights-metrics-publisher", "insights", monitor.id, roles.METRICS_PUBLISHER)


def operator_grants(arguments: RoutingArguments, stores: Stores, site_id: pulumi.Input[str]) -> Iterator[Grant]:
    """Those who deploy versions: they list the router's keys, and upload packages."""
    yield Grant("site-contributor", arguments.site.name, site_id, roles.WEBSITE_CONTRIBUTOR)
    yield Grant("state-reader", stores.state.name, stores.state.id, roles.READER)
    yield Grant("versions-blob-contributor", f"{stores.state.name}/{VERSIONS}", stores.versions.id, roles.BLOB_CONTRIBUTOR)
    if arguments.hosting.kind == FLEX:
        # They deploy the router's own code: its package is signed for that, and what is deployed is noted beside it.
        yield Grant("packages-reader", stores.packages.name, stores.packages.id, roles.READER)
        yield Grant("packages-blob-contributor", stores.packages.name, stores.packages.id, roles.BLOB_CONTRIBUTOR)


def _durable(purpose: str, key: str, scope: pulumi.Input[str]) -> Iterator[Grant]:
    yield Grant(f"{purpose}-blob-contributor", key, scope, roles.BLOB_CONTRIBUTOR)
    yield Grant(f"{purpose}-queue-contributor", key, scope, roles.QUEUE_CONTRIBUTOR)
    yield Grant(f"{purpose}-table-contributor", key, scope, roles.TABLE_CONTRIBUTOR)


__all__ = ["AppIdentity", "operator_grants", "router_grants", "version_grants"]
