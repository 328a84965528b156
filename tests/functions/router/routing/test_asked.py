"""What a request asks for, by its URL and headers."""

from __future__ import annotations

import pytest

from functions.router.blueprint import Http
from functions.router.routing import Ambiguous, Asked, Kind, asked_of
from functions.router.versions import BadVersion, Line

HTTP = Http.model_validate({})
ONE, TEN = Line(1, 0), Line(1, 10)
GIVEN = "1.10-0123456789abcdef0123456789abcdef"
D, M, S = Kind.DATA, Kind.MANAGEMENT, Kind.STARTER

CASES: dict[str, tuple[tuple[str, str, dict[str, str]], Asked]] = {
    "a path of the app": (("GET", "/api/orders?a=1", {}), Asked(D, "GET", "/api/orders?a=1")),
    "a path that is no API of Functions": (("GET", "/shop", {}), Asked(D, "GET", "/shop")),
    "a version in the header": (("POST", "/api/orders", {"X-App-Version": "1.10.3"}), Asked(D, "POST", "/api/orders", TEN)),
    "a line in the header": (("POST", "/api/orders", {"x-app-version": "1.10"}), Asked(D, "POST", "/api/orders", TEN)),
    "blanks around it": (("POST", "/api/orders", {"x-app-version": " 1.10 "}), Asked(D, "POST", "/api/orders", TEN)),
    "an empty header is none": (("POST", "/api/orders", {"x-app-version": ""}), Asked(D, "POST", "/api/orders")),
    "a version in the query, which stays there": (
        ("GET", "/api/orders?version=1.0.0&a=1", {}),
        Asked(D, "GET", "/api/orders?version=1.0.0&a=1", ONE),
    ),
    "a version in the query, encoded": (("GET", "/api/orders?version=1%2E0", {}), Asked(D, "GET", "/api/orders?version=1%2E0", ONE)),
    "the header goes before the query": (
        ("GET", "/api/orders?version=1.0", {"x-app-version": "1.10"}),
        Asked(D, "GET", "/api/orders?version=1.0", TEN),
    ),
    "the same version twice is one": (
        ("GET", "/api/orders?version=1.0&version=1.0", {}),
        Asked(D, "GET", "/api/orders?version=1.0&version=1.0", ONE),
    ),
    "another parameter is no version": (
        ("GET", "/api/orders?Version=1.0&versions=2", {}),
        Asked(D, "GET", "/api/orders?Version=1.0&versions=2"),
    ),
    "the method in capitals": (("post", "/api/orders", {}), Asked(D, "POST", "/api/orders")),
    "an app's own URL, with its line": (("GET", "/api/_line/1.0/api/orders?a=1", {}), Asked(D, "GET", "/api/orders?a=1", ONE)),
    "the line of a URL goes before the header": (("GET", "/api/_line/1.0/x", {"x-app-version": "1.10"}), Asked(D, "GET", "/x", ONE)),
    "a line alone": (("GET", "/api/_line/1.0", {}), Asked(D, "GET", "/", ONE)),
    "an encoded slash stays one": (("GET", "/api/_line/1.0/a%2Fb", {}), Asked(D, "GET", "/a%2Fb", ONE)),
    "an instance of a line": (
        ("GET", "/api/_durable/1.0/instances/7?showInput=true", {}),
        Asked(M, "GET", "/instances/7?showInput=true", ONE, "7"),
    ),
    "an event for it": (
        ("POST", "/api/_durable/1.0/instances/7/raiseEvent/Paid", {}),
        Asked(M, "POST", "/instances/7/raiseEvent/Paid", ONE, "7"),
    ),
    "an encoded id": (("GET", "/api/_durable/1.0/instances/a%20b%2Fc", {}), Asked(M, "GET", "/instances/a%20b%2Fc", ONE, "a b/c")),
    "an id that the router gave tells its line": (
        ("GET", f"/api/_durable/instances/{GIVEN}", {}),
        Asked(M, "GET", f"/instances/{GIVEN}", TEN, GIVEN),
    ),
    "the URL goes before the id": (("GET", f"/api/_durable/1.0/instances/{GIVEN}", {}), Asked(M, "GET", f"/instances/{GIVEN}", ONE, GIVEN)),
    "a bare id": (("GET", "/api/_durable/instances/7", {}), Asked(M, "GET", "/instances/7", None, "7")),
    "a bare id is not led by the header": (
        ("GET", "/api/_durable/instances/7", {"x-app-version": "1.0"}),
        Asked(M, "GET", "/instances/7", None, "7"),
    ),
    "an id that looks like one of ours, and is not": (
        ("GET", "/api/_durable/instances/1.10-0123", {}),
        Asked(M, "GET", "/instances/1.10-0123", None, "1.10-0123"),
    ),
    "an id with a line that is none": (
        ("GET", "/api/_durable/instances/01.1-" + "0" * 32, {}),
        Asked(M, "GET", "/instances/01.1-" + "0" * 32, None, "01.1-" + "0" * 32),
    ),
    "a purge of an instance": (("DELETE", "/api/_durable/1.0/instances/7", {}), Asked(M, "DELETE", "/instances/7", ONE, "7")),
    "a start in a line": (("POST", "/api/_durable/1.0/orchestrators/Order", {}), Asked(S, "POST", "/orchestrators/Order", ONE)),
    "a start with an id": (("POST", "/api/_durable/1.0/orchestrators/Order/7", {}), Asked(S, "POST", "/orchestrators/Order/7", ONE, "7")),
    "a start by the header": (
        ("POST", "/api/_durable/orchestrators/Order", {"x-app-version": "1.10"}),
        Asked(S, "POST", "/orchestrators/Order", TEN),
    ),
    "a start by the id": (
        ("POST", f"/api/_durable/orchestrators/Order/{GIVEN}", {"x-app-version": "1.0"}),
        Asked(S, "POST", f"/orchestrators/Order/{GIVEN}", TEN, GIVEN),
    ),
    "an entity of a line": (("POST", "/api/_durable/1.0/entities/Counter/7", {}), Asked(M, "POST", "/entities/Counter/7", ONE)),
    "all instances": (("GET", "/api/_durable/instances?top=5", {}), Asked(Kind.LIST, "GET", "/instances?top=5")),
    "all instances of a line": (("GET", "/api/_durable/1.0/instances", {}), Asked(Kind.LIST, "GET", "/instances", ONE)),
    "a stored request": (("GET", "/api/_requests/abc", {}), Asked(Kind.STORED, "GET", "/api/_requests/abc", None, "abc")),
    "an unknown path of the router": (("GET", "/api/_other", {}), Asked(Kind.NOTHING, "GET", "/api/_other")),
    "an unknown path of Durable's interface": (("GET", "/api/_durable/1.0/else", {}), Asked(Kind.NOTHING, "GET", "/else")),
    "nothing of Durable's interface": (("GET", "/api/_durable/1.0", {}), Asked(Kind.NOTHING, "GET", "")),
}


