"""The operator's side of application routing: where the router is, what may be forced, what is shown, and what is sent to it."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from operations.problem import BUSY, UNKNOWN, USAGE, Busy, OperationProblem
from operations.routing.client import Refused, RouterClient
from operations.routing.forcing import forced, line_in
from operations.routing.place import Router, is_routed, router_of
from operations.routing.showing import notes_of, table_of
from sandbox.storage.certificate import Certificate

SITE = "/subscriptions/1/resourceGroups/orders-rg/providers/Microsoft.Web/sites/orders"
OUTPUTS = {
    "strategy": "application-routing",
    "router_url": "https://orders.azurewebsites.net/",
    "router_id": SITE,
    "packages_url": "https://ordersstate.blob.core.windows.net/versions",
}
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_router_is_where_the_outputs_say() -> None:
    assert router_of("prod", OUTPUTS) == Router(
        "prod",
        "https://orders.azurewebsites.net",
        SITE,
        "/subscriptions/1/resourceGroups/orders-rg",
        "orders",
        "https://ordersstate.blob.core.windows.net/versions",
    )
    past_the_gateway = router_of("prod", {**OUTPUTS, "operators_url": "https://own.azurewebsites.net"})
    assert past_the_gateway.url == "https://own.azurewebsites.net"
    assert (is_routed(OUTPUTS), is_routed({"strategy": "orchestration-versioning"})) == (True, False)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"strategy": None}, "has no router: this is for the strategy application-routing"),
        ({"router_url": ""}, "has no output router_url. Deploy it with: pulumi up --stack prod"),
        ({"router_url": "http://orders"}, "router_url is no https address: 'http://orders'"),
        ({"router_id": "/sites/orders"}, "router_id is no resource id of a site: '/sites/orders'"),
        ({"packages_url": None}, "has no output packages_url"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_outputs_that_tell_no_router_are_refused_with_the_way_out(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(OperationProblem) as caught:
        router_of("prod", {**OUTPUTS, **changes})
    assert expected in str(caught.value)


ROW = {"line": "1.0", "state": "draining", "active": 3}


@pytest.mark.parametrize(
    ("row", "typed", "expected"),
    [
        (ROW, None, None),
        (ROW, "3", 3),
        ({**ROW, "active": 0}, "0", 0),
        ({**ROW, "active": None}, "unknown", "unknown"),
    ],
)
def test_an_end_by_force_needs_the_number_that_runs(row: dict[str, Any], typed: str | None, expected: int | str | None) -> None:
    assert forced(row, typed, "prod") == expected


@pytest.mark.parametrize(("active", "typed"), [(3, "2"), (3, "yes"), (3, "unknown"), (None, "0"), (3, "03"), (3, "")])
def test_any_other_number_ends_nothing_and_is_told_the_right_one(active: int | None, typed: str) -> None:
    with pytest.raises(Busy) as caught:
        forced({**ROW, "active": active}, typed, "prod")
    right = "unknown" if active is None else "3"
    assert f"operations versions retire 1.0 --force {right} --stack prod" in str(caught.value)
    assert caught.value.code == BUSY


def test_a_line_that_is_not_there_is_told_which_are() -> None:
    assert line_in({"lines": [ROW]}, "1.0") == ROW
    with pytest.raises(OperationProblem, match=r"knows no line 9.0. There are: 1.0"):
        line_in({"lines": [ROW]}, "9.0")


def row(**changes: Any) -> dict[str, Any]:
    known = {"since": (NOW - timedelta(hours=2)).isoformat(), "deployed": "1.0.0", "wanted": "1.0.0", "oldest": None, "error": ""}
    return {
        **ROW,
        **known,
        "next": {"what": "it is drained", "at": (NOW + timedelta(minutes=3)).isoformat(), "why_not_yet": "quiet"},
        **changes,
    }


def shown(**changes: Any) -> list[str]:
    found = {"lines": [row(**changes)], "default": "1.0", "pinned": None}
    table = table_of(found, NOW)
    return [str(next(iter(column.cells))) for column in table.columns]


def test_a_line_is_shown_with_what_is_next_and_why_not_yet() -> None:
    assert shown() == ["1.0 (default)", "draining", "2 h 0 min", "1.0.0", "3", "-", "it is drained in 3 min: quiet"]


def test_what_is_not_known_is_shown_as_that_and_a_patch_under_way_as_wanted() -> None:
    found = shown(active=None, wanted="1.0.1", next={"what": "it is drained", "at": None, "why_not_yet": ""})
    assert (found[3], found[4], found[6]) == ("1.0.0 (1.0.1 is wanted)", "?", "it is drained")


@pytest.mark.parametrize(
    ("state", "judged_at", "expected"),
    [
        ("active", "2026-03-01T11:59:00+00:00", "3"),
        ("active", "2026-03-01T11:56:00+00:00", "3 (4 min ago)"),
        ("retired", "2026-03-01T11:56:00+00:00", "3"),
        ("active", None, "3"),
    ],
)
def test_a_count_of_a_while_ago_is_shown_as_one(state: str, judged_at: str | None, expected: str) -> None:
    assert shown(state=state, judged_at=judged_at)[4] == expected


def test_errors_stand_below_the_table() -> None:
    assert notes_of({"lines": [row(), row(line="2.0", error="no quota")]}) == ["2.0: no quota"]


class Listing:
    """The part of Resource Manager that is asked for the key."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self.keys, self.asked = keys, list[str]()

    def post(self, path: str) -> Any:
        self.asked.append(path)
        return type("Answer", (), {"body": self.keys})


