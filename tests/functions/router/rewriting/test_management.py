"""The router's Durable management surface, as the app of the line understands it."""

from __future__ import annotations

import pytest

from functions.router.forwarding import safe_target
from functions.router.rewriting import Backend, NotManagement, management_target, rewrite_location

from .parties import BACKEND, DURABLE, LINE, PUBLIC

HOOKS = "/runtime/webhooks/durabletask"
OURS = "taskHub=OrdersV1x0&connection=DurableStorage"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/instances/1.0-7"),
        ("HEAD", "/instances/1.0-7"),
        ("DELETE", "/instances/1.0-7"),
        ("POST", "/instances/1.0-7/terminate"),
        ("POST", "/instances/1.0-7/suspend"),
        ("POST", "/instances/1.0-7/resume"),
        ("POST", "/instances/1.0-7/rewind"),
        ("POST", "/instances/1.0-7/restart"),
        ("POST", "/instances/1.0-7/raiseEvent/Approved"),
        ("POST", "/instances/1.0-7/raiseevent/a%20b"),
        ("POST", "/instances/a%2Fb/terminate"),
        ("POST", "/orchestrators/Order"),
        ("POST", "/orchestrators/Order/1.0-7"),
        ("GET", "/entities/Counter/7"),
        ("POST", "/entities/Counter/7"),
    ],
)
def test_an_operation_on_one_instance_goes_to_the_hub_of_its_line(method: str, path: str) -> None:
    target = management_target(method, path, "", BACKEND)
    assert target == f"{HOOKS}{path}?{OURS}"
    assert safe_target(target, management=True) == target


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("showHistory=true&showInput=false", f"showHistory=true&showInput=false&{OURS}"),
        ("reason={text}", f"reason={{text}}&{OURS}"),
        ("reason=a%26taskHub%3Dx", f"reason=a%26taskHub%3Dx&{OURS}"),
        ("taskHub=Another&connection=Another&code=mine", OURS),
        ("TASKHUB=Another&ta%73kHub=Third&+connection=x&reason=r", f"reason=r&{OURS}"),
        ("&&", f"&&&{OURS}"),
    ],
)
def test_hub_and_connection_are_the_lines_own_whatever_the_caller_says(query: str, asked: str) -> None:
    assert management_target("POST", "/instances/7/terminate", query, BACKEND) == f"{HOOKS}/instances/7/terminate?{asked}"


@pytest.mark.parametrize("key", [BACKEND.key, BACKEND.system_key])
def test_no_key_stands_in_the_url(key: str) -> None:
    assert key not in management_target("GET", "/instances/7", f"code={key}", BACKEND)


def test_an_app_that_needs_no_hub_in_its_urls_gets_none() -> None:
    assert management_target("GET", "/instances/7", "", Backend("https://orders.example.com")) == f"{HOOKS}/instances/7"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/instances"),
        ("GET", "/instances/"),
        ("DELETE", "/instances"),
        ("POST", "/instances/7"),
        ("PUT", "/instances/7"),
        ("GET", "/instances/7/terminate"),
        ("POST", "/instances/7/makePrimary"),
        ("POST", "/makePrimary"),
        ("POST", "/instances/7/terminate/more"),
        ("POST", "/instances/7/raiseEvent"),
        ("POST", "/instances/7/raiseEvent/"),
        ("POST", "/instances/7/raiseEvent/a/b"),
        ("GET", "/orchestrators/Order"),
        ("GET", ""),
        ("GET", "/"),
        ("GET", "/entities/Counter"),
        ("DELETE", "/entities/Counter/7"),
        ("GET", "/../../admin/host/keys"),
        ("GET", "/instances/7?code=x"),
        ("GET", "/instances/7#x"),
        ("GET", "//instances/7"),
        ("get", "/instances/7"),
    ],
)
def test_what_is_no_operation_on_one_instance_is_refused(method: str, path: str) -> None:
    with pytest.raises(NotManagement) as caught:
        management_target(method, path, "", BACKEND)
    assert str(caught.value) == f"{method} {path!r} is no operation on an instance"


@pytest.mark.parametrize(
    ("path", "query"),
    [("/instances/7", "showHistory=true"), ("/instances/a%2Fb/raiseEvent/Approved", ""), ("/instances/7/terminate", "reason={text}")],
)
def test_there_and_back_is_where_it_began(path: str, query: str) -> None:
    target = management_target("GET" if path.count("/") == 2 else "POST", path, query, BACKEND)
    assert rewrite_location(target, BACKEND, PUBLIC, LINE) == f"{DURABLE}{path}" + (f"?{query}" if query else "")
