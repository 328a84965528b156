"""The router's app settings, slot by slot. Its monitor works in production alone: the other slots hold it off by what stays with them."""

from __future__ import annotations

import pulumi

from .. import _defaults as defaults
from .._azure import setting_names as names
from .._azure.names import disabled_setting, host_id
from .._children.foundation import AppIdentity, Monitor
from .._children.slot_settings import Settings, identity_connection
from .._live.parity import PRODUCTION
from .stores import Stores
from .wanted import RoutingArguments

STORE_CONNECTION = "RouterStore"
"""Connection of the queue trigger; `functions/router/settings.py` has the same name."""
BLUEPRINT = "ROUTER_BLUEPRINT_URL"
MONITOR = ("monitor", "work")
"""The router's functions that start by themselves."""


def sticky_names() -> list[str]:
    return sorted([names.HOST_ID, *(disabled_setting(name) for name in MONITOR)])


def router_settings(
    arguments: RoutingArguments,
    slot: str,
    stores: Stores,
    identity: AppIdentity,
    monitor: Monitor,
    package: pulumi.Input[str],
    version: pulumi.Input[str],
    blueprint_url: pulumi.Input[str],
) -> Settings:
    """The whole map: a settings PUT replaces it."""
    held_off: Settings = {} if slot == PRODUCTION else {disabled_setting(name): "true" for name in MONITOR}
    return {
        **arguments.settings,
        names.FUNCTIONS_VERSION: defaults.FUNCTIONS_VERSION,
        names.WORKER_RUNTIME: "python",
        # HTTP streaming below Python 3.13 (Microsoft docs, "Azure Functions Python developer guide").
        "PYTHON_ENABLE_INIT_INDEXING": "1",
        names.HOST_ID: host_id(arguments.site.name, slot),
        **identity_connection(names.HOST_STORAGE, stores.host, identity),
        **identity_connection(STORE_CONNECTION, stores.state, identity),
        names.PACKAGE_IDENTITY: identity.id,
        names.RUN_FROM_PACKAGE: package,
        names.VERSION: version,
        names.INSIGHTS_CONNECTION: monitor.connection_string,
        names.INSIGHTS_AUTHENTICATION: pulumi.Output.concat("ClientId=", identity.client_id, ";Authorization=AAD"),
        BLUEPRINT: blueprint_url,
        "ROUTER_IDENTITY_CLIENT_ID": identity.client_id,
        "ROUTER_AUTH_LEVEL": "anonymous" if arguments.http.anonymous else "function",
        **held_off,
    }


__all__ = ["BLUEPRINT", "STORE_CONNECTION", "router_settings", "sticky_names"]
