"""What the gateway itself answers when a request goes no further.

Sources: Microsoft docs, "Error handling in API Management policies" (reasons; without on-error "callers will receive 400 or 500"), "Subscriptions in
Azure API Management" (401); MicrosoftDocs/azure-docs#15130 and #54790 (the two 401 in full). The bodies of 404 and 500 are what users report; that a
time-out is a 500 too is inferred.
"""

from __future__ import annotations

import json
import uuid

from .expressions import PolicyFailed
from .messages import Answer

_MISSING = "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."
_INVALID = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."


def not_found() -> Answer:
    return _answer(404, {"statusCode": 404, "message": "Resource not found"})


def unauthorized(host: str, header: str, *, missing: bool) -> tuple[PolicyFailed, Answer]:
    reason, message = ("SubscriptionKeyNotFound", _MISSING) if missing else ("SubscriptionKeyInvalid", _INVALID)
    challenge = f'AzureApiManagementKey realm="https://{host}/",name="{header}",type="header"'
    return PolicyFailed(reason, message), _answer(401, {"statusCode": 401, "message": message}, ("WWW-Authenticate", challenge))


def failed() -> Answer:
    """Says nothing of the reason; the gateway's `failures` do."""
    return _answer(500, {"statusCode": 500, "message": "Internal server error", "activityId": str(uuid.uuid4())})


def _answer(status: int, content: object, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(content).encode()
    return Answer(status, (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers), body)


__all__ = ["failed", "not_found", "unauthorized"]
