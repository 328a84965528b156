"""What the entities of a service have in common: an ETag that every write changes, and `If-Match`, which a write may carry.

Source: Azure/azure-rest-api-specs, Microsoft.ApiManagement: PUT, GET and the POST that lists secrets answer with `ETag`; "If-Match: ETag of the
Entity". A write without it overwrites, as clients that send none are used to.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

from sandbox.arm import ArmError, Request, ResourceId, Response
from sandbox.arm.store import Body

from ..tracked import Tracked

SERVICES = "Microsoft.ApiManagement/service"
NAME = r"[A-Za-z0-9-._]{1,80}"
NAME_HELP = "1 to 80 letters, digits, hyphens, periods and underscores"


class Tagged(Tracked):
    def put(self, request: Request) -> Response:
        self._refuse_stale(request)
        return self.tagged(request.id, super().put(request))

    def get(self, request: Request) -> Response:
        return self.tagged(request.id, super().get(request))

    def delete(self, request: Request) -> Response:
        self._refuse_stale(request)
        return super().delete(request)

    def carry_out(self, request: Request, body: Body, before: Body | None) -> None:
        self.plane.store.set_hidden(request.id, {**self.plane.store.hidden(request.id), "etag": f'"{uuid.uuid4().hex}"'})

    def tagged(self, id: ResourceId, response: Response) -> Response:
        etag = self.plane.store.hidden(id).get("etag")
        return response if etag is None else replace(response, headers={**response.headers, "ETag": etag})

    def _refuse_stale(self, request: Request) -> None:
        wanted = request.if_match
        if wanted is None or (wanted == "*" and self.plane.store.get(request.id) is not None):
            return
        if wanted.removeprefix("W/") != self.plane.store.hidden(request.id).get("etag"):
            raise ArmError(412, "PreconditionFailed", "Resource was modified since it was last retrieved.")


def service_of(id: ResourceId) -> ResourceId:
    return ResourceId(id.scope, SERVICES, id.names[:1])


def invalid(why: str) -> ArmError:
    return ArmError(400, "ValidationError", f"One or more fields contain incorrect values: {why}.")


def referred(text: str) -> set[str]:
    """Display names of the named values that a policy names."""
    return set(re.findall(r"{{([A-Za-z0-9._-]+)}}", text))


__all__ = ["NAME", "NAME_HELP", "SERVICES", "Tagged", "invalid", "referred", "service_of"]
