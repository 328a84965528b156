"""Where a request goes, in every state of its line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.router.blueprint import Http
from functions.router.lines import LineRow, Pins, State, VersionRow
from functions.router.routing import (
    Decision,
    ForwardTo,
    Kind,
    ListInstances,
    LookUp,
    MakeLine,
    Recorded,
    Refuse,
    Served,
    Snapshot,
    StoreFor,
    asked_of,
    decide,
)
from functions.router.versions import Line, Version
from tests.functions.router.planning.worlds import NOW, line, policy, row

ONE, TWO, THREE = line("1.0"), line("2.0"), line("3.0")
HTTP = Http.model_validate({})
POST, GET = ("POST", "/api/orders"), ("GET", "/api/orders")
STATUS, EVENT = ("GET", "/api/_durable/1.0/instances/7"), ("POST", "/api/_durable/1.0/instances/7/raiseEvent/Paid")
RESTART, START = ("POST", "/api/_durable/1.0/instances/7/restart"), ("POST", "/api/_durable/1.0/orchestrators/Order")
BARE = ("GET", "/api/_durable/instances/7")


def known(*rows: LineRow, deployed: tuple[str, ...] = (), pin: str | None = None) -> Snapshot:
    texts = {*(f"{one.line}.0" for one in rows), *deployed}
    versions = [VersionRow(Version.parse(text), "https://p", "0" * 64, NOW, "") for text in texts]
    return Snapshot.of(rows, versions, Pins(line(pin) if pin else None), NOW)


def decided(
    request: tuple[str, str], snapshot: Snapshot, *, version: str = "", owner: Line | None = None, looked_up: bool = False, **rules: Any
) -> Decision:
    asked = asked_of(*request, [("x-app-version", version)] if version else [], HTTP)
    return decide(asked, snapshot, policy(**rules), owner=owner, looked_up=looked_up)


def brief(decision: Decision) -> str:
    """`forward 1.0`, `503 LineCloses 15`…"""
    match decision:
        case ForwardTo(line=to, note=note, redirected_from=before):
            return f"forward {to}" + (" noted" if note else "") + (f" instead of {before}" if before else "")
        case StoreFor(line=to, make=make):
            return f"store {to}" + (" and make" if make else "")
        case MakeLine(line=to):
            return f"make {to}"
        case Refuse(status=status, code=code, retry_after=after):
            return f"{status} {code}" + (f" {after}" if after else "")
        case Recorded(line=of, id=id):
            return f"recorded {of} {id}"
        case LookUp(id=id):
            return f"look up {id}"
        case ListInstances(line=of):
            return f"list {of or 'all'}"
        case Served(id=id):
            return f"served {id}"


STATES: dict[State, dict[tuple[str, str], str]] = {
    State.ACTIVE: {
        POST: "forward 1.0",
        GET: "forward 1.0",
        START: "forward 1.0",
        STATUS: "forward 1.0",
        EVENT: "forward 1.0",
        RESTART: "forward 1.0",
    },
    State.DRAINING: {
        POST: "forward 1.0 noted",
        GET: "forward 1.0 noted",
        START: "forward 1.0 noted",
        STATUS: "forward 1.0",
        EVENT: "forward 1.0",
        RESTART: "forward 1.0 noted",
    },
    State.DRAINED: {
        POST: "forward 1.0 noted",
        GET: "forward 1.0 noted",
        START: "forward 1.0 noted",
        STATUS: "forward 1.0",
        EVENT: "forward 1.0",
        RESTART: "forward 1.0 noted",
    },
    State.CLOSING: {
        POST: "503 LineCloses 15",
        GET: "503 LineCloses 15",
        START: "503 LineCloses 15",
        STATUS: "forward 1.0",
        EVENT: "forward 1.0",
        RESTART: "503 LineCloses 15",
    },
    State.PROVISIONING: {
        POST: "store 1.0",
        GET: "503 LineIsBeingMade 15",
        START: "store 1.0",
        STATUS: "503 LineIsBeingMade 15",
        EVENT: "503 LineIsBeingMade 15",
        RESTART: "503 LineIsBeingMade 15",
    },
    State.FAILED: {
        POST: "store 1.0",
        GET: "503 LineFailed 300",
        START: "store 1.0",
        STATUS: "503 LineFailed 300",
        EVENT: "503 LineFailed 300",
        RESTART: "503 LineFailed 300",
    },
    State.RETIRED: {
        POST: "410 LineRetired",
        GET: "410 LineRetired",
        START: "410 LineRetired",
        STATUS: "recorded 1.0 7",
        EVENT: "410 LineRetired",
        RESTART: "410 LineRetired",
    },
}
NAMES = {POST: "a POST", GET: "a GET", START: "a Durable start", STATUS: "a query", EVENT: "an event", RESTART: "a restart"}
BY_STATE = {f"{NAMES[request]} for a line that is {state}": (state, request) for state, cases in STATES.items() for request in cases}


@pytest.mark.parametrize("sentence", BY_STATE)
def test_in_each_state(sentence: str) -> None:
    state, request = BY_STATE[sentence]
    assert brief(decided(request, known(row("1.0", state), row("2.0", State.ACTIVE)), version="1.0")) == STATES[state][request]


@pytest.mark.parametrize("request_", [POST, GET, START, RESTART, EVENT], ids=NAMES.get)
@pytest.mark.parametrize("state", [State.CLOSING, State.FAILED, State.RETIRED])
def test_nothing_is_sent_to_an_app_whose_removal_has_begun(state: State, request_: tuple[str, str]) -> None:
    assert brief(decided(request_, known(row("1.0", state, removing=True)), version="1.0")) == "503 LineCloses 15"


def test_a_query_for_an_app_whose_removal_has_begun_is_answered_from_the_tracking_store() -> None:
    assert brief(decided(STATUS, known(row("1.0", State.CLOSING, removing=True)))) == "recorded 1.0 7"


ACTIVE, DRAINING = row("2.0", State.ACTIVE), row("1.0", State.DRAINING)
NEVER = row("1.0", State.RETIRED, history=())
RULES: dict[str, tuple[str, Decision]] = {
    "a version that nobody deployed": ("404 UnknownVersion", decided(POST, known(ACTIVE), version="9.0.1")),
    "a patch that nobody deployed of a line that is there": ("forward 2.0", decided(POST, known(ACTIVE), version="2.0.77")),
    "a first POST of a line": ("store 3.0 and make", decided(POST, known(ACTIVE, deployed=("3.0.0",)), version="3.0")),
    "a first GET of a line": ("make 3.0", decided(GET, known(ACTIVE, deployed=("3.0.0",)), version="3.0")),
    "a first Durable start of a line": (
        "store 3.0 and make",
        decided(("POST", "/api/_durable/3.0/orchestrators/Order"), known(ACTIVE, deployed=("3.0.0",))),
    ),
    "a query in a line that was never used": (
        "404 InstanceNotFound",
        decided(("GET", "/api/_durable/3.0/instances/7"), known(ACTIVE, deployed=("3.0.0",))),
    ),
    "a first request of a line that is made on deployment": (
        "503 NotMade 15",
        decided(POST, known(ACTIVE, deployed=("3.0.0",)), version="3.0", create="on_deployment"),
    ),
    "a first request of a line at the cap": (
        "503 AtCapacity 300",
        decided(POST, known(ACTIVE, deployed=("3.0.0",)), version="3.0", maximum_lines=1),
    ),
    "the very first request of all": ("store 1.1 and make", decided(POST, known(deployed=("1.0.0", "1.1.0")))),
    "a request when nothing was deployed": ("404 NothingDeployed", decided(POST, known())),
    "a request without a version": ("forward 2.0", decided(POST, known(ACTIVE, DRAINING))),
    "a request without a version while the newest is being made": (
        "forward 2.0",
        decided(POST, known(ACTIVE, row("3.0", State.PROVISIONING))),
    ),
    "a request without a version while the only one is being made": ("store 3.0", decided(POST, known(row("3.0", State.PROVISIONING)))),
    "a request without a version, one pinned": ("forward 1.0", decided(POST, known(ACTIVE, row("1.0", State.ACTIVE), pin="1.0"))),
    "a request without a version, a retired one pinned": (
        "410 LineRetired",
        decided(POST, known(ACTIVE, row("1.0", State.RETIRED), pin="1.0")),
    ),
    "a request without a version, an unused one pinned": (
        "store 3.0 and make",
        decided(POST, known(ACTIVE, deployed=("3.0.0",), pin="3.0")),
    ),
    "a request without a version, by policy": ("forward 1.0", decided(POST, known(ACTIVE, row("1.0", State.ACTIVE)), default="1.0")),
    "a start in a draining line that redirects": (
        "forward 2.0 instead of 1.0",
        decided(POST, known(ACTIVE, DRAINING), version="1.0", draining_starts="redirect"),
    ),
    "a start under an id that names its draining line, which redirects": (
        "409 LineDrains",
        decided(("POST", f"/api/_durable/orchestrators/Order/1.0-{'0' * 32}"), known(ACTIVE, DRAINING), draining_starts="redirect"),
    ),
    "a start under another id in a draining line that redirects": (
        "forward 2.0 instead of 1.0",
        decided(("POST", "/api/_durable/1.0/orchestrators/Order/tea"), known(ACTIVE, DRAINING), draining_starts="redirect"),
    ),
    "a GET in a draining line that redirects": (
        "forward 1.0 noted",
        decided(GET, known(ACTIVE, DRAINING), version="1.0", draining_starts="redirect"),
    ),
    "a query in a draining line that redirects": ("forward 1.0", decided(STATUS, known(ACTIVE, DRAINING), draining_starts="redirect")),
    "a start in a draining line that redirects to itself": (
        "409 LineDrains",
        decided(POST, known(ACTIVE, DRAINING, pin="1.0"), version="1.0", draining_starts="redirect"),
    ),
    "a start in a draining line that redirects to one that is not there yet": (
        "409 LineDrains",
        decided(POST, known(row("3.0", State.PROVISIONING), DRAINING), version="1.0", draining_starts="redirect"),
    ),
    "a start in a draining line that refuses": (
        "409 LineDrains",
        decided(POST, known(ACTIVE, DRAINING), version="1.0", draining_starts="refuse"),
    ),
    "a query in a draining line that refuses": ("forward 1.0", decided(STATUS, known(ACTIVE, DRAINING), draining_starts="refuse")),
    "a POST for a retired line that is revived": (
        "store 1.0 and make",
        decided(POST, known(ACTIVE, row("1.0", State.RETIRED)), version="1.0", revive=True),
    ),
    "a GET for a retired line that is revived": (
        "make 1.0",
        decided(GET, known(ACTIVE, row("1.0", State.RETIRED)), version="1.0", revive=True),
    ),
    "a POST for a retired line that is revived at the cap": (
        "503 AtCapacity 300",
        decided(POST, known(ACTIVE, row("1.0", State.RETIRED)), version="1.0", revive=True, maximum_lines=1),
    ),
    "a POST for a line that was retired before it ever had an app": (
        "store 1.0 and make",
        decided(POST, known(ACTIVE, NEVER), version="1.0"),
    ),
    "an event in a retired line that would be revived": (
        "410 LineRetired",
        decided(EVENT, known(ACTIVE, row("1.0", State.RETIRED)), revive=True),
    ),
    "a bare id": ("look up 7", decided(BARE, known(ACTIVE))),
    "a bare id whose line was found": ("forward 2.0", decided(BARE, known(ACTIVE), owner=TWO, looked_up=True)),
    "a bare id that no line knows": ("404 InstanceNotFound", decided(BARE, known(ACTIVE), looked_up=True)),
    "a bare id of a retired line": ("recorded 1.0 7", decided(BARE, known(ACTIVE, row("1.0", State.RETIRED)), owner=ONE, looked_up=True)),
    "a list of all": ("list all", decided(("GET", "/api/_durable/instances"), known(ACTIVE))),
    "a list of a line": ("list 1.0", decided(("GET", "/api/_durable/1.0/instances"), known(ACTIVE))),
    "a purge by a filter": ("405 MethodNotAllowed", decided(("DELETE", "/api/_durable/instances?createdTimeTo=x"), known(ACTIVE))),
    "a stored request": ("served " + "a" * 32, decided(("GET", "/api/_requests/" + "a" * 32), known())),
    "a stored request of another form": ("404 NotFound", decided(("GET", "/api/_requests/../versions"), known())),
    "a stored request that is to be changed": ("405 MethodNotAllowed", decided(("DELETE", "/api/_requests/" + "a" * 32), known())),
    "an unknown path of the router": ("404 NotFound", decided(("GET", "/api/_else"), known(ACTIVE))),
}


@pytest.mark.parametrize("sentence", RULES)
def test_by_the_rules(sentence: str) -> None:
    expected, decision = RULES[sentence]
    assert brief(decision) == expected


def test_an_unknown_version_is_told_which_lines_there_are() -> None:
    why = "No version of 9.0 was deployed. Lines that there are: 2.0, 1.0."
    assert decided(POST, known(ACTIVE, DRAINING), version="9.0") == Refuse(404, "UnknownVersion", why, line("9.0"))


def test_a_retired_line_is_told_which_are_active() -> None:
    retired = known(row("1.0", State.RETIRED), ACTIVE, THIRD := row("3.0", State.ACTIVE))
    assert decided(POST, retired, version="1.0") == Refuse(410, "LineRetired", "1.0 is retired. Active: 3.0, 2.0.", ONE)
    none = replace(THIRD, state=State.DRAINING)
    assert decided(POST, known(row("1.0", State.RETIRED), none), version="1.0") == Refuse(
        410, "LineRetired", "1.0 is retired. No line is active.", ONE
    )


def test_the_cap_names_itself_the_lines_and_which_frees_up_first() -> None:
    there = known(replace(DRAINING, active=1), ACTIVE, deployed=("3.0.0",))
    why = (
        "No app can be made for 3.0. 2 of at most 2 lines have an app: 1.0 (draining), 2.0 (active). "
        "1.0 frees up first: it is draining; 1 instance of it still runs."
    )
    assert decided(POST, there, version="3.0", maximum_lines=2) == Refuse(503, "AtCapacity", why, THREE, 300)


def test_every_kind_of_request_has_an_answer_in_every_state() -> None:
    paths = [
        "/x",
        "/api/_durable/1.0/instances/7",
        "/api/_durable/1.0/orchestrators/A",
        "/api/_durable/1.0/entities/a/b",
        "/api/_durable/1.0/q",
        "/api/_line/1.0/x",
    ]
    for state in State:
        for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
            for path in paths:
                asked = asked_of(method, path, [("x-app-version", "1.0")] if path == "/x" else [], HTTP)
                assert decide(asked, known(row("1.0", state)), policy()) is not None
                assert asked.kind in Kind