class Heard:
    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str | None, Any]] = []
        self.status, self.body = 200, b"{}"


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Heard, RouterClient, Listing]]:
    """A router over TLS that answers what a test says."""
    heard, certificate = Heard(), Certificate(tmp_path).ensure({})

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            heard.requests.append((self.command, self.path, self.headers.get("x-functions-key"), body))
            self.send_response(heard.status)
            self.send_header("Content-Length", str(len(heard.body)))
            self.end_headers()
            self.wfile.write(heard.body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.bundle))
    listing = Listing({"functionKeys": {"default": "secret"}, "masterKey": "master"})
    router = router_of("prod", {**OUTPUTS, "router_url": f"https://127.0.0.1:{server.server_port}"})
    yield heard, RouterClient(router, listing), listing  # type: ignore[arg-type]
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_sent_to_the_router_and_with_which_key(heard: tuple[Heard, RouterClient, Listing]) -> None:
    at, client, listing = heard
    client.versions()
    client.deploy("1.0.1", "https://p/1.zip", "0" * 64, rollback=True)
    client.retire("1.0", 3)
    client.retry("1.0")
    client.pin("1.0")
    client.unpin()
    deployment = {"version": "1.0.1", "package": "https://p/1.zip", "digest": "0" * 64, "rollback": True}
    assert at.requests == [
        ("GET", "/api/versions", "master", None),
        ("POST", "/api/deployments", "master", deployment),
        ("POST", "/api/versions/1.0/retire", "master", {"force": 3}),
        ("POST", "/api/versions/1.0/retry", "master", {}),
        ("PUT", "/api/default", "master", {"line": "1.0"}),
        ("DELETE", "/api/default", "master", None),
    ]
    assert listing.asked == [f"{SITE}/host/default/listkeys"]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(409, "Busy", BUSY), (409, "Downgrade", USAGE), (403, "NotAllowed", UNKNOWN), (503, "AtCapacity", UNKNOWN)],
)
def test_a_refusal_is_the_routers_own_words(heard: tuple[Heard, RouterClient, Listing], status: int, code: str, expected: int) -> None:
    at, client, _ = heard
    at.status, at.body = status, json.dumps({"error": {"code": code, "message": "It can't be."}}).encode()
    with pytest.raises(Refused) as caught:
        client.retry("1.0")
    assert (str(caught.value), caught.value.code) == ("It can't be.", expected)


def test_an_answer_that_is_no_routers_is_told(heard: tuple[Heard, RouterClient, Listing]) -> None:
    at, client, _ = heard
    at.body = b"<html>"
    with pytest.raises(OperationProblem, match="did not answer as a router does"):
        client.versions()
    at.status = 500
    with pytest.raises(Refused, match="answered 500 and gave no reason"):
        client.versions()


def test_a_router_that_does_not_answer_leaves_open_what_it_did() -> None:
    listing = Listing({"masterKey": "master"})
    client = RouterClient(router_of("prod", {**OUTPUTS, "router_url": "https://127.0.0.1:9"}), listing)  # type: ignore[arg-type]
    with pytest.raises(OperationProblem, match=r"does not answer: .* It may have done what was asked"):
        client.retry("1.0")
    with pytest.raises(OperationProblem, match="does not answer") as caught:
        client.versions()
    assert "may have done" not in str(caught.value)


def test_a_router_without_a_key_has_not_run() -> None:
    client = RouterClient(router_of("prod", OUTPUTS), Listing({}))  # type: ignore[arg-type]
    with pytest.raises(OperationProblem, match="has no host key yet"):
        client.versions()


def test_a_version_whose_line_nobody_has_asked_for_is_not_left_out() -> None:
    found = {"lines": [{"line": "1.0", "error": "", "gateway_error": "403"}], "versions": [{"version": "1.0.2"}, {"version": "1.10.0"}]}
    assert notes_of(found) == ["1.0: 403", "1.10.0 is deployed: its line gets an app on its first request"]
