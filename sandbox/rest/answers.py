"""From an HTTP request to the control plane's answer: what ARM's front door does before a resource provider sees the request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jwt

from sandbox.arm import ArmError, ControlPlane, ResourceId, Response
from sandbox.arm.subscription import OPERATOR_OBJECT_ID

from .authorizing import require_rights
from .listings import listing

TokenCheck = Callable[[str], str | None]
"""The object id of the principal that a bearer token speaks for; None: the token is not good."""

_SITES = "Microsoft.Web/sites"


def well_formed(token: str) -> str | None:
    """The default check: any JWT that parses is the operator's, whoever signed it and for whom."""
    try:
        jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None
    return OPERATOR_OBJECT_ID


def answer(
    plane: ControlPlane,
    method: str,
    target: str,
    authorization: str | None,
    content: bytes,
    token_check: TokenCheck = well_formed,
    *,
    if_match: str | None = None,
) -> Response:
    """`target` is the path with its query string. Raises ArmError, or ConnectionDropped."""
    principal = _principal(authorization, token_check)
    parts = urlsplit(target)
    # An encoded slash belongs to a name (a blob's), so it stays encoded.
    path = unquote(re.sub("%2f", "%252F", parts.path, flags=re.IGNORECASE))
    query = {name.lower(): value for name, value in parse_qsl(parts.query)}
    if not query.get("api-version"):
        raise ArmError(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
    body = _parsed(content)
    require_rights(plane, principal, method, path, body)
    if method == "GET" and (collect := listing(plane, path, query)) is not None:
        return _listed(plane, path, collect)
    if method == "DELETE":
        return _deleted(plane, path, query, if_match)
    return plane.request(method, path, body, caller="rest", if_match=if_match)


def _listed(plane: ControlPlane, path: str, collect: Callable[[], Any]) -> Response:
    garbage = plane.faults.strike("GET", path, after=False)
    if garbage is not None:
        return Response(200, garbage)
    body = plane.perform(collect)
    plane.faults.strike("GET", path, after=True)
    return Response(200, body)


def _deleted(plane: ControlPlane, path: str, query: dict[str, str], if_match: str | None) -> Response:
    """Deleting a plan's last site deletes the plan, unless deleteEmptyServerFarm=false (Microsoft docs, "Web Apps - Delete")."""
    plan = _plan_of(plane, path)
    response = plane.request("DELETE", path, caller="rest", if_match=if_match)
    if plan is not None and response.status == 200 and query.get("deleteemptyserverfarm", "true").lower() != "false":
        try:
            plane.request("DELETE", plan, caller="rest")
        except ArmError as problem:
            if problem.status != 409:  # other sites are still on it
                raise
    return response


def _plan_of(plane: ControlPlane, path: str) -> str | None:
    try:
        id = ResourceId.parse(path)
    except ValueError:
        return None
    body = plane.store.get(id) if id.is_type(_SITES) else None
    return None if body is None else str(body["properties"]["serverFarmId"])


def _principal(authorization: str | None, token_check: TokenCheck) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ArmError(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    principal = token_check(token.strip())
    if principal is None:
        raise ArmError(401, "InvalidAuthenticationToken", "The access token is invalid.")
    return principal


def _parsed(content: bytes) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except ValueError as problem:
        raise ArmError(
            400, "InvalidRequestContent", f"The request content was invalid and could not be deserialized: {problem}."
        ) from problem
