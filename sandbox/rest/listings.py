"""GET of a collection: resource groups, resources, and the list of one type under a scope or a parent, in ARM's shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sandbox.arm import ArmError, ControlPlane, Request, ResourceId
from sandbox.arm.store import Body
from sandbox.arm.subscription import DEFAULT_TENANT

_GROUPS = re.compile(r"^/subscriptions/[^/]+/resourceGroups$", re.IGNORECASE)
_RESOURCES = re.compile(r"^/subscriptions/[^/]+(/resourceGroups/[^/]+)?/resources$", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"^/subscriptions/[^/]+$", re.IGNORECASE)
_SUMMARY = ("id", "name", "type", "location", "tags", "kind", "sku", "identity")


def listing(plane: ControlPlane, path: str, query: dict[str, str]) -> Callable[[], Body] | None:
    """How to answer the GET, to be called under the store's lock; None if `path` names one resource and not a collection."""
    path = path.rstrip("/")
    if _SUBSCRIPTION.match(path):
        subscription = path.rsplit("/", 1)[1]
        return lambda: {
            "id": path,
            "subscriptionId": subscription,
            "displayName": "sandbox",
            "state": "Enabled",
            "tenantId": DEFAULT_TENANT,
        }
    if _GROUPS.match(path):
        return lambda: _page(_of_type(plane, "Microsoft.Resources/resourceGroups", path.rsplit("/", 1)[0] + "/"))
    if _RESOURCES.match(path):
        return lambda: _page(_tracked(plane, path.rsplit("/", 1)[0], query.get("$filter", "")))
    scope, separator, tail = path.rpartition("/providers/")
    segments = tail.split("/")
    if not separator or len(segments) % 2:
        return None
    return lambda: _page(_below(plane, scope, segments))


def _below(plane: ControlPlane, scope: str, segments: list[str]) -> Iterator[Body]:
    """`Microsoft.Web/sites` under a scope, or `Microsoft.Web/sites/X/slots` under a site that must exist."""
    namespace, kinds, names = segments[0], segments[1::2], segments[2::2]
    prefix = scope + "/"
    if names:
        parent = ResourceId(scope, "/".join([namespace, *kinds[:-1]]), tuple(names))
        plane.type_named(parent.type).get(Request("GET", parent, None, None, "rest"))
        prefix = f"{parent}/"
        worked_out = plane.below(parent, "/".join([namespace, *kinds]))
        if worked_out is not None:
            return iter(worked_out)
    elif "/resourcegroups/" in scope.lower() and plane.store.get(ResourceId.parse(scope)) is None:
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{scope.rsplit('/', 1)[-1]}' could not be found.")
    return _of_type(plane, "/".join([namespace, *kinds]), prefix)


def _of_type(plane: ControlPlane, type_: str, prefix: str) -> Iterator[Body]:
    """As the type itself shows them. What a GET does not show, such as maps of secrets, is left out."""
    for id, _ in plane.store.of_type(type_):
        if id.key.startswith(prefix.lower()):
            try:
                yield plane.type_named(type_).get(Request("GET", id, None, None, "rest")).body
            except ArmError:
                continue


def _tracked(plane: ControlPlane, scope: str, filter: str) -> Iterator[Body]:
    wanted = re.fullmatch(r"\s*resourceType\s+eq\s+'([^']+)'\s*", filter, re.IGNORECASE)
    for text in plane.store.ids():
        id = ResourceId.parse(text)
        body = plane.store.get(id) or {}
        tracked = len(id.names) == 1 and "location" in body and not id.is_type("Microsoft.Resources/resourceGroups")
        if tracked and id.key.startswith(scope.lower() + "/") and (wanted is None or id.is_type(wanted[1])):
            yield {key: body[key] for key in _SUMMARY if key in body}


def _page(items: Iterator[Body]) -> Body:
    return {"value": list(items)}
