"""A change reaches the gateway later than ARM has taken it. How much later is a test's to say; see `sandbox/gateway/live.py` for what is documented."""

from __future__ import annotations

import pytest

from sandbox.arm import ControlPlane
from sandbox.gateway.server import Gateway

from .stand_in import API, LIST, POLICY, ROUTED, SERVICE, Backend, World


def lines(world: World, backend: Backend) -> str:
    """The value of `direct-lines` that the gateway works with."""
    backend.got.clear()
    world.call("GET", "/api")
    return backend.got[0].headers["x-lines"]


def test_a_named_value_counts_as_it_was_until_the_delay_is_over(world: World, backend: Backend) -> None:
    world.gateway.delay = 30
    world.put_list(";1.0=a|b;")
    assert world.plane.request("POST", f"{LIST}/listValue").body == {"value": ";1.0=a|b;"}

    world.now += 29.9
    assert (lines(world, backend), round(world.gateway.pending, 1)) == ("none", 0.1)
    world.now += 0.1
    assert (lines(world, backend), world.gateway.pending) == (";1.0=a|b;", 0.0)


def test_every_change_comes_in_its_turn(world: World, backend: Backend) -> None:
    world.gateway.delay = 30
    for value in ("first", "second"):
        world.put_list(value)
        world.now += 20
    seen = [lines(world, backend)]
    world.now += 20

    assert [*seen, lines(world, backend)] == ["first", "second"]


def test_a_policy_and_a_backend_count_as_they_were_too(world: World, backend: Backend) -> None:
    world.gateway.delay = 30
    world.put_policy(ROUTED.replace("X-Lines", "X-Other"))
    world.put_backend("http://127.0.0.1:1")
    assert lines(world, backend) == "none"

    world.now += 30
    assert world.call("GET", "/api").status_code == 500
    assert "127.0.0.1:1" in world.gateway.failures[0]


def test_what_is_deleted_goes_on_until_the_delay_is_over(world: World, backend: Backend) -> None:
    world.gateway.delay = 30
    world.plane.request("DELETE", API)
    assert lines(world, backend) == "none"

    world.now += 30
    assert world.call("GET", "/api").status_code == 404


def test_an_api_that_is_made_again_has_nothing_of_the_one_before(world: World, backend: Backend) -> None:
    world.plane.request("DELETE", API)
    world.put_api(serviceUrl=backend.url)
    world.put(f"{API}/operations/get", properties={"displayName": "GET", "method": "GET", "urlTemplate": "/*"})

    assert world.call("GET", "/api").text == "fine"
    assert "x-lines" not in backend.got[0].headers


def test_a_change_does_not_reach_a_gateway_that_has_been_stopped(world: World) -> None:
    world.gateway.delay = 30
    world.gateway.stop()
    world.put_list("later")

    assert world.gateway.pending == 0.0


def test_what_a_store_already_holds_is_there_at_once(world: World, backend: Backend) -> None:
    other = World.__new__(World)
    other.plane, other.certificate, other.now = world.plane, world.certificate, world.now
    other.gateway = Gateway(world.plane, world.certificate, delay=1000)
    with other:
        assert lines(other, backend) == "none"


def test_a_named_value_that_breaks_the_policy_is_a_500_and_no_other_request_is_sent(world: World, backend: Backend) -> None:
    world.put_list("</value>")

    assert (world.call("GET", "/api").status_code, backend.got) == (500, [])
    assert "is no XML" in world.gateway.failures[0]


def test_waiting_ends_by_itself_when_nothing_is_pending_and_fails_where_time_stands_still(world: World) -> None:
    world.gateway.wait_current(0)
    world.gateway.delay = 30
    world.put_list("later")

    with pytest.raises(TimeoutError, match="another 30 s"):
        world.gateway.wait_current(0)


def test_a_named_value_that_a_policy_names_can_t_be_deleted(world: World) -> None:
    with pytest.raises(Exception, match="is used by the policy"):
        world.plane.request("DELETE", LIST)
    world.plane.request("DELETE", POLICY)
    world.plane.request("DELETE", LIST)

    assert isinstance(world.plane, ControlPlane) and SERVICE
