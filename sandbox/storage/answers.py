"""Errors as the storage services write them: XML from blobs and queues, JSON from tables, the code in a header either way."""

from __future__ import annotations

import datetime
import json
import uuid
from xml.sax.saxutils import escape

from aiohttp import web

from .admission import Refusal


def error(service: str, refusal: Refusal, *, tenant: str, head: bool = False) -> web.Response:
    """`head`: the request was HEAD, whose answer has no body."""
    request_id = str(uuid.uuid4())
    message = f"{refusal.message}\nRequestId:{request_id}\nTime:{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    headers = {"x-ms-error-code": refusal.code, "x-ms-request-id": request_id}
    if refusal.challenge:
        where = f"https://login.microsoftonline.com/{tenant}/oauth2/authorize"
        headers["WWW-Authenticate"] = f"Bearer authorization_uri={where} resource_id=https://storage.azure.com"
    if head:
        return web.Response(status=refusal.status, headers=headers)
    if service == "table":
        body = json.dumps({"odata.error": {"code": refusal.code, "message": {"lang": "en-US", "value": message}}})
        return web.Response(status=refusal.status, headers=headers, text=body, content_type="application/json")
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{escape(refusal.code)}</Code><Message>{escape(message)}</Message></Error>'
    return web.Response(status=refusal.status, headers=headers, text=body, content_type="application/xml")
