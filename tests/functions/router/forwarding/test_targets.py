"""Which targets reach an app, and which are refused before anything is sent."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.router.forwarding import BadTarget, Reserved, safe_target


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/api/orders",
        "/api/orders/7?expand=lines&expand=customer",
        "/api/files/a%2Fb%2fc",
        "/api/files/a%2F%2Fb",
        "/api/f%C3%A4hre?name=f%C3%A4hre",
        "/api/names/..almost/almost../.well-known/x..y",
        "/.auth/me",
        "/api/orders;v=2/lines",
        "/api//twice//slashed",
        "/api/odd!$&'()*+,;=:@-._~{}[]|^`\"<>",
        "/api/orders?",
        "/api/orders?q=a\\b",
        "/api/orders?next=https://elsewhere.example/..%2f..",
        "/api/orders?text=line%0D%0Aline&nul=%00",
        "/api/orders?percent=100%",
        "/api/100%25",
        "/administrators",
        "/runtimes/7",
        "/api/admin",
        "/api/runtime/webhooks",
        "/@elsewhere.example/x",
        "/elsewhere.example:80@x",
        "/api/orders?encode=1&decoder=2&code2=3&xcode=4",
    ],
)
def test_a_sound_target_passes_byte_for_byte(target: str) -> None:
    assert safe_target(target) == target


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("", "the target is not a path"),
        ("*", "the target is not a path"),
        ("api/orders", "the target is not a path"),
        ("http://elsewhere.example/api", "the target is not a path"),
        ("https://elsewhere.example", "the target is not a path"),
        ("elsewhere.example:443", "the target is not a path"),
        ("user:password@elsewhere.example/api", "the target is not a path"),
        ("@elsewhere.example/api", "the target is not a path"),
        ("?code=x", "the target is not a path"),
        ("\\\\elsewhere.example\\api", "the target is not a path"),
        ("//elsewhere.example/api", "the path begins with two slashes"),
        ("///elsewhere.example/api", "the path begins with two slashes"),
        ("//", "the path begins with two slashes"),
        ("/\\elsewhere.example/api", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api\\..\\admin", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api/a b", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api/a\tb", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api/a\x00b", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api/a\x7f", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api/fähre", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api HTTP/1.1\r\nHost: elsewhere.example\r\n\r\nGET /", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api\n", "the path has characters that must be percent-encoded, or a backslash"),
        ("/api?a=1 HTTP/1.1\r\nX-Y: z", "the query has characters that must be percent-encoded"),
        ("/api?a=\x00", "the query has characters that must be percent-encoded"),
        ("/api?a=ä", "the query has characters that must be percent-encoded"),
        ("/api?a=1\n", "the query has characters that must be percent-encoded"),
        ("/api#fragment", "a fragment does not belong into a request"),
        ("/api?a=1#fragment", "a fragment does not belong into a request"),
        ("/api/%00", "the path has encoded control characters, backslashes or over-long letters"),
        ("/api/%0d%0aX-Y:z", "the path has encoded control characters, backslashes or over-long letters"),
        ("/api/%7F", "the path has encoded control characters, backslashes or over-long letters"),
        ("/api/%5c..%5cadmin", "the path has encoded control characters, backslashes or over-long letters"),
        ("/api/%255C", "the path has encoded control characters, backslashes or over-long letters"),
        ("/api/%c0%ae%c0%ae/admin", "the path has encoded control characters, backslashes or over-long letters"),
        ("/api/%", "a percent sign in the path is not followed by two hexadecimal digits"),
        ("/api/%2", "a percent sign in the path is not followed by two hexadecimal digits"),
        ("/api/%zz", "a percent sign in the path is not followed by two hexadecimal digits"),
        ("/api/%u002e", "a percent sign in the path is not followed by two hexadecimal digits"),
        ("/..", "the path has dot segments"),
        ("/.", "the path has dot segments"),
        ("/../admin", "the path has dot segments"),
        ("/./admin", "the path has dot segments"),
        ("/api/../admin/host/status", "the path has dot segments"),
        ("/api/./orders", "the path has dot segments"),
        ("/api/..", "the path has dot segments"),
        ("/api/..?a=1", "the path has dot segments"),
        ("/api/%2e%2e/admin", "the path has dot segments"),
        ("/api/%2E%2e/admin", "the path has dot segments"),
        ("/api/%2e./admin", "the path has dot segments"),
        ("/api/.%2e/admin", "the path has dot segments"),
        ("/api/%2e/orders", "the path has dot segments"),
        ("/api/..%2fadmin", "the path has dot segments"),
        ("/api%2f..%2Fadmin", "the path has dot segments"),
        ("/api/%252e%252e/admin", "the path has dot segments"),
        ("/api/%252e%252e%252fadmin", "the path has dot segments"),
        ("/api/%25252e%25252e/admin", "the path has dot segments"),
        ("/api/..;/admin", "the path has dot segments"),
        ("/api/..;x=y/admin", "the path has dot segments"),
        ("/api/%2525252525252e", "the path is encoded more than three times over"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(target: str, why: str) -> None:
    with pytest.raises(BadTarget) as caught:
        safe_target(target)
    assert str(caught.value) == why
    assert not isinstance(caught.value, Reserved)


@pytest.mark.parametrize(
    "target",
    [
        "/admin",
        "/admin/",
        "/admin/host/status",
        "/Admin/functions",
        "/ADMIN?code=x",
        "/%61dmin/host/keys",
        "/adm%69n",
        "/%2561dmin",
        "/admin%2fhost%2fstatus",
        "/%2fadmin/host",
        "/admin;x/host",
        "/;x/admin",
        "/admin./host",
        "/admin%20/host",
        "/runtime",
        "/runtime/webhooks/durabletask/instances",
        "/RunTime/webhooks/eventgrid",
        "/runtime%2Fwebhooks",
        "/r%75ntime/webhooks/durabletask",
    ],
)
def test_what_the_functions_host_serves_itself_is_out_of_reach(target: str) -> None:
    with pytest.raises(Reserved) as caught:
        safe_target(target)
    assert str(caught.value) == "paths under /admin and /runtime belong to the Functions host of an app"


@pytest.mark.parametrize(
    ("target", "passed"),
    [
        ("/api/x?code=secret", "/api/x"),
        ("/api/x?a=1&code=secret&b=2", "/api/x?a=1&b=2"),
        ("/api/x?CODE=secret&a=1", "/api/x?a=1"),
        ("/api/x?c%6Fde=secret&a=1", "/api/x?a=1"),
        ("/api/x?%63%6f%64%65=secret", "/api/x"),
        ("/api/x?+code=secret", "/api/x"),
        ("/api/x?code", "/api/x"),
        ("/api/x?code=1&a=%2F&code=2&a=%2f", "/api/x?a=%2F&a=%2f"),
        ("/api/x?a=code&code=", "/api/x?a=code"),
        ("/api/x?a&&b=&code=1", "/api/x?a&&b="),
    ],
)
def test_the_routers_own_key_stays_behind_and_the_rest_of_the_query_keeps_its_bytes(target: str, passed: str) -> None:
    assert safe_target(target) == passed


@pytest.mark.parametrize(
    "target",
    [
        "/runtime/webhooks/durabletask/instances/1.0-7?taskHub=OrdersV1x0&connection=DurableStorage",
        "/runtime/webhooks/durabletask/instances/a%2Fb/raiseEvent/approved",
        "/runtime/webhooks/durabletask/instances/admin",
    ],
)
def test_management_targets_pass_where_management_is_meant(target: str) -> None:
    assert safe_target(target, management=True) == target


@pytest.mark.parametrize(
    "target",
    [
        "/api/orders",
        "/admin/host/status",
        "/runtime/webhooks/eventgrid",
        "/runtime/webhooks/durabletask",
        "/runtime/webhooks/durabletask2/instances",
        "/runtime/webhooks/durabletask/../eventgrid",
        "/runtime/webhooks/durabletask/instances/%2e%2e/%2e%2e/eventgrid",
        "/runtime/webhooks/durabletask/instances/..%2F..%2F..%2F..%2Fadmin",
    ],
)
def test_management_leads_nowhere_else(target: str) -> None:
    with pytest.raises(BadTarget):
        safe_target(target, management=True)


PARTS = [
    "/",
    "//",
    "..",
    ".",
    "%2e",
    "%2F",
    "%5c",
    "%25",
    "%",
    "\\",
    "?",
    "#",
    ";",
    "&",
    "=",
    "code",
    "CODE",
    "c%6Fde",
    "admin",
    "Runtime",
    "api",
    "7",
    "~",
    "@",
    ":",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=8))
def test_whatever_is_put_together_passes_unchanged_but_for_keys_or_not_at_all(parts: list[str]) -> None:
    raw = "/" + "".join(parts)
    try:
        target = safe_target(raw)
    except BadTarget:
        return
    path, _, query = target.partition("?")
    assert path == raw.partition("?")[0] and "#" not in raw
    assert not any(unquote(part.partition("=")[0]).lower() == "code" for part in query.split("&"))
    decoded = path
    for _ in range(4):
        decoded = unquote(decoded)
    segments = [segment.partition(";")[0] for segment in decoded.split("/")]
    assert "\\" not in decoded and "." not in segments and ".." not in segments
    first = next((segment for segment in segments if segment), "")
    assert first.lower() not in ("admin", "runtime") and not path.startswith("//")