@pytest.mark.parametrize("sentence", CASES)
def test_what_is_asked(sentence: str) -> None:
    (method, target, headers), expected = CASES[sentence]
    assert asked_of(method, target, headers.items(), HTTP) == expected


@pytest.mark.parametrize(
    "version",
    [
        "1",
        "1.",
        ".1",
        "v1.0",
        "1.0.0.0",
        "01.0",
        "1.00",
        "1.0.x",
        "-1.0",
        "1.0 ",
        "1,0",
        "1.0/../2.0",
        "\uff11.\uff10",
        "latest",
        "1.100000",
        "1.0\n",
        "1.0%00",
    ],
    ids=repr,
)
def test_what_is_no_version_is_refused(version: str) -> None:
    if version.strip() != version:
        version = f"{version}x"
    with pytest.raises(BadVersion, match="give a version such as"):
        asked_of("GET", "/api/orders", [("x-app-version", version)], HTTP)


@pytest.mark.parametrize("segment", ["01.0", "1", "1.0.0", "..", "%2e%2e", "", "1.0%2f.."], ids=repr)
def test_a_url_with_no_line_where_one_belongs_is_refused(segment: str) -> None:
    with pytest.raises(BadVersion):
        asked_of("GET", f"/api/_line/{segment}/api/orders", [], HTTP)


def test_two_versions_in_one_request_are_refused_without_repeating_much_of_them() -> None:
    with pytest.raises(Ambiguous) as caught:
        asked_of("GET", "/x", [("x-app-version", "1.0"), ("X-App-Version", "2" * 90)], HTTP)
    assert str(caught.value) == f"the request names 2 versions: '1.0', '{'2' * 40}'"


def test_names_of_header_and_parameter_are_configuration() -> None:
    http = Http.model_validate({"version_header": "api-version", "version_query": "v"})
    assert asked_of("GET", "/x?version=2.0&v=1.0", [("x-app-version", "3.0")], http).line == ONE
    assert asked_of("GET", "/x?v=1.0", [("Api-Version", "1.10")], http).line == TEN


@pytest.mark.parametrize(
    ("method", "target", "is_start", "may_start"),
    [
        ("POST", "/api/orders", True, True),
        ("GET", "/api/orders", False, True),
        ("PUT", "/api/orders", False, True),
        ("HEAD", "/api/orders", False, False),
        ("OPTIONS", "/api/orders", False, False),
        ("POST", "/api/_durable/1.0/orchestrators/Order", True, True),
        ("GET", "/api/_durable/1.0/instances/7", False, False),
        ("POST", "/api/_durable/1.0/instances/7/raiseEvent/Paid", False, False),
        ("POST", "/api/_durable/1.0/instances/7/terminate", False, False),
        ("POST", "/api/_durable/1.0/instances/7/restart", False, True),
        ("POST", "/api/_durable/1.0/instances/7/Rewind?reason=x", False, True),
        ("POST", "/api/_durable/1.0/entities/Counter/7", False, True),
        ("GET", "/api/_durable/1.0/entities/Counter/7", False, False),
    ],
)
def test_what_may_start_something(method: str, target: str, is_start: bool, may_start: bool) -> None:
    asked = asked_of(method, target, [], HTTP)
    assert (asked.is_start, asked.may_start) == (is_start, may_start)
