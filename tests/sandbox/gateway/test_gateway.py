"""The gateway over real HTTP, before a real backend. Sources stand in `sandbox/gateway`."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from aiohttp import web

from sandbox.gateway.server import Gateway
from sandbox.storage.certificate import Certificate

from .stand_in import API, BARE, HOST, ROUTED, SERVICE, Backend, World

FORWARD = "<policies><inbound>{inbound}</inbound><backend>{backend}</backend><outbound>{outbound}</outbound><on-error>{on_error}</on-error></policies>"


def forwarding(inbound: str = "", backend: str = "<forward-request />", outbound: str = "", on_error: str = "") -> str:
    return FORWARD.format(
        inbound=f'<set-backend-service backend-id="router" />{inbound}', backend=backend, outbound=outbound, on_error=on_error
    )


def master_key(world: World) -> str:
    return str(world.plane.request("POST", f"{SERVICE}/subscriptions/master/listSecrets").body["primaryKey"])


def test_a_request_reaches_the_backend_to_the_letter_and_its_answer_comes_back(world: World, backend: Backend) -> None:
    answer = world.call("POST", "/api/a%2Fb//c%41?x=%C3%A9%41&y", data=b"\x00\x01", headers={"Content-Type": "application/x", "X-A": "1"})

    assert (answer.status_code, answer.content, answer.headers["X-From"]) == (200, b"fine", "backend")
    got = backend.got[0]
    assert (got.method, got.path, got.body) == ("POST", "/api/a%2Fb//c%41?x=%C3%A9%41&y", b"\x00\x01")
    assert got.headers == {
        "host": backend.url.removeprefix("http://"),
        "user-agent": got.headers["user-agent"],
        "accept-encoding": got.headers["accept-encoding"],
        "content-type": "application/x",
        "content-length": "2",
        "x-a": "1",
        "x-lines": "none",
        "x-forwarded-for": "127.0.0.1",
    }


def test_an_answer_has_the_headers_of_the_backend_and_no_others(world: World, backend: Backend) -> None:
    async def plain(request: web.Request) -> web.StreamResponse:
        return web.Response(status=202, body=b"x", headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Location", "/x"), BARE])

    backend.answer = plain
    answer = world.call("GET", "/api")

    assert answer.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
    assert {name.lower() for name in answer.headers} == {"set-cookie", "location", "content-length", "date"}


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_an_answer_without_a_body_has_none(world: World, backend: Backend, method: str, status: int) -> None:
    async def empty(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"X-From": "backend"})

    backend.answer = empty
    answer = world.call(method, "/api")

    assert (answer.status_code, answer.content, answer.headers["X-From"]) == (status, b"", "backend")


def test_compressed_content_stays_compressed(world: World, backend: Backend) -> None:
    async def packed(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\x1f\x8bno gzip at all", headers={"Content-Encoding": "x-own"})

    backend.answer = packed

    assert world.call("GET", "/api").content == b"\x1f\x8bno gzip at all"


def test_a_redirect_is_the_client_s(world: World, backend: Backend) -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    backend.answer = away
    answer = world.call("GET", "/api")

    assert (answer.status_code, answer.headers["Location"], len(backend.got)) == (302, "/elsewhere", 1)


def test_a_redirect_is_followed_where_the_policy_says_so(world: World, backend: Backend) -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(text="there") if request.path == "/elsewhere" else web.Response(status=302, headers={"Location": "/elsewhere"})

    backend.answer = away
    world.put_policy(forwarding(backend='<forward-request follow-redirects="true" />'))

    assert world.call("GET", "/api").text == "there"


@pytest.mark.parametrize(
    ("path", "host", "api_path"),
    [("/api", "other.azure-api.net", ""), ("/elsewhere", HOST, "orders"), ("/ordersx", HOST, "orders")],
    ids=["no such service", "no such API", "no whole segment"],
)
def test_where_no_api_is_404(world: World, backend: Backend, path: str, host: str, api_path: str) -> None:
    world.put_api(api_path)
    answer = world.call("GET", path, host=host)

    assert (answer.status_code, answer.json(), backend.got) == (404, {"statusCode": 404, "message": "Resource not found"}, [])


def test_a_method_without_an_operation_is_404(world: World, backend: Backend) -> None:
    assert (world.call("PUT", "/api", data=b"x").status_code, backend.got) == (404, [])


def test_the_api_s_own_path_stays_at_the_gateway(world: World, backend: Backend) -> None:
    world.put_api("v1/orders")
    world.call("GET", "/V1/orders/api/x?y=1")

    assert backend.got[0].path == "/api/x?y=1"


def test_an_operation_s_template_is_matched_by_segments(world: World, backend: Backend) -> None:
    for method in ("get", "head", "post", "delete"):
        world.plane.request("DELETE", f"{API}/operations/{method}")
    parameters = [{"name": "id", "type": "string"}]
    named = {"displayName": "one", "method": "GET", "urlTemplate": "/api/orders/{id}/lines", "templateParameters": parameters}
    world.put(f"{API}/operations/one", properties=named)

    assert [world.call("GET", path).status_code for path in ("/api/orders/7/lines", "/api/orders/7/8/lines", "/api/orders")] == [
        200,
        404,
        404,
    ]


MISSING = "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."
INVALID = "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription."
WRONG: dict[str, tuple[str, dict[str, str], str]] = {
    "no key": ("/api", {}, MISSING),
    "a wrong header": ("/api", {"Ocp-Apim-Subscription-Key": "wrong"}, INVALID),
    "a wrong parameter": ("/api?subscription-key=wrong", {}, INVALID),
    "a wrong header beside a good parameter": ("/api?subscription-key={key}", {"Ocp-Apim-Subscription-Key": "wrong"}, INVALID),
}


@pytest.mark.parametrize(("path", "headers", "message"), WRONG.values(), ids=WRONG)
def test_without_a_good_key_nothing_is_forwarded(world: World, backend: Backend, path: str, headers: Any, message: str) -> None:
    world.put_api(subscriptionRequired=True)
    answer = world.call("GET", path.format(key=master_key(world)), headers=headers)

    assert (answer.status_code, answer.json(), backend.got) == (401, {"statusCode": 401, "message": message}, [])
    assert answer.headers["WWW-Authenticate"] == (
        'AzureApiManagementKey realm="https://orders.azure-api.net/",name="Ocp-Apim-Subscription-Key",type="header"'
    )


def test_the_built_in_subscription_opens_every_api_by_header_and_by_query(world: World) -> None:
    world.put_api(subscriptionRequired=True)
    keys = world.plane.request("POST", f"{SERVICE}/subscriptions/master/listSecrets").body

    assert sorted(keys) == ["primaryKey", "secondaryKey"] and keys["primaryKey"] != keys["secondaryKey"]
    assert world.call("GET", "/api", headers={"ocp-apim-subscription-key": keys["primaryKey"]}).status_code == 200
    assert world.call("GET", f"/api?subscription-key={keys['secondaryKey']}").status_code == 200


@pytest.mark.parametrize(
    ("scope", "state", "status"),
    [
        ("/apis", "active", 200),
        ("/apis/router", "active", 200),
        ("/apis/other", "active", 401),
        ("/apis", "suspended", 401),
        ("/apis", None, 401),
    ],
)
def test_a_subscription_opens_what_it_is_for(world: World, scope: str, state: str | None, status: int) -> None:
    world.put_api(subscriptionRequired=True)
    properties = {"displayName": "team", "scope": f"{SERVICE}{scope}", "primaryKey": "k1", **({"state": state} if state else {})}
    world.put(f"{SERVICE}/subscriptions/team", properties=properties)

    assert world.call("GET", "/api", headers={"Ocp-Apim-Subscription-Key": "k1"}).status_code == status


def test_a_key_that_is_no_good_is_refused_even_where_none_is_needed(world: World) -> None:
    assert world.call("GET", "/api", headers={"Ocp-Apim-Subscription-Key": "wrong"}).status_code == 401


def test_the_names_of_the_key_are_the_api_s(world: World) -> None:
    world.put_api(subscriptionRequired=True, subscriptionKeyParameterNames={"header": "X-Key", "query": "k"})
    key = master_key(world)

    assert [world.call("GET", "/api", headers={name: key}).status_code for name in ("X-Key", "Ocp-Apim-Subscription-Key")] == [200, 401]


FAILING = {
    "an expression": forwarding('<set-variable name="a" value="@("a".Substring(2))" />'),
    "an expression in outbound": forwarding(outbound='<set-variable name="a" value="@("a".Substring(2))" />'),
    "a backend that does not exist": forwarding('<set-backend-service backend-id="@("no")" />'),
    "a backend that does not answer": forwarding('<set-backend-service base-url="http://127.0.0.1:1" />'),
    "an app where no apps run": forwarding('<set-backend-service base-url="https://orders.azurewebsites.net" />'),
}


@pytest.mark.parametrize("text", FAILING.values(), ids=FAILING)
def test_what_fails_is_a_500_that_says_nothing(world: World, text: str) -> None:
    world.put_policy(text)
    answer = world.call("GET", "/api")
    activity = answer.json()["activityId"]

    assert (answer.status_code, answer.json()) == (500, {"statusCode": 500, "message": "Internal server error", "activityId": activity})
    assert len(world.gateway.failures) == 1


def test_a_body_that_ends_too_early_where_the_policy_reads_it_is_a_500(world: World, backend: Backend) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"first")
        assert request.transport is not None
        request.transport.abort()
        return response

    backend.answer = broken
    world.put_policy(forwarding(outbound="<set-body>@(context.Response.Body.As<string>())</set-body>"))

    assert world.call("GET", "/api").status_code == 500
    assert "too early" in world.gateway.failures[0]


def test_on_error_may_say_more(world: World) -> None:
    text = forwarding(
        '<set-variable name="a" value="@("a".Substring(2))" />', on_error='<set-header name="X-Why"><value>failed</value></set-header>'
    )
    world.put_policy(text)

    assert world.call("GET", "/api").headers["X-Why"] == "failed"


def test_a_backend_that_sends_no_headers_in_time_is_given_up(world: World, backend: Backend) -> None:
    over = asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    backend.answer = never
    world.put_policy(forwarding(backend='<forward-request timeout="0" />'))
    answer = world.call("GET", "/api")
    backend.loop.call_soon_threadsafe(over.set)

    assert (answer.status_code, "Timeout" in world.gateway.failures[0]) == (500, True)


def test_an_error_status_goes_to_on_error_where_the_policy_says_so(world: World, backend: Backend) -> None:
    async def gone(request: web.Request) -> web.StreamResponse:
        return web.Response(status=410, text="gone")

    backend.answer = gone
    on_error = '<set-header name="X-Why"><value>status</value></set-header>'
    world.put_policy(forwarding(backend='<forward-request fail-on-error-status-code="true" />', on_error=on_error))
    answer = world.call("GET", "/api")

    assert (answer.status_code, answer.text, answer.headers["X-Why"]) == (410, "gone", "status")


def test_an_answer_is_streamed_where_the_policy_says_so(world: World, backend: Backend) -> None:
    go_on = asyncio.Event()

    async def slowly(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await go_on.wait()
        await response.write(b"second")
        return response

    backend.answer = slowly
    world.put_policy(forwarding(backend='<forward-request buffer-response="false" />'))
    trust = ssl.create_default_context(cafile=str(world.certificate.authority))
    connection = http.client.HTTPSConnection("127.0.0.1", world.gateway.port, timeout=30, context=trust)
    connection.request("GET", "/api", headers={"Host": HOST})
    response = connection.getresponse()

    assert response.read1(100) == b"first"  # while the backend still holds the rest
    backend.loop.call_soon_threadsafe(go_on.set)
    assert response.read() == b"second"
    connection.close()


def test_a_request_is_streamed_while_it_comes(world: World, backend: Backend) -> None:
    arrived = asyncio.Event()

    async def reading(request: web.Request) -> web.StreamResponse:
        first = await request.content.readexactly(5)
        arrived.set()
        return web.Response(body=first + await request.content.read())

    backend.answer, backend.reads = reading, False
    trust = ssl.create_default_context(cafile=str(world.certificate.authority))
    connection = http.client.HTTPSConnection("127.0.0.1", world.gateway.port, timeout=30, context=trust)
    connection.putrequest("POST", "/api", skip_host=True)
    for name, value in {"Host": HOST, "Content-Length": "11"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"first")
    asyncio.run_coroutine_threadsafe(arrived.wait(), backend.loop).result(30)
    connection.send(b"second")

    assert connection.getresponse().read() == b"firstsecond"
    connection.close()


def test_bodies_that_the_policy_reads_are_held_and_written_anew(world: World, backend: Backend) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.json_response({"url": "https://orders-1-1.azurewebsites.net/x", "got": (await request.read()).decode()})

    backend.answer = echo
    twice = '<set-body>@(context.Request.Body.As<string>() + "!")</set-body>'
    rewritten = (
        '<set-body>@(context.Response.Body.As<string>(preserveContent: true).Replace("orders-1-1.azurewebsites.net", "gw"))</set-body>'
    )
    world.put_policy(forwarding(twice, outbound=rewritten))
    answer = world.call("POST", "/api", data=b"body")

    assert answer.json() == {"url": "https://gw/x", "got": "body!"}
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_the_component_s_policy_leads_to_the_router_with_its_key(world: World, backend: Backend, component_policy: str) -> None:
    world.put_api(subscriptionRequired=True)
    world.put(f"{SERVICE}/namedValues/router-key", properties={"displayName": "router-key", "secret": True, "value": "K=="})
    world.put_policy(component_policy)
    key = master_key(world)
    answer = world.call(
        "POST",
        f"/api/orders?a=1&subscription-key={key}",
        headers={"Ocp-Apim-Subscription-Key": key, "x-functions-key": "mine"},
        json={"a": 1},
    )

    assert answer.text == "fine"
    got = backend.got[0]
    assert (got.path, json.loads(got.body), got.headers["x-functions-key"]) == ("/api/orders?a=1", {"a": 1}, "K==")
    assert "ocp-apim-subscription-key" not in got.headers and key not in str(got)


def test_without_the_key_of_the_router_its_policy_can_t_be_put(world: World, component_policy: str) -> None:
    with pytest.raises(Exception, match="Cannot find a property 'router-key'"):
        world.put_policy(component_policy)


def test_a_gateway_stops_twice_and_without_having_begun(world: World, certificate: Certificate) -> None:
    gateway = Gateway(world.plane, certificate)
    gateway.stop()
    gateway.stop()
    assert ROUTED


def test_a_gateway_stops_while_a_client_keeps_its_connection(world: World) -> None:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", world.gateway.port, timeout=30, context=ssl.create_default_context(cafile=str(world.certificate.authority))
    )
    connection.request("GET", "/api", headers={"Host": HOST})
    connection.getresponse().read()
    world.gateway.stop()

    with pytest.raises((http.client.HTTPException, OSError)):
        connection.request("GET", "/api", headers={"Host": HOST})
        connection.getresponse()
    connection.close()


def test_a_gateway_stops_while_a_backend_keeps_it_waiting(world: World, backend: Backend) -> None:
    arrived, over = threading.Event(), asyncio.Event()

    async def never(request: web.Request) -> web.StreamResponse:
        arrived.set()
        await over.wait()
        return web.Response()

    def ask() -> None:
        with contextlib.suppress(requests.ConnectionError):
            world.call("GET", "/api")

    backend.answer = never
    client = threading.Thread(target=ask)
    client.start()
    assert arrived.wait(30)
    world.gateway.stop()
    client.join(30)
    backend.loop.call_soon_threadsafe(over.set)

    assert not client.is_alive()


def test_many_requests_wait_for_their_backend_at_once(world: World, backend: Backend) -> None:
    all_here = asyncio.Barrier(40)

    async def together(request: web.Request) -> web.StreamResponse:
        await all_here.wait()
        return web.Response()

    backend.answer = together
    with ThreadPoolExecutor(40) as clients:
        answers = list(clients.map(lambda number: world.call("GET", f"/api/{number}"), range(40)))

    assert {answer.status_code for answer in answers} == {200}
