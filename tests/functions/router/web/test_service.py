"""Requests of clients, from their arrival to their answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from aiohttp import web
from azure.core.exceptions import ServiceRequestError

from functions.router.keeping import Answer, RequestState
from functions.router.lines import LineRow, State
from functions.router.versions import Line
from tests.functions.router.planning.worlds import line
from tests.functions.router.planning.worlds import row as made_row
from tests.functions.router.web.stage import NOW, PUBLIC, Stage, decoded, on_stage

ONE, TWO = line("1.0"), line("2.0")
V = "x-app-version"


def row(text: str, state: State, **fields: Any) -> LineRow:
    return replace(made_row(text, state, **fields), etag="")


ACTIVE = row("2.0", State.ACTIVE)


def test_a_request_goes_to_the_app_of_its_line_and_the_answer_says_which() -> None:
    async def scene(stage: Stage) -> Any:
        answer = await stage.ask("GET", "/api/orders?a=%2F", {V: "2.0"})
        return answer.status, await decoded(answer), dict(answer.headers)["X-Durable-Deploy-Line"], stage.sent

    assert on_stage(scene, ACTIVE) == (200, {"line": "2.0"}, "2.0", ["GET /api/orders?a=%2F"])


def test_in_steady_state_no_request_costs_a_request_to_storage() -> None:
    async def scene(stage: Stage) -> Any:
        await stage.ask("GET", "/api/orders", {V: "2.0"})
        first = len(stage.storage)
        for _ in range(50):
            await stage.ask("POST", "/api/orders", {V: "2.0"})
            await stage.ask("GET", "/api/_durable/2.0/instances/7")
        within = len(stage.storage)
        stage.wait(10)
        await stage.ask("GET", "/api/orders", {V: "2.0"})
        return first, within, stage.storage[within:], stage.instances.asked

    assert on_stage(scene, ACTIVE) == (3, 3, ["lines", "versions", "pins"], [])


def test_simultaneous_requests_read_the_rows_once() -> None:
    async def scene(stage: Stage) -> Any:
        await asyncio.gather(*(stage.ask("GET", "/api/orders") for _ in range(40)))
        return stage.storage

    assert on_stage(scene, ACTIVE) == ["lines", "versions", "pins"]


def test_a_start_carries_an_id_with_its_line_so_that_the_app_can_use_it() -> None:
    async def scene(stage: Stage) -> Any:
        await stage.ask("POST", "/api/orders", {V: "2.0", "X-Durable-Instance-Id": "smuggled"}, b"{}")
        return stage.received[0].headers.getall("X-Durable-Instance-Id")

    assert on_stage(scene, ACTIVE) == ["2.0-" + f"{1:032x}"]


def test_a_durable_start_is_given_its_id_by_the_router() -> None:
    async def scene(stage: Stage) -> Any:
        await stage.ask("POST", "/api/_durable/2.0/orchestrators/Order?code=stolen&taskHub=other", {}, b"{}")
        return stage.sent, stage.received[0].headers["X-Functions-Key"] == stage.app.backend.system_key

    path = f"POST /runtime/webhooks/durabletask/orchestrators/Order/2.0-{1:032x}?taskHub=OrdersV1x0&connection=DurableStorage"
    assert on_stage(scene, ACTIVE) == ([path], True)


def test_a_start_under_an_id_that_is_active_in_another_line_is_refused_with_that_line() -> None:
    async def scene(stage: Stage) -> Any:
        stage.instances.owned["tea"] = (ONE, "Running")
        taken = await stage.told("POST", "/api/_durable/2.0/orchestrators/Order/tea")
        stage.instances.owned["tea"] = (ONE, "Completed")
        free = await stage.ask("POST", "/api/_durable/2.0/orchestrators/Order/tea")
        return taken, free.status, len(stage.sent)

    message = "An instance of that id is active in line 1.0."
    assert on_stage(scene, ACTIVE, row("1.0", State.DRAINING)) == (
        (409, {"error": {"code": "InstanceExists", "message": message, "line": "1.0"}}),
        200,
        1,
    )


def test_a_bare_id_reaches_the_line_that_owns_it() -> None:
    async def scene(stage: Stage) -> Any:
        stage.instances.owned["tea"] = (ONE, "Running")
        found = await stage.told("POST", "/api/_durable/instances/tea/raiseEvent/Paid", {V: "2.0"}, b"{}")
        missing = await stage.told("GET", "/api/_durable/instances/cup")
        return found, missing[0], stage.sent

    path = "POST /runtime/webhooks/durabletask/instances/tea/raiseEvent/Paid?taskHub=OrdersV1x0&connection=DurableStorage"
    assert on_stage(scene, ACTIVE, row("1.0", State.DRAINING)) == ((200, {"line": "1.0"}), 404, [path])


def test_a_start_in_a_draining_line_is_noted_in_its_row_before_it_is_sent() -> None:
    seen: list[Any] = []

    async def scene(stage: Stage) -> Any:
        async def look(request: web.BaseRequest) -> web.StreamResponse:
            seen.append(stage.store.rows[ONE].last_start)
            return web.Response()

        stage_handler.append(look)
        await stage.ask("POST", "/api/orders", {V: "1.0"})
        first = stage.store.rows[ONE]
        stage.wait(5)
        await stage.ask("POST", "/api/orders", {V: "1.0"})
        within = stage.store.rows[ONE]
        stage.wait(5)
        await stage.ask("POST", "/api/orders", {V: "1.0"})
        return seen, within.etag == first.etag, stage.store.rows[ONE].last_start == stage.clock[0]

    stage_handler: list[Any] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return await stage_handler[0](request)  # type: ignore[no-any-return]

    seen_rows, unchanged, again = on_stage(scene, ACTIVE, row("1.0", State.DRAINING), handler=handler)
    assert (seen_rows[0], unchanged, again) == (NOW, True, True)


def test_a_start_noted_by_a_clock_that_is_behind_is_no_older_than_the_state_it_was_let_into() -> None:
    late = row("1.0", State.DRAINED, since=1)

    async def scene(stage: Stage) -> Any:
        await stage.ask("POST", "/api/orders", {V: "1.0"})
        return stage.store.rows[ONE].last_start == late.since

    assert on_stage(scene, ACTIVE, late) is True


def test_a_router_that_knows_an_older_row_decides_again_before_it_lets_a_start_in() -> None:
    async def scene(stage: Stage) -> Any:
        await stage.ask("GET", "/api/_durable/1.0/instances/7")  # now it knows
        closing = stage.store.rows[ONE].moved(State.CLOSING, NOW, "its delay is over")
        await stage.store.save(closing)
        return (await stage.told("POST", "/api/orders", {V: "1.0"}))[1]["error"]["code"], len(stage.sent)

    assert on_stage(scene, ACTIVE, row("1.0", State.DRAINED)) == ("LineCloses", 1)


def test_a_first_request_makes_its_line_is_stored_and_answered_with_where_its_answer_will_be() -> None:
    async def scene(stage: Stage) -> Any:
        stage.deployed("2.0.0", "2.0.1")
        answer = await stage.ask("POST", "/api/orders?code=abc&b=1", {V: "2.0", "Authorization": "Bearer x", "Connection": "close"}, b"tea")
        return (
            answer.status,
            dict(answer.headers),
            await decoded(answer),
            stage.store.rows[TWO],
            list(stage.requests.all.values()),
            stage.pokes,
        )

    status, headers, body, made, stored, pokes = on_stage(scene)
    id = f"{2:032x}"
    assert (status, headers["Location"], headers["Retry-After"]) == (202, f"{PUBLIC}/api/_requests/{id}", "15")
    assert headers["X-Durable-Deploy-Request"] == "waiting"
    assert body == {
        "id": id,
        "line": "2.0",
        "state": "waiting",
        "since": "2026-03-01T12:00:00+00:00",
        "expires": "2026-03-02T12:00:00+00:00",
        "statusUri": f"{PUBLIC}/api/_requests/{id}",
    }
    assert (made.state, str(made.wanted), made.app, made.hub) == (State.PROVISIONING, "2.0.1", "orders-2-0", "OrdersV2x0")
    (request,) = stored
    assert (request.method, request.target, request.body, request.instance_id) == ("POST", "/api/orders?code=abc&b=1", b"tea", None)
    assert ("Authorization", "Bearer x") in request.headers and "connection" not in {name.lower() for name, _ in request.headers}
    assert pokes == ["poke", "poke"]


def test_a_hundred_first_requests_make_one_line_and_lose_none() -> None:
    async def scene(stage: Stage) -> Any:
        stage.deployed("2.0.0")
        statuses = [one.status for one in await asyncio.gather(*(stage.ask("POST", "/api/orders", {V: "2.0"}) for _ in range(100)))]
        return set(statuses), len(stage.requests.all), len(stage.store.rows), len(stage.store.rows[TWO].history)

    assert on_stage(scene) == ({202}, 100, 1, 1)


def test_a_stored_durable_start_tells_its_instance_and_where_to_query_it() -> None:
    async def scene(stage: Stage) -> Any:
        status, body = await stage.told("POST", "/api/_durable/2.0/orchestrators/Order", {}, b"{}")
        (stored,) = stage.requests.all.values()
        return status, body["instanceId"], body["statusQueryGetUri"], stored.target, stored.instance_id

    instance = f"2.0-{1:032x}"
    uri = f"{PUBLIC}/api/_durable/2.0/instances/{instance}"
    assert on_stage(scene, row("2.0", State.PROVISIONING)) == (202, instance, uri, f"/orchestrators/Order/{instance}", instance)


def test_a_first_get_makes_its_line_and_is_told_to_come_again() -> None:
    async def scene(stage: Stage) -> Any:
        stage.deployed("2.0.0")
        answer = await stage.ask("GET", "/api/orders", {V: "2.0"})
        return answer.status, dict(answer.headers)["Retry-After"], stage.store.rows[TWO].state, stage.requests.all

    assert on_stage(scene) == (503, "15", State.PROVISIONING, {})


def test_more_than_can_be_kept_is_refused_and_nothing_is_stored() -> None:
    async def scene(stage: Stage) -> Any:
        status, body = await stage.told("POST", "/api/orders", {V: "2.0"}, b"12345")
        return status, body["error"]["code"], stage.requests.all

    assert on_stage(scene, row("2.0", State.PROVISIONING), maximum_stored_bytes=4) == (413, "BodyTooLarge", {})


def test_the_answer_of_a_stored_request_is_served_where_it_was_promised() -> None:
    async def scene(stage: Stage) -> Any:
        _, body = await stage.told("POST", "/api/orders", {V: "2.0"}, b"tea")
        path = body["statusUri"].removeprefix(PUBLIC)
        waiting = await stage.ask("GET", path)
        (request,) = await stage.requests.waiting(TWO)
        claimed = await stage.requests.claim(request, NOW)
        await stage.requests.finish(claimed, Answer(201, (("Content-Type", "text/tea"), ("Content-Length", "9")), b"poured"))
        answer = await stage.ask("GET", path)
        async with answer:
            text = b"".join([part async for part in answer.chunks()])
        stage.wait(86_400)
        over = await stage.ask("GET", path)
        return waiting.status, dict(waiting.headers)["Retry-After"], answer.status, dict(answer.headers), text, over.status

    waiting, after, status, headers, text, over = on_stage(scene, row("2.0", State.PROVISIONING))
    assert (waiting, after, status, text, over) == (202, "15", 201, b"poured", 404)
    assert headers == {
        "Content-Type": "text/tea",
        "Content-Length": "6",
        "X-Durable-Deploy-Request": "done",
        "X-Durable-Deploy-Line": "2.0",
    }


def test_a_request_that_waits_for_a_line_that_failed_is_told() -> None:
    async def scene(stage: Stage) -> Any:
        _, body = await stage.told("POST", "/api/orders", {V: "2.0"})
        return (await stage.told("GET", body["statusUri"].removeprefix(PUBLIC)))[1]

    found = on_stage(scene, row("2.0", State.FAILED, since=-1))
    why = "The app of 2.0 could not be made. GET /api/versions says why, and when it is tried again."
    assert (found["lineState"], found["problem"]) == ("failed", why)


def test_a_retired_line_answers_queries_from_what_was_recorded_and_refuses_actions() -> None:
    async def scene(stage: Stage) -> Any:
        stage.instances.owned["tea"] = (ONE, "Completed")
        recorded = await stage.told("GET", "/api/_durable/1.0/instances/tea")
        unknown = await stage.told("GET", "/api/_durable/1.0/instances/cup")
        action = await stage.told("POST", "/api/_durable/1.0/instances/tea/terminate")
        return recorded, unknown[0], (action[0], action[1]["error"]["code"]), stage.sent

    status = {
        "name": "Order",
        "instanceId": "tea",
        "runtimeStatus": "Completed",
        "input": None,
        "customStatus": None,
        "output": "done",
        "createdTime": NOW.isoformat(),
        "lastUpdatedTime": NOW.isoformat(),
        "line": "1.0",
    }
    assert on_stage(scene, ACTIVE, row("1.0", State.RETIRED)) == ((200, status), 404, (410, "LineRetired"), [])


def test_a_list_over_all_lines_says_how_to_get_the_next_page() -> None:
    async def scene(stage: Stage) -> Any:
        stage.instances.owned["tea"] = (ONE, "Running")
        answer = await stage.ask("GET", "/api/_durable/instances?top=1")
        more = dict(answer.headers)["x-ms-continuation-token"]
        last = await stage.ask("GET", "/api/_durable/instances?top=1", {"x-ms-continuation-token": more})
        body = await decoded(answer)
        return [(one["instanceId"], one["line"]) for one in body], more, "x-ms-continuation-token" in dict(last.headers)

    assert on_stage(scene, ACTIVE, row("1.0", State.DRAINING)) == ([("tea", "1.0")], "more", False)


def test_what_is_no_version_is_refused_without_asking_anybody() -> None:
    async def scene(stage: Stage) -> Any:
        status, body = await stage.told("GET", "/api/orders", {V: "../../admin"})
        return status, body["error"]["code"], stage.storage, stage.sent

    assert on_stage(scene, ACTIVE) == (400, "BadVersion", [], [])


def test_rows_that_cant_be_read_let_nothing_through_and_say_so() -> None:
    def refuse(_: str) -> None:
        raise ServiceRequestError("no")

    async def scene(stage: Stage) -> Any:
        stage.store._before = refuse
        answer = await stage.ask("POST", "/api/orders")
        return answer.status, (await decoded(answer))["error"]["code"], dict(answer.headers)["Retry-After"], stage.sent

    assert on_stage(scene, ACTIVE) == (503, "StateUnreadable", "5", [])


def test_a_request_that_could_not_be_stored_is_not_accepted() -> None:
    def refuse(_: str) -> None:
        raise ServiceRequestError("no")

    async def scene(stage: Stage) -> Any:
        stage.requests._before = refuse
        return (await stage.told("POST", "/api/orders"))[0]

    assert on_stage(scene, row("2.0", State.PROVISIONING)) == 503


def test_paths_of_the_functions_host_are_nobodys() -> None:
    async def scene(stage: Stage) -> Any:
        paths = [
            "/admin/host/keys",
            "/runtime/webhooks/durabletask/instances",
            "/api/_line/2.0/admin/host/keys",
            "/%61dmin/host",
            "/api/../admin",
        ]
        return [(await stage.told("GET", path))[0] for path in paths], stage.sent

    assert on_stage(scene, ACTIVE) == ([404, 404, 404, 404, 400], [])


def test_lines_and_versions_never_leave_by_way_of_a_host_header() -> None:
    async def scene(stage: Stage) -> Any:
        from functions.router.forwarding import Inbound

        request = Inbound("GET", "/api/orders", [], b"", "https", "evil.example/x", "")
        return (await stage.service.handle(request, "https://evil.example/x")).status, stage.sent

    assert on_stage(scene, ACTIVE) == (400, [])


def test_a_line_that_is_unknown_is_told_by_its_name() -> None:
    async def scene(stage: Stage) -> Any:
        return await stage.told("GET", "/api/orders", {V: "9.9.9"})

    message = "No version of 9.9 was deployed. Lines that there are: 2.0."
    assert on_stage(scene, ACTIVE) == (404, {"error": {"code": "UnknownVersion", "message": message, "line": "9.9"}})


def test_a_claimed_request_is_still_waiting_for_its_caller() -> None:
    async def scene(stage: Stage) -> Any:
        _, body = await stage.told("POST", "/api/orders")
        (request,) = await stage.requests.waiting(TWO)
        claimed = await stage.requests.claim(request, NOW)
        status, told = await stage.told("GET", body["statusUri"].removeprefix(PUBLIC))
        return claimed.state is RequestState.FORWARDING, status, told["state"], told["line"] == str(Line(2, 0))

    assert on_stage(scene, row("2.0", State.PROVISIONING)) == (True, 202, "waiting", True)
