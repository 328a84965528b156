"""Runs a folder with an app under Microsoft's own worker library, azure-functions-runtime, as the Functions host does, without gRPC.

`python real_worker.py FOLDER PATH`: indexes the app, sends one GET for PATH through the library's own web server, and prints as JSON what was
indexed and what was answered. For an interpreter of 3.13 or newer that has the router's requirements; nothing of this project is imported.
The host's messages are plain objects: the library asks them for nothing but attributes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import urllib.error
import urllib.request
from types import SimpleNamespace
from typing import Any

INVOCATION = "00000000-0000-4000-8000-000000000001"


class _Messages:
    """Any message by any name: what it is made with becomes its attributes."""

    def __getattr__(self, name: str) -> type:
        def begin(self: Any, *_: Any, **fields: Any) -> None:
            self.__dict__.update(fields)

        made = type(name, (), {"__init__": begin, "Success": 1, "Failure": 0, "undefined": 0, "out": 1, "inout": 2})
        setattr(self, name, made)
        return made


async def main(folder: str, path: str) -> None:
    os.chdir(folder)
    sys.path.insert(0, folder)
    import azure_functions_runtime as worker

    properties = {"host": "127.0.0.1", "protos": _Messages()}
    init = SimpleNamespace(worker_init_request=SimpleNamespace(capabilities={}, function_app_directory=folder))
    begun = await worker.worker_init_request(SimpleNamespace(request=init, properties=properties))
    assert begun.result.status == 1, getattr(begun.result, "exception", None) and begun.result.exception.__dict__
    asked = SimpleNamespace(
        request=SimpleNamespace(functions_metadata_request=SimpleNamespace(function_app_directory=folder)), properties=properties
    )
    indexed = (await worker.functions_metadata_request(asked)).function_metadata_results
    found = {one.name: [json.loads(binding)["type"] for binding in one.raw_bindings] for one in indexed}
    route = next(one for one in indexed if one.name == "route")
    status, body = await _answer(worker, properties, route.function_id, begun.capabilities["HttpUri"] + path)
    print(json.dumps({"functions": found, "status": status, "body": body}), flush=True)
    os._exit(0)  # the library's web server has no end


async def _answer(worker: Any, properties: dict[str, Any], function: str, url: str) -> tuple[int, str]:
    typed = SimpleNamespace(WhichOneof=lambda _: "http", http=_http(url))
    binding = SimpleNamespace(name="req", data=typed, WhichOneof=lambda _: "data")
    request = SimpleNamespace(
        invocation_id=INVOCATION,
        function_id=function,
        input_data=[binding],
        trigger_metadata={},
        trace_context=SimpleNamespace(trace_parent="", trace_state="", attributes={}),
        retry_context=SimpleNamespace(retry_count=0, max_retry_count=0, exception=None),
    )
    invoked = asyncio.create_task(
        worker.invocation_request(SimpleNamespace(request=SimpleNamespace(invocation_request=request), properties=properties))
    )
    answer = await asyncio.to_thread(_get, url)
    await invoked
    return answer


def _http(url: str) -> Any:
    body = SimpleNamespace(WhichOneof=lambda _: "bytes", bytes=b"")
    return SimpleNamespace(
        method="GET",
        url=url,
        headers={},
        params={},
        query={},
        body=body,
        rawBody=body,
        nullable_headers={},
        nullable_params={},
        nullable_query={},
    )


def _get(url: str) -> tuple[int, str]:
    """Asked again until the library's web server listens."""
    request = urllib.request.Request(url, headers={"x-ms-invocation-id": INVOCATION})
    for _ in range(200):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except urllib.error.URLError:
            import time

            time.sleep(0.05)
    raise SystemExit(f"nothing listens at {url}")


asyncio.run(main(sys.argv[1], sys.argv[2]))
