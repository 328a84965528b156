"""What could never be sent is refused at once: stored, it would be tried again until it expires, and hold up its line's other requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.router.forwarding import Inbound, safe_target
from functions.router.lines import LineRow, State
from tests.functions.router.planning.worlds import line
from tests.functions.router.planning.worlds import row as made_row
from tests.functions.router.web.stage import Stage, decoded, on_stage

ONE, TWO = line("1.0"), line("2.0")
V = "x-app-version"
BEING_MADE = replace(made_row("2.0", State.PROVISIONING), etag="")
OLD = replace(made_row("1.0", State.DRAINING), etag="")

NEVER: dict[str, tuple[str, str, dict[str, str], str]] = {
    "dot segments": ("POST", "/api/../admin", {}, "400 BadTarget"),
    "encoded dot segments": ("POST", "/api/%2e%2e/x", {}, "400 BadTarget"),
    "a backslash": ("POST", "/api/a\\b", {}, "400 BadTarget"),
    "an encoded line end": ("POST", "/api/a%0db", {}, "400 BadTarget"),
    "a path encoded again and again": ("POST", "/api/%2525252541", {}, "400 BadTarget"),
    "the host's own path": ("POST", "/admin/functions/x", {}, "404 NotFound"),
    "the host's own path, encoded": ("POST", "/%72untime/webhooks/x", {}, "404 NotFound"),
    "the host's own path behind a line": ("POST", "/api/_line/2.0/admin/host", {}, "404 NotFound"),
    "a header that is not UTF-8": ("POST", "/api/orders", {"X-Odd": "\xff"}, "400 BadHeader"),
    "a start that is read": ("GET", "/api/_durable/2.0/orchestrators/Order", {}, "404 NotFound"),
    "a start that is deleted": ("DELETE", "/api/_durable/2.0/orchestrators/Order/7", {}, "404 NotFound"),
    "a start of nothing": ("POST", "/api/_durable/2.0/orchestrators/", {}, "404 NotFound"),
    "a start of dots": ("POST", "/api/_durable/2.0/orchestrators/..", {}, "400 BadTarget"),
    "a start under dots": ("POST", "/api/_durable/2.0/orchestrators/Order/%2e%2e", {}, "400 BadTarget"),
}


@pytest.mark.parametrize("is_made", [True, False], ids=["its line is being made", "its line is not made yet"])
@pytest.mark.parametrize("what", NEVER)
def test_it_is_refused_and_nothing_is_stored_or_made(what: str, is_made: bool) -> None:
    method, target, headers, expected = NEVER[what]

    async def scene(stage: Stage) -> Any:
        stage.deployed("2.0.0")
        status, body = await stage.told(method, target, {V: "2.0", **headers}, b"{}")
        return f"{status} {body['error']['code']}", stage.requests.all, set(stage.store.rows), stage.pokes

    rows = (BEING_MADE,) if is_made else ()
    assert on_stage(scene, *rows) == (expected, {}, {TWO} if is_made else set(), [])


@pytest.mark.parametrize("target", ["/api/../admin", "/admin/host/status"])
def test_a_get_of_no_ones_makes_no_line(target: str) -> None:
    async def scene(stage: Stage) -> Any:
        stage.deployed("2.0.0")
        return (await stage.ask("GET", target)).status in (400, 404), stage.store.rows

    assert on_stage(scene) == (True, {})


def test_a_host_that_is_no_host_is_refused_before_anything_is_stored() -> None:
    async def scene(stage: Stage) -> Any:
        request = Inbound("POST", "/api/orders", [(V, "2.0")], b"{}", "https", "evil.example/x", "")
        answer = await stage.service.handle(request, "https://evil.example/x")
        return answer.status, (await decoded(answer))["error"]["code"], stage.requests.all

    assert on_stage(scene, BEING_MADE) == (400, "BadHost", {})


def test_a_start_under_an_id_that_is_active_in_another_line_is_not_stored_either() -> None:
    async def scene(stage: Stage) -> Any:
        stage.deployed("2.0.0")
        stage.instances.owned["tea"] = (ONE, "Running")
        taken = await stage.told("POST", "/api/_durable/2.0/orchestrators/Order/tea")
        stored_then, made_then = dict(stage.requests.all), TWO in stage.store.rows
        stage.instances.owned["tea"] = (ONE, "Completed")
        free = await stage.ask("POST", "/api/_durable/2.0/orchestrators/Order/tea")
        return taken, stored_then, made_then, free.status, len(stage.requests.all)

    message = "An instance of that id is active in line 1.0."
    refused = (409, {"error": {"code": "InstanceExists", "message": message, "line": "1.0"}})
    assert on_stage(scene, OLD) == (refused, {}, False, 202, 1)


PATHS = [
    "/api/_durable/",
    "/api/_line/",
    "/api/_requests/",
    "/api/",
    "2.0",
    "1.0",
    "instances",
    "orchestrators",
    "entities",
    "restart",
    "/",
]
TRICKS = [
    "..",
    "%2e",
    "%2F",
    "%00",
    "%zz",
    "?",
    "&",
    "=",
    "version",
    "admin",
    "runtime",
    "\\",
    "#",
    "code=x",
    "\xff",
    "//",
    quote("é ü"),
    "a" * 32,
]
PIECES = st.sampled_from([*PATHS, *TRICKS])
ROWS: list[LineRow] = [replace(made_row("2.0", state), etag="") for state in State]


@settings(max_examples=60, deadline=None)
@given(
    asked=st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "TRACE", "post", "X"]),
            st.lists(PIECES, max_size=8).map("".join).map(lambda text: f"/{text}"),
            st.sampled_from(["", "2.0", "2.0.1", "9.9", "..", "\xff"]),
        ),
        min_size=5,
        max_size=20,
    ),
    row=st.sampled_from(ROWS),
)
def test_whatever_is_asked_has_an_answer(asked: list[tuple[str, str, str]], row: LineRow) -> None:
    async def scene(stage: Stage) -> Any:
        stage.deployed("2.0.0")
        for method, target, version in asked:
            answer = await stage.ask(method, target, {V: version})
            assert 200 <= answer.status < 600, (method, target)
            await answer.aclose()
        assert all(safe_target(one.target) for one in stage.requests.all.values() if one.instance_id is None)

    on_stage(scene, row)
