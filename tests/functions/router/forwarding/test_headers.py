"""Which headers pass, in which direction, and which the router writes itself."""

from __future__ import annotations

from typing import Literal

import pytest

from functions.router.forwarding import Inbound, end_to_end
from functions.router.forwarding.headers import own_headers

ORDINARY = [
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, br"),
    ("Authorization", "Bearer abc"),
    ("Content-Type", "application/json"),
    ("Content-Encoding", "gzip"),
    ("Cookie", "a=1; b=2"),
    ("If-None-Match", '"1"'),
    ("Traceparent", "00-1-2-01"),
    ("X-Correlation-Id", "7"),
    ("X-Ms-Client-Request-Id", "7"),
    ("X-Forward", "is no family"),
    ("Idempotency-Key", "mine"),
    ("X-Odd", ""),
    ("x-twice", "1"),
    ("X-Twice", "2"),
]


@pytest.mark.parametrize("direction", ["request", "answer"])
def test_what_is_end_to_end_passes_in_its_order_and_as_often_as_it_came(direction: Literal["request", "answer"]) -> None:
    assert end_to_end(ORDINARY, direction) == ORDINARY


HOP_BY_HOP = [
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "TE",
    "Trailer",
    "Trailers",
    "Transfer-Encoding",
    "Upgrade",
    "HTTP2-Settings",
    "Content-Length",
]
FROM_THE_FRONT_END = [
    "X-MS-CLIENT-PRINCIPAL",
    "X-MS-CLIENT-PRINCIPAL-ID",
    "X-MS-CLIENT-PRINCIPAL-NAME",
    "X-MS-CLIENT-PRINCIPAL-IDP",
    "X-MS-TOKEN-AAD-ACCESS-TOKEN",
    "X-MS-TOKEN-AAD-ID-TOKEN",
    "X-MS-INVOCATION-ID",
    "X-ARR-LOG-ID",
    "X-ARR-SSL",
    "X-ARR-ClientCert",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-TlsVersion",
    "Forwarded",
    "DISGUISED-HOST",
    "WAS-DEFAULT-HOSTNAME",
    "Client-IP",
    "X-Client-IP",
    "X-Client-Port",
    "X-Real-IP",
    "X-Original-URL",
    "X-Original-Host",
    "X-Rewrite-URL",
    "X-WAWS-Unencoded-URL",
    "X-SITE-DEPLOYMENT-ID",
    "X-AppService-Proto",
    "X-HTTP-Method-Override",
    "X-Functions-Key",
    "X-Functions-Clientid",
    "X-Durable-Deploy-Line",
    "X-Durable-Deploy-Anything",
    "X-Durable-Instance-Id",
    "Host",
    "Expect",
    "Max-Forwards",
]
FROM_THE_APP = ["Server", "Date", "Alt-Svc", "X-ARR-LOG-ID", "X-Functions-Key", "X-Durable-Deploy-Line"]


def spellings(name: str) -> list[str]:
    return [name, name.lower(), name.upper(), name.replace("-", "_")]


@pytest.mark.parametrize("name", [*HOP_BY_HOP, *FROM_THE_FRONT_END])
def test_nothing_that_a_front_end_says_of_a_caller_can_be_said_by_the_caller(name: str) -> None:
    assert end_to_end([("Accept", "*/*"), *((each, "forged") for each in spellings(name))], "request") == [("Accept", "*/*")]


@pytest.mark.parametrize("name", [*HOP_BY_HOP, *FROM_THE_APP])
def test_what_belongs_to_the_hop_or_to_the_app_s_front_end_does_not_come_back(name: str) -> None:
    assert end_to_end([("ETag", '"1"'), *((each, "x") for each in spellings(name))], "answer") == [("ETag", '"1"')]


@pytest.mark.parametrize("direction", ["request", "answer"])
@pytest.mark.parametrize(
    ("connection", "left"),
    [
        (["X-Hop"], ["X-Stays"]),
        (["close, x-hop"], ["X-Stays"]),
        (["keep-alive", "X-HOP ,\tx-stays"], []),
        (["close"], ["X-Hop", "X-Stays"]),
        ([""], ["X-Hop", "X-Stays"]),
        ([", ,"], ["X-Hop", "X-Stays"]),
    ],
)
def test_what_connection_names_ends_here(connection: list[str], left: list[str], direction: Literal["request", "answer"]) -> None:
    headers = [("X-Hop", "1"), *(("Connection", value) for value in connection), ("X-Stays", "1")]
    assert [name for name, _ in end_to_end(headers, direction)] == left


def test_cookies_pass_but_those_of_the_apps_front_end() -> None:
    ours = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; HttpOnly")]
    theirs = [("Set-Cookie", "ARRAffinity=x; Path=/"), ("set-cookie", "ARRAffinitySameSite=x")]
    assert end_to_end([ours[0], *theirs, ours[1]], "answer") == ours


def sender(scheme: str = "https", host: str = "orders.example.com", client_ip: str = "203.0.113.7") -> Inbound:
    return Inbound("GET", "/", [], b"", scheme, host, client_ip)


def test_the_router_says_itself_who_asks_and_where() -> None:
    assert own_headers(sender(), "1.0", "the key", "1.0-7", "7", []) == [
        ("X-Durable-Deploy-Line", "1.0"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "orders.example.com"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Functions-Key", "the key"),
        ("X-Durable-Instance-Id", "1.0-7"),
        ("Idempotency-Key", "7"),
    ]


def test_what_the_router_does_not_know_it_does_not_say() -> None:
    assert own_headers(sender("http", "", ""), "1.0", None, None, None, []) == [
        ("X-Durable-Deploy-Line", "1.0"),
        ("X-Forwarded-Proto", "http"),
    ]


def test_a_callers_own_idempotency_key_stays_his() -> None:
    assert ("Idempotency-Key", "7") not in own_headers(sender(), "1.0", None, None, "7", [("idempotency-key", "his")])
