"""The way in from outside: HTTPS on loopback, one port per slot, and one for all that goes by the Host header.

A slot's own port stays with the slot, as its host name does in Azure: after a swap it leads to the other code. Links that an app makes from
the request's Host work there as they are. At the common port, `Host: orders-staging.azurewebsites.net` chooses the slot, and what comes for
`orders.azure-api.net` is passed on to the gateway of API Management. Ports are new in every run. Like App Service it holds requests back while the code starts, and answers 503 if it does not, 403 if the site is stopped.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from .fleet import Fleet
from .lane import Lane, Status
from .serving import STOPPING, Answer, Call, LoopbackServer
from .wanted import Slot

COLD_START_SECONDS = 60.0
REQUEST_SECONDS = 230.0
"""App Service ends a request after 230 s: Microsoft docs, "Azure Functions HTTP trigger", limits."""
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "content-length"})


class FrontDoor:
    """`lane_of` tells which process a slot's requests go to at this moment."""

    def __init__(self, chain: Path, key: Path, lane_of: Callable[[Slot], Lane | Fleet | None]) -> None:
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(chain, key)
        self._lane_of = lane_of
        self._doors: dict[Slot, LoopbackServer] = {}
        self._hosts: dict[str, Slot] = {}
        self._others: dict[str, tuple[int, Callable[[], Mapping[str, str]]]] = {}
        self._common = LoopbackServer(lambda call: self._answer(call, None), name="front door", tls=self._tls)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._common.port}"

    def url_of(self, slot: Slot) -> str:
        """Raises KeyError for a slot that does not exist."""
        return f"https://127.0.0.1:{self._doors[slot].port}"

    def serve(self, slots: Iterable[tuple[Slot, str]]) -> None:
        """Exactly these slots, with their host names."""
        wanted = dict(slots)
        self._hosts = {host.lower(): slot for slot, host in wanted.items()}
        for slot in set(self._doors) - set(wanted):
            self._doors.pop(slot).stop()
        for slot in wanted:
            if slot not in self._doors:
                self._doors[slot] = LoopbackServer(self._door(slot), name=f"front door {'/'.join(slot)}", tls=self._tls)

    def lead(self, suffix: str, port: int, addresses: Callable[[], Mapping[str, str]]) -> None:
        """Requests for hosts that end so go, at the common port, to a plain HTTP server on loopback. `addresses`: of the hosts that it knows."""
        self._others[suffix] = (port, addresses)

    def stop(self) -> None:
        for door in (self._common, *self._doors.values()):
            door.stop()
        self._doors.clear()

    def _door(self, slot: Slot) -> Callable[[Call], Answer | None]:
        return lambda call: self._answer(call, slot)

    def _answer(self, call: Call, slot: Slot | None) -> Answer | None:
        host = call.headers.get("host", "").lower().partition(":")[0]
        slot = self._hosts.get(host, slot)
        elsewhere = next((port for suffix, (port, _) in self._others.items() if host.endswith(suffix)), None)
        if slot is None and elsewhere is not None:
            return _passed_on(call, elsewhere)
        if slot is None:
            known = {host: self.url_of(named) for host, named in self._hosts.items()}
            for _, addresses in self._others.values():
                known |= addresses()
            return Answer.of_json(404, {"error": "404 Web Site not found: no slot has the host name in Host.", "hosts": known})
        return self._routed(call, slot)

    def _routed(self, call: Call, slot: Slot) -> Answer | None:
        for _ in range(3):
            lane = self._lane_of(slot)
            if lane is None:
                return Answer.of_text(404, "404 Web Site not found.")
            status = lane.serving(COLD_START_SECONDS)
            if status.port is None:
                return _refused(lane, status)
            try:
                answer = forward(call, status.port)
                if answer.header(STOPPING) is None:
                    return answer
            except ConnectionRefusedError:
                continue  # it was restarted in between; nothing of the request has reached it
            except (OSError, http.client.HTTPException):
                return Answer.of_text(502, "The process ended while it worked on the request.")
        return Answer.of_text(503, "Service Unavailable")


def forward(call: Call, port: int) -> Answer:
    """Raises ConnectionRefusedError if nothing listens, OSError or HTTPException if the connection breaks."""
    headers = {name: value for name, value in call.headers.items() if not name.startswith("x-forwarded-")}
    return _exchange(call, port, {**headers, "x-forwarded-proto": "https"})


def _passed_on(call: Call, port: int) -> Answer:
    try:
        return _exchange(call, port, call.headers)
    except (OSError, http.client.HTTPException):
        return Answer.of_text(502, "The gateway ended while it worked on the request.")


def _exchange(call: Call, port: int, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS)
    try:
        sent = {name: value for name, value in headers.items() if name not in _HOP_BY_HOP}
        headers = {**sent, "content-length": str(len(call.body)), "connection": "close"}
        connection.request(call.method, call.target, body=call.body, headers=headers)
        response = connection.getresponse()
        kept = tuple((name, value) for name, value in response.getheaders() if name.lower() not in {*_HOP_BY_HOP, "server", "date"})
        return Answer(response.status, kept, response.read())
    finally:
        connection.close()


def _refused(lane: Lane | Fleet, status: Status) -> Answer:
    if status.state == "Stopped":
        enabled = lane.wanted is not None and lane.wanted.enabled
        return Answer.of_text(503, "Function host is not running.") if enabled else Answer.of_text(403, "This web app is stopped.")
    return Answer.of_text(503, "\n".join(["Service Unavailable", *status.errors]))
