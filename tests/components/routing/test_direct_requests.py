"""What the gateway sends straight to an app with `direct`, and what to the router. Run by the embedded gateway's engine."""

from __future__ import annotations

import pytest

from components._routing.front_requests import DROPPED
from functions.router.forwarding.headers import _DROPPED, _FAMILIES
from functions.router.gateway import Entry, Listing
from functions.router.versions import Line
from tests.functions.router.rewriting.parties import HOST, KEY

from .gateways import GATEWAY, NEWER, NEWER_KEY, ROUTER, ROUTER_KEY, Headers, read, sent, told

ASKED = ("x-app-version", "1.0")


def went(target: str, *headers: tuple[str, str]) -> str:
    return sent(target, headers).url


@pytest.mark.parametrize(
    ("target", "headers", "url"),
    [
        ("/api/orders/7", [ASKED], f"https://{HOST}/api/orders/7"),
        ("/api/orders/7", [("X-App-Version", "1.0.3")], f"https://{HOST}/api/orders/7"),
        ("/api/orders?version=1.0", [], f"https://{HOST}/api/orders?version=1.0"),
        ("/api/orders?a=%20&version=1.0&b", [], f"https://{HOST}/api/orders?a=%20&version=1.0&b"),
        ("/api/orders?version=1.0", [ASKED], f"https://{HOST}/api/orders?version=1.0"),
        ("/api/orders", [], f"https://{NEWER}/api/orders"),
        ("/api/orders", [("x-app-version", "")], f"https://{NEWER}/api/orders"),
        ("/api/orders?Version=1.0", [], f"https://{NEWER}/api/orders?Version=1.0"),
        ("/orders/", [], f"https://{NEWER}/orders/"),
        ("/administration", [], f"https://{NEWER}/administration"),
    ],
)
def test_a_plain_request_for_a_listed_line_goes_straight_to_its_app(target: str, headers: Headers, url: str) -> None:
    assert sent(target, headers).url == url


@pytest.mark.parametrize(
    ("listed", "headers"),
    [
        ("none", []),
        ("none", [ASKED]),
        (f";1.0={HOST}|{KEY};", []),
        (f";1.0={HOST}|{KEY};", [("x-app-version", "1.1")]),
        (f";11.0={HOST}|{KEY};", [ASKED]),
        (f";1.01={HOST}|{KEY};", [ASKED]),
        (f";1x0={HOST}|{KEY};", [ASKED]),
        (f";default=1.1;1.0={HOST}|{KEY};", []),
    ],
    ids=str,
)
def test_a_line_that_is_not_in_the_list_is_the_routers(listed: str, headers: Headers) -> None:
    onward = sent("/api/orders", headers, by=read(listed))
    assert (onward.url, told(onward)["x-functions-key"]) == (f"{ROUTER}/api/orders", ROUTER_KEY)


def test_the_policy_reads_the_list_that_the_router_writes() -> None:
    entries = {Line(1, number): Entry(f"orders-1-{number}.azurewebsites.net", f"key{number}+/=-_") for number in (0, 2, 10)}
    by = read(Listing(entries, Line(1, 10)).written())
    for asked, number in (("1.0", 0), ("1.2.7", 2), ("1.10", 10), ("", 10)):
        onward = sent("/api/x", [("x-app-version", asked)], by=by)
        assert (onward.url, told(onward)["x-functions-key"]) == (f"https://orders-1-{number}.azurewebsites.net/api/x", f"key{number}+/=-_")
    assert sent("/api/x", by=read(Listing({}, None).written())).url == f"{ROUTER}/api/x"


OWN = [
    "/api/_durable/1.0/instances/7",
    "/api/_line/1.0/api/x",
    "/api/_requests/7",
    "/api/_anything",
    "/api/versions",
    "/api/versions/1.0/retire",
    "/api/deployments",
    "/api/default",
    "/runtime/webhooks/durabletask/instances",
    "/admin/host/keys",
    "/admin",
    "/API/_durable/instances",
    "/Api/Versions",
    "/ADMIN/host",
    "/admin./host",
    "/%61dmin/host",
    "/%2561dmin/host",
    "/api/%5Fdurable/instances",
    "/api%2F_durable/instances",
    "/api/%76ersions",
    "//api/_durable/instances",
    "///admin/host",
    "/api//_durable/instances",
    "/api/./_durable/instances",
    "/api/x/../_durable/instances",
    "/./admin/host",
    "/api;a=b/_durable/instances",
    "/api/_durable;a=b/instances",
    "/api\\_durable",
    "/",
    "/api/orders%20of",
    "/api/a:b",
]


@pytest.mark.parametrize("target", OWN)
def test_the_routers_own_paths_and_odd_ones_are_the_routers_in_any_spelling(target: str) -> None:
    assert went(target, ASKED).startswith(f"{ROUTER}/")


@pytest.mark.parametrize(
    "asked",
    ["1", "1.", "1.0.", "01.0", "1.00", "+1.0", "1.0.0.0", "1.0,1.0", "v1.0", "latest", "1.000000", "1.0|x", "default", "1.0=", ".", "*"],
)
def test_a_version_that_is_none_is_the_routers_to_explain(asked: str) -> None:
    assert went("/api/orders", ("x-app-version", asked)) == f"{ROUTER}/api/orders"


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/api/x?version=1.1", [ASKED]),
        ("/api/x?version=1.0.1", [ASKED]),
        ("/api/x?version=", []),
        ("/api/x?version", []),
        ("/api/x?version=1.0&version=1.1", []),
        ("/api/x?version=1.0&a=b&version=1.0", []),
        ("/api/x?version=1%2E0", []),
        ("/api/x?vers%69on=1.0", []),
        ("/api/x", [ASKED, ("x-app-version", "1.1")]),
    ],
)
def test_a_request_that_names_two_versions_or_names_one_oddly_is_the_routers(target: str, headers: Headers) -> None:
    assert sent(target, headers).url == f"{ROUTER}{target}"


