"""From an HTTP request to a function's call and back, with the SDK's own types and converter."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import azure.functions as func
from azure.functions.http import HttpRequest, HttpResponseConverter

from ..serving import Answer, Call
from .app import AppFunction
from .invoking import Invoker
from .streamed import answer_of, is_streamed, request_of


def respond(invoker: Invoker, function: AppFunction, call: Call, parameters: Mapping[str, str], settings: Mapping[str, str]) -> Answer:
    """What the function answers; 500 without a body if it raises, as the host does (what was raised goes to the log)."""
    try:
        if is_streamed(function, settings):
            returned = invoker.call(function, {function.trigger.name: request_of(call, parameters)})
            return invoker.wait(answer_of(call, returned))
        returned = invoker.call(function, {function.trigger.name: _request(call, parameters)})
        return _answer(returned)
    except Exception:
        logging.getLogger(f"Function.{function.name}").exception("Executed 'Functions.%s' (Failed)", function.name)
        return Answer(500)


def _request(call: Call, parameters: Mapping[str, str]) -> func.HttpRequest:
    """The URL is what the public sees: the host honours X-Forwarded-Proto and takes the authority from Host."""
    url = f"{call.headers.get('x-forwarded-proto', 'http')}://{call.headers.get('host', 'localhost')}{call.target}"
    query: dict[str, str] = {}
    for name, value in parse_qsl(call.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value  # the host joins what is repeated
    return HttpRequest(call.method, url, headers=call.headers, params=query, route_params=parameters, body_type="bytes", body=call.body)


def _answer(returned: Any) -> Answer:
    if returned is None:
        return Answer(204)
    datum = HttpResponseConverter.encode(returned, expected_type=None)
    if datum.type == "string":
        return Answer.of_text(200, datum.value)
    value = datum.value
    headers = [(name, header.value) for name, header in value["headers"].items()]
    for cookies in value["cookies"] or ():
        headers += [("Set-Cookie", morsel.OutputString()) for morsel in cookies.values()]
    kept = tuple((name, text) for name, text in headers if name.lower() not in ("content-length", "transfer-encoding", "connection"))
    return Answer(int(value["status_code"].value), kept, value["body"].value)
