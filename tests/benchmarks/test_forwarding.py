"""What forwarding costs: a caller who understands as much HTTP as he must, and goals where a flattering figure would hide a miss."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path

import pytest

from benchmarks.forwarding import servers
from benchmarks.forwarding.callers import Asked, Unexpected, ask, is_whole
from benchmarks.forwarding.measuring import BARE, CORE, DIRECT, Forwarding, Load, forwarding
from benchmarks.programs.hosted import function_app
from benchmarks.report import Measured, sections
from sandbox.functions.serving import Answer, LoopbackServer
from sandbox.storage.certificate import Certificate

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: 1\r\n\r\n"


@pytest.mark.parametrize(
    ("received", "whole"),
    [
        (b"", False),
        (b"HTTP/1.1 500", False),
        (OK, False),
        (OK + b"ab", False),
        (OK + b"abc", True),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", True),
    ],
)
def test_an_answer_is_whole_with_the_last_byte_of_its_body(received: bytes, whole: bool) -> None:
    assert is_whole(received) is whole


def test_another_answer_than_200_is_no_measurement() -> None:
    with pytest.raises(Unexpected):
        is_whole(OK.replace(b"200", b"502") + b"abc")


def test_a_percentile_is_within_what_was_measured() -> None:
    asked = Asked(2.0, [0.4, 0.1, 0.3, 0.2])
    assert (asked.rate, asked.percentile(0.5), asked.percentile(0.99), asked.percentile(1.0)) == (2.0, 0.3, 0.4, 0.4)


def load(rate: float, p50: float) -> Load:
    return Load([rate, rate, 9 * rate], [p50, p50, 9 * p50], [2 * p50], [0.2])


def measured(core_alone: float = 0.5, core_rate: float = 850.0, held: float = 1.5) -> Measured:
    loads = {
        DIRECT: {1: load(5000.0, 0.1), 50: load(9000.0, 2.0)},
        BARE: {1: load(2000.0, 0.4), 50: load(1000.0, 6.0)},
        CORE: {1: load(1800.0, core_alone), 50: load(core_rate, 7.0)},
    }
    found = Forwarding(loads, {CORE: {"up": held, "down": 0.0}})
    return Measured("2026-11-23", {}, 0.1, 0, forwarding=found)


def test_each_concurrency_is_a_table_against_the_app_itself_and_the_bare_proxy() -> None:
    titles = [title for title, _ in sections(measured())]
    assert titles == ["Forwarding, 1 at once", "Forwarding, 50 at once", "Memory that a body of 64 MiB takes on its way", "Goals"]
    assert sections(measured())[1][1] == [
        ["", "requests/s", "/ bare proxy", "p50, ms", "p50 added, ms", "p99, ms", "processor time per request, ms"],
        [DIRECT, "9000", "9.00", "2.00", "", "4.00", "0.200"],
        [BARE, "1000", "1.00", "6.00", "4.00", "12.00", "0.200"],
        [CORE, "850", "0.85", "7.00", "5.00", "14.00", "0.200"],
    ]


def test_the_path_through_the_embedded_host_has_rows_of_its_own_and_no_goal() -> None:
    found = measured()
    assert found.forwarding is not None
    found.forwarding.hosted = {
        1: Load([90.0], [11.0], [20.0]),
        200: Load([80.0, 60.0, 70.0], [2000.0, 2500.0, 2250.0], [4000.0, 3000.0, 3500.0]),
    }
    no_goal = "no goal: the embedded host, not Azure's"
    assert dict(sections(found))["Forwarding, client to app through the embedded host"] == [
        ["", "requests/s", "p50, ms", "p99, ms", "goal"],
        ["1 at once", "90", "11.00", "20.00", no_goal],
        ["200 at once", "70", "2250.00", "3500.00", no_goal],
    ]
    assert goals(found) == goals(measured())
    assert Measured.read(json.dumps(found.as_json())) == found


def test_a_result_from_before_the_host_was_measured_is_still_read() -> None:
    kept = measured().as_json()
    del kept["forwarding"]["hosted"]
    assert Measured.read(json.dumps(kept)) == measured()


def test_rates_are_compared_round_by_round() -> None:
    assert Load(rate=[90.0, 8.0, 800.0]).rate_of(Load(rate=[100.0, 10.0, 1000.0])) == 0.8


def goals(found: Measured) -> dict[str, bool]:
    return {goal.what: goal.is_met for goal in found.goals()}


ALONE, SHARE = "ms that forwarding adds to the median, 1 at once", "requests per second, bare proxy / forwarding core, 50 at once"
HELD = "MiB held while 64 MiB are forwarded up"


def test_a_millisecond_added_four_fifths_of_the_rate_and_eight_mebibytes_are_the_limits() -> None:
    assert all(goals(measured()).values()) and set(goals(measured())) >= {ALONE, SHARE, HELD}
    missed = goals(measured(core_alone=1.11, core_rate=799.0, held=8.1))
    assert [missed[each] for each in (ALONE, SHARE, HELD)] == [False, False, False]


def test_a_result_that_was_kept_is_read_again() -> None:
    assert Measured.read(json.dumps(measured().as_json())) == measured()


def test_callers_can_ask_over_tls_and_trust_whom_they_are_told_to(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path).ensure()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate.chain, certificate.key)
    server = LoopbackServer(lambda call: Answer.of_json(200, call.method), name="a server of a test", tls=serving)
    try:
        trusting = ssl.create_default_context(cafile=str(certificate.authority))
        assert asyncio.run(ask(server.port, 2, 0.05, tls=trusting)).latencies
        with pytest.raises(ssl.SSLCertVerificationError):
            asyncio.run(ask(server.port, 1, 0.05, tls=ssl.create_default_context()))
    finally:
        server.stop()


def test_the_app_behind_the_host_answers_what_the_one_without_does() -> None:
    assert function_app.ANSWER == servers.ANSWER


def test_all_three_ways_can_be_asked() -> None:
    found = forwarding(0.05, 1, lambda text: None, [2])
    assert {name: sorted(loads) for name, loads in found.loads.items()} == {DIRECT: [2], BARE: [2], CORE: [2]}
    assert {name: sorted(grown) for name, grown in found.held.items()} == {BARE: ["down", "up"], CORE: ["down", "up"]}
