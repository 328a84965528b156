"""The blueprint: everything that the router needs to make a version app, declared as data and delivered as a blob.

Every value stands in it, also where it is a default: what a router of another version would assume must not change the apps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pulumi

from .._children.accounts import Account
from .._children.foundation import Monitor
from .lines import Lines
from .stores import REQUESTS, STATE_TABLE, VERSIONS, Stores
from .wanted import RoutingArguments

FORMAT = 1
_OF_APPS = ("app", "settings", "host_storage", "durable", "insights_connection_string")


def blueprint(
    arguments: RoutingArguments,
    stores: Stores,
    lines: Lines,
    monitor: Monitor,
    site_id: pulumi.Input[str],
    front_url: pulumi.Input[str] | None,
    list_id: pulumi.Input[str] | None = None,
) -> pulumi.Output[dict[str, Any]]:
    """With `version`, the hash of what makes up an app: a changed policy is no reason to touch one. `front_url`: what clients call, where a gateway is in
    front of the router; `list_id`: of its list of lines, where it sends some straight to their apps."""
    packages = stores.state.endpoint("blob").apply(lambda endpoint: f"{endpoint}{VERSIONS}")
    wired = {
        "group": lines.group.id,
        "owner": site_id,
        "identity": {"id": lines.identity.id, "client_id": lines.identity.client_id, "principal_id": lines.identity.principal_id},
        "plan": arguments.apps.plan.existing_id,
        "subnet": arguments.apps.subnet_id,
        "insights": monitor.connection_string,
        "packages": packages,
        "front": front_url,
        "list": list_id,
        **{name: _storage(account) for name, account in (("state", stores.state), ("durable", stores.durable), ("apps", stores.apps))},
    }
    return pulumi.Output.from_input(wired).apply(lambda known: _hashed(_declared(arguments, known)))


def text_of(declared: Mapping[str, Any]) -> str:
    return json.dumps(declared, indent=2, sort_keys=True) + "\n"


def _storage(account: Account) -> pulumi.Output[dict[str, Any]]:
    ends: Any = {service: account.endpoint(service) for service in ("blob", "queue", "table")}
    return pulumi.Output.from_input({"account": account.name, **ends})


def blob_name(declared: Mapping[str, Any]) -> str:
    """By what makes up an app, and by all of it: any change is another blob, and only the first part of its name tells of apps."""
    return f"blueprint-{declared['version']}-{_hash(declared)[:8]}.json"


def apps_in(url: str) -> str:
    """The part of a blueprint's address that tells what makes up an app."""
    return url.rpartition("/")[2].removeprefix("blueprint-").partition("-")[0]


def _hashed(declared: dict[str, Any]) -> dict[str, Any]:
    return {**declared, "version": _hash({name: declared[name] for name in _OF_APPS})[:16]}


def _hash(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _declared(arguments: RoutingArguments, wired: Mapping[str, Any]) -> dict[str, Any]:
    apps, durable, http = arguments.apps, arguments.durable, arguments.http
    runtime, _, version = apps.runtime.partition("|")
    return {
        "format": FORMAT,
        "app": {
            "resource_group_id": wired["group"],
            "location": arguments.location,
            "prefix": arguments.prefix,
            "owner": wired["owner"],
            "identity": wired["identity"],
            "plan": {
                "kind": apps.plan.kind,
                "sku": apps.plan.named_sku,
                "existing_id": wired["plan"],
                "maximum_instances": apps.plan.maximum_instances,
                "instance_memory": apps.plan.instance_memory,
            },
            "runtime_name": runtime.lower(),
            "runtime_version": version,
            "subnet_id": wired["subnet"],
            "public_access": apps.public_access,
            "tags": arguments.tags if apps.tags is None else apps.tags,
        },
        "settings": apps.settings,
        "host_storage": wired["apps"],
        "durable": {
            "scheduling": durable.scheduling,
            "storage": wired["durable"],
            "connection_name": durable.connection_setting,
            "hub_prefix": arguments.hub_prefix,
            "tracking": durable.tracking,
            "tracking_storage": wired["durable"] if durable.tracking == "shared" else None,
            "tracking_connection_name": durable.tracking_connection_setting,
            "tracking_prefix": durable.tracking_prefix,
        },
        "stores": {
            "state": wired["state"],
            "state_table": STATE_TABLE,
            "packages_url": wired["packages"],
            "requests_container": REQUESTS,
            "request_ttl_seconds": http.request_ttl_seconds,
        },
        "insights_connection_string": wired["insights"],
        "policy": arguments.policy.model_dump(mode="json"),
        "http": {
            **http.model_dump(mode="json", exclude={"anonymous", "request_ttl_seconds"}),
            "public_url": http.public_url or wired["front"],
        },
        "gateway": _gateway(arguments, wired["list"]),
    }


def _gateway(arguments: RoutingArguments, list_id: str | None) -> dict[str, Any] | None:
    """None: every request passes the router."""
    if arguments.gateway is None or not arguments.gateway.direct:
        return None
    return {"list_id": list_id, "seconds": arguments.gateway.gateway_seconds}


__all__ = ["apps_in", "blob_name", "blueprint", "text_of"]
