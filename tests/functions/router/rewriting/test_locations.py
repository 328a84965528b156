"""Headers that name an address, as the app sends them and as they leave."""

from __future__ import annotations

import pytest

from functions.router.rewriting import Backend, BadBase, rewrite_location

from .parties import APP, BACKEND, DURABLE, HOOKS, HOST, LINE, OPENED, PUBLIC


@pytest.mark.parametrize(
    ("value", "public"),
    [
        (f"{HOOKS}/instances/7?{OPENED}", f"{DURABLE}/instances/7"),
        (f"{HOOKS}/instances/7?showHistory=true&{OPENED}", f"{DURABLE}/instances/7?showHistory=true"),
        (f"{PUBLIC}/runtime/webhooks/durabletask/instances/7?{OPENED}", f"{DURABLE}/instances/7"),
        (f"https://{HOST}/api/orders/7?code=x", f"{APP}/api/orders/7"),
        (f"//{HOST}/api/orders/7", f"{APP}/api/orders/7"),
        ("/api/orders/7", f"{APP}/api/orders/7"),
        ("/runtime/webhooks/durabletask/instances/7?code=x", f"{DURABLE}/instances/7"),
        ("7", f"{APP}/api/orders/7"),
        ("./7?a=1", f"{APP}/api/orders/7?a=1"),
        ("../customers/7", f"{APP}/api/customers/7"),
        ("?page=2", f"{APP}/api/orders/all?page=2"),
        ("", f"{APP}/api/orders/all"),
    ],
)
def test_an_address_of_the_app_becomes_the_routers_with_the_line_in_it(value: str, public: str) -> None:
    assert rewrite_location(value, BACKEND, PUBLIC, LINE, "/api/orders/all?page=1") == public


@pytest.mark.parametrize(
    "value",
    [
        "https://elsewhere.example/api/orders?code=theirs",
        "//elsewhere.example/x",
        f"https://user@{HOST}/x",
        "mailto:orders@example.com",
        f"{PUBLIC}/api/orders",
        "https://[::1/x",
        "\\\\elsewhere.example\\x",
        "/api/fähre",
    ],
)
def test_an_address_elsewhere_stays(value: str) -> None:
    assert rewrite_location(value, BACKEND, PUBLIC, LINE, "/api/orders") == value


@pytest.mark.parametrize(
    "base",
    [
        "",
        "orders.example.com",
        "ftp://orders.example.com",
        "https://orders.example.com/",
        "https://orders.example.com/path",
        "https://user@orders.example.com",
        "https://orders.example.com:443443",
        "https://orders.example.com\r\nX-Y: z",
        'https://orders.example.com"',
        "https://orders.example.com?a",
        "https://",
    ],
)
def test_an_address_that_is_more_than_scheme_host_and_port_is_refused_on_both_sides(base: str) -> None:
    with pytest.raises(BadBase) as caught:
        rewrite_location("/x", BACKEND, base, LINE)
    assert str(caught.value) == "an address is scheme, host name and perhaps a port, such as https://orders.example.com"
    with pytest.raises(BadBase):
        Backend(base)


def test_an_app_shows_no_key_when_it_is_printed() -> None:
    assert "KEY" not in repr(Backend("https://orders.example.com", "KEY-of-functions", "KEY-of-the-system"))
