"""python -m demo: one release, from beginning to end, with real code on the embedded Azure. `make demo` finds the Pulumi CLI for it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.world import Sandbox

from .project import ROOT, Project
from .shop import LARGE, Shop
from .telling import Telling

TIMER_SPEED = 20.0
"""The five minutes in which an order can be withdrawn take fifteen seconds."""


def main() -> None:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        sys.exit("There is no `pulumi` on PATH. Run this as: make demo")
    telling = Telling()
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        telling.chapter("An Azure, embedded: storage, resource manager, and a host that runs the functions")
        with Sandbox(Path(folder) / "azure", functions=True, timer_speed=TIMER_SPEED, progress=telling.say) as sandbox:
            Story(Path(folder), sandbox, Path(pulumi).parent, telling).tell()
    telling.ended()


class Story:
    def __init__(self, folder: Path, sandbox: Sandbox, engine: Path, telling: Telling) -> None:
        self._sandbox, self._telling = sandbox, telling
        self._apps = folder / "apps"
        self._shop = Shop(sandbox.functions)
        self._project = Project(folder / "project", sandbox.environment(), engine, stack="local")
        self._project.configure(
            {
                "azure-native:location": "westeurope",
                "lean": "true",
                "site.name": "orders",
                "storage.protect_state": "false",
                "access.operators[0]": OPERATOR_OBJECT_ID,
            }
        )

    def tell(self) -> None:
        self._first_release()
        self._orders_come_in()
        self._release_that_waits()
        self._what_ran_where()

    def _first_release(self) -> None:
        self._telling.chapter("The first release goes straight into production")
        self._version("1.0.0", ROOT / "examples" / "orders")
        self._operations("release", "--settle", "1s")

    def _orders_come_in(self) -> None:
        self._telling.chapter("Three orders come in")
        self._sandbox.functions.wait_ready()
        self._shop.order("tea")
        self._shop.order("samovar", LARGE)
        self._shop.order("cups")
        self._shop.wait_for("tea", lambda order: order["customStatus"] == "can be withdrawn")
        self._shop.wait_for("samovar", lambda order: order["customStatus"] == "waiting for approval")
        self._shop.wait_for("cups", lambda order: order["customStatus"] == "can be withdrawn")
        self._shop.suspend("cups")
        self._shop.wait_for("cups", lambda order: order["runtimeStatus"] == "Suspended")
        self._telling.say("tea can be withdrawn for five minutes; samovar waits for an approval; cups was suspended")
        self._operations("status")

    def _release_that_waits(self) -> None:
        self._telling.chapter("Version 2.0.0 checks customers first: instances of 1.0.0 can't go on with its code")
        self._version("2.0.0", ROOT / "examples" / "orders", ROOT / "demo" / "versions" / "2.0.0")
        release = self._telling.start(self._words("release", "--settle", "1s", "--accept-unsettled", "timers"), *self._where)
        release.wait_until_it_says("running instance")
        self._telling.say("the release waits. Meanwhile samovar is approved, and cups resumed")
        self._shop.approve("samovar")
        self._shop.resume("cups")
        release.wait()
        self._operations("status")
        self._sandbox.functions.wait_ready()
        self._shop.order("honey")
        self._telling.say("and a new order, honey, comes in")
        self._shop.wait_for("honey", lambda order: order["runtimeStatus"] == "Completed")

    def _what_ran_where(self) -> None:
        self._telling.chapter("What became of the orders, and whose code worked on them")
        ran: defaultdict[str, set[str]] = defaultdict(set)
        for one in self._sandbox.functions.executions():
            if one.get("instance"):
                ran[one["instance"]].add(one["app_version"])
        rows = []
        for order in ("tea", "samovar", "cups", "honey"):
            slot = "production" if order == "honey" else "staging"
            found = self._shop.status(order, slot)
            if found is None or found["runtimeStatus"] != "Completed" or len(ran[order]) != 1:
                raise RuntimeError(f"order {order} was broken: {found}, executed by {ran[order]}")
            rows.append((order, found["runtimeStatus"], ", ".join(ran[order]), slot))
        self._telling.table("", rows, "order", "status", "executed by", "now in slot")
        self._telling.say("Nothing failed, and every order was executed by the one version that it began with.")

    def _version(self, version: str, *sources: Path) -> None:
        folder = self._apps / version
        for source in sources:
            shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        self._project.configure({"package.path": str(folder), "package.version": version})

    def _operations(self, *command: str) -> None:
        self._telling.run(self._words(*command), *self._where)

    def _words(self, *command: str) -> list[str]:
        return self._project.operations(*command)

    @property
    def _where(self) -> tuple[dict[str, str], Path]:
        return self._project.environment, self._project.folder


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