SMUGGLED = [
    "X-MS-CLIENT-PRINCIPAL",
    "x-ms-client-principal-id",
    "x-ms-client-principal-anything",
    "x-ms-token-aad-id-token",
    "x-ms-invocation-id",
    "x-functions-key-type",
    "x-functions-clientid",
    "x-durable-instance-id",
    "x-durable-deploy-line",
    "x-durable-anything",
    "x-arr-anything",
    "x-forwarded-anything",
    "x_ms_client_principal",
    "x_functions_key",
    "x-ms_client-principal",
    "client_ip",
    "Upgrade",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Proxy-Authenticate",
    "HTTP2-Settings",
    "Trailer",
    "Max-Forwards",
    "X-HTTP-Method-Override",
    "X-Rewrite-URL",
    "X-Original-Host",
    "X-Real-IP",
]


@pytest.mark.parametrize("name", SMUGGLED)
def test_who_says_who_he_is_goes_to_the_router(name: str) -> None:
    assert went("/api/orders", ASKED, (name, "websocket")) == f"{ROUTER}/api/orders"


@pytest.mark.parametrize("value", ["X-Secret", "close, x-secret", "upgrade"])
def test_a_header_that_ends_here_by_name_is_the_routers(value: str) -> None:
    assert went("/api/orders", ASKED, ("Connection", value)) == f"{ROUTER}/api/orders"
    assert went("/api/orders", ASKED, ("Connection", "Keep-Alive, close")) == f"https://{HOST}/api/orders"


def test_the_app_is_told_the_lines_key_the_line_and_the_gateway_whatever_the_caller_says() -> None:
    said = [ASKED, ("X-Functions-Key", "mine"), ("X-Forwarded-Host", "evil"), ("x-forwarded-proto", "http"), ("Accept", "text/html")]
    assert told(sent("/api/orders", said)) == {
        "x-app-version": "1.0",
        "accept": "text/html",
        "x-functions-key": KEY,
        "x-durable-deploy-line": "1.0",
        "x-forwarded-host": GATEWAY.removeprefix("https://"),
        "x-forwarded-proto": "https",
    }
    assert told(sent("/api/orders"))["x-functions-key"] == NEWER_KEY


def test_what_the_router_drops_by_name_never_reaches_an_app() -> None:
    """Each of these is dropped by the policy, or has the request go to the router; Connection, Host and what frames a body are the gateway's own."""
    by_router = _DROPPED["request"] | {f"{family}x" for family in _FAMILIES["request"]}
    for name in sorted(by_router - {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}):
        onward = sent("/api/orders", [ASKED, (name, "1.2.3.4")])
        assert onward.url.startswith(ROUTER) or "1.2.3.4" not in told(onward).values(), name
    onward = sent("/api/orders", [ASKED, *((name, "1.2.3.4") for name in DROPPED)])
    assert onward.url.startswith(f"https://{HOST}/")
    assert set(told(onward)) == {"x-app-version", "x-functions-key", "x-durable-deploy-line", "x-forwarded-host", "x-forwarded-proto"}


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("code=x", ""),
        ("code=x&a=1", "?a=1"),
        ("a=1&code=x&subscription-key=y", "?a=1"),
        ("codes=1", "?codes=1"),
    ],
)
def test_keys_in_the_query_go_no_further(query: str, left: str) -> None:
    assert went(f"/api/orders?{query}", ASKED, ("Ocp-Apim-Subscription-Key", "mine")) == f"https://{HOST}/api/orders{left}"
    assert "ocp-apim-subscription-key" not in told(sent("/api/orders", [ASKED, ("Ocp-Apim-Subscription-Key", "mine")]))


@pytest.mark.parametrize("query", ["c%6Fde=x", "Code=x", "a=1&CODE=x", "code%20=x", "+code=x"])
def test_a_key_under_an_odd_name_is_the_routers_to_find(query: str) -> None:
    assert went(f"/api/orders?{query}", ASKED).startswith(f"{ROUTER}/")


def test_requests_for_the_router_keep_what_they_say_but_for_keys() -> None:
    onward = sent(
        "/api/versions?subscription-key=y&code=z", [("X-Functions-Key", "mine"), ("Ocp-Apim-Subscription-Key", "a"), ("X-A", "b")]
    )
    assert (onward.url, told(onward)) == (f"{ROUTER}/api/versions?code=z", {"x-functions-key": ROUTER_KEY, "x-a": "b"})


def test_the_versions_header_and_parameter_are_those_of_the_arguments() -> None:
    by = read(http={"version_header": "api-version", "version_query": "v-1.x"})
    assert sent("/api/x?version=9.9", [("API-Version", "1.0")], by=by).url.startswith(f"https://{HOST}/")
    assert sent("/api/x?v-1.x=1.0", by=by).url.startswith(f"https://{HOST}/")
    assert sent("/api/x?v-11x=9.9", by=by).url.startswith(f"https://{NEWER}/")


def test_bodies_stream_to_the_app_unread() -> None:
    onward = sent("/api/orders", [ASKED], method="POST", body=b"{}")
    assert (onward.body, onward.forward.buffer_request_body, onward.forward.buffer_response) == (b"{}", False, False)
    assert (onward.forward.follow_redirects, onward.forward.timeout) == (False, 230)
