"""Kills the router's process at one named moment of one line's life, as a crash or a move to another machine does: SIGKILL, and nothing is said.

After a write, Azure has done what the router never hears of. The sandbox's host then starts the process again, as Azure's does.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest

from sandbox.arm import Write
from sandbox.functions import front_door
from sandbox.functions.lane import Lane
from sandbox.functions.serving import Answer, Call
from sandbox.functions.wanted import PRODUCTION

from .team import GROUP, ROUTER, RoutedTeam

MAKING = (
    "PUT serverfarms/APP-plan",
    "PUT sites/APP",
    "PUT sites/APP/basicPublishingCredentialsPolicies/ftp",
    "PUT sites/APP/basicPublishingCredentialsPolicies/scm",
    "PATCH sites/APP",  # the mark that a deployment has begun
    "PUT sites/APP/config/appsettings",
    "PATCH sites/APP",  # the mark that it is over
)
"""What the router writes to make a line's app, in its order."""
LEAVING = (
    "PUT sites/APP/config/appsettings",  # what starts work by itself is switched off
    "DELETE sites/APP",
    "DELETE serverfarms/APP-plan",
)
"""What it writes until nothing is left."""
ALONG = ("PUT sites/APP/config/web", "PUT sites/APP/config/appsettings")
"""What the request that makes a site writes along with it."""


@dataclass
class Kills:
    """`points`: app -> the write after which the router dies, and which one of those that are called so."""

    team: RoutedTeam
    points: dict[str, tuple[str, int]] = field(default_factory=dict)
    struck: list[str] = field(default_factory=list)
    """Apps, in the order of the kills."""
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _along: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def after(self, app: str, steps: tuple[str, ...], number: int) -> None:
        """From now on: after the write `steps[number]`."""
        name = steps[number]
        with self._lock:
            self._seen = Counter({key: count for key, count in self._seen.items() if key[0] != app})
            self.points[app] = (name, steps[: number + 1].count(name))

    def noticed(self, write: Write) -> None:
        app = app_of(write)
        if app is None or write.caller != "rest":
            return
        name = name_of(write)
        with self._lock:
            if self._along.get(app, ())[:1] == (name,):
                self._along[app] = self._along[app][1:]
                return
            self._along[app] = ALONG if name == "PUT sites/APP" else ()
            self._seen[app, name] += 1
            hit = self.points.get(app) == (name, self._seen[app, name])
            if hit:
                del self.points[app]
        if hit:
            self.now(app)

    def now(self, app: str) -> None:
        """`app` is only the word for it in `struck`. Of two kills at the same moment the second finds no process: the one that has written is
        dead already, and hears of this write as little."""
        router = self.team.sandbox.functions.lane_of((ROUTER, PRODUCTION))
        assert isinstance(router, Lane)
        router.kill()
        self.struck.append(app)

    def after_answer(self, app: str, patch: pytest.MonkeyPatch) -> None:
        """Once: the app has done what was asked, and its answer to a POST is lost with who asked."""
        real, left = front_door.forward, [app]

        def forwarded(call: Call, port: int) -> Answer:
            answer = real(call, port)
            if call.method == "POST" and call.headers.get("host", "").startswith(f"{app}.") and left:
                self.now(left.pop())
            return answer

        patch.setattr(front_door, "forward", forwarded)


def app_of(write: Write) -> str | None:
    """The version app that a write is about, by name."""
    _, inside, below = write.id.partition(f"/resourceGroups/{GROUP}/providers/Microsoft.Web/")
    return below.split("/")[1].removesuffix("-plan") if inside else None


def name_of(write: Write) -> str:
    app = app_of(write)
    assert app is not None
    return f"{write.operation} {write.id.partition('/Microsoft.Web/')[2].replace(app, 'APP')}"


def requests_of(writes: list[Write], app: str) -> list[str]:
    """The requests that wrote to an app, in order."""
    names = [name_of(write) for write in writes if app_of(write) == app]
    found: list[str] = []
    while names:
        found.append(names.pop(0))
        if found[-1] == "PUT sites/APP" and tuple(names[:2]) == ALONG:
            del names[:2]
    return found


__all__ = ["LEAVING", "MAKING", "Kills", "app_of", "name_of", "requests_of"]
