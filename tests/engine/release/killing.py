"""A release that may be killed, and what must be true afterwards."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.lease import read_record
from operations.release import Kind
from sandbox.arm import ResourceId
from sandbox.web import swaps_of

from ..azure import Azure
from ..invariants import assert_code_kept_its_storage, assert_no_two_slots_share_a_hub
from .team import STACK, Team
from .undisturbed import Boundary, Steps, Story


@dataclass(frozen=True)
class Ran:
    """One run of `mortal`."""

    code: int
    text: str
    plans: list[Steps]
    """Those that it showed."""
    boundaries: list[Boundary]
    """Those that it came to."""


class Running:
    """A release in a process group of its own. The pulumi that it starts is in another."""

    def __init__(self, team: Team, order: Mapping[str, Any]) -> None:
        words = [
            sys.executable,
            "-m",
            "tests.engine.release.mortal",
            json.dumps({"cwd": str(team.project.folder), "stack": STACK, **order}),
        ]
        self._lines: list[str] = []
        self._process = subprocess.Popen(
            words,
            cwd=team.project.folder,
            env=team.project.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def reaches(self, moment: str, kind: Kind) -> None:
        """Returns when the release is there. Fails if it ends before."""
        for line in self._read():
            if [facts[1:] for facts in _told("boundary", [line])] == [[moment, kind]]:
                return
        raise AssertionError(f"the release ended, and never came to the moment {moment} '{kind}':\n{''.join(self._lines)}")

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> Ran:
        with self._process:
            for _ in self._read():
                pass
        plans = [tuple(Kind(kind) for kind in kinds) for kinds in _told("plan", self._lines)]
        boundaries = [(number, moment, Kind(kind)) for number, moment, kind in _told("boundary", self._lines)]
        return Ran(self._process.returncode, "".join(self._lines), plans, boundaries)

    def _read(self) -> Iterator[str]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)
            yield line


def _told(word: str, lines: list[str]) -> list[Any]:
    return [json.loads(line.removeprefix(word)) for line in lines if line.startswith(f"{word} [")]


@dataclass
class Scene:
    """One embedded Azure at the beginning of a story, with the team whose story it is."""

    team: Team
    folder: Path
    story: Story
    before: dict[str | None, str]
    """Version -> durable account, when the story began."""

    @property
    def azure(self) -> Azure:
        return self.team.azure

    @property
    def version(self) -> str | None:
        """In production; None before there is any."""
        there = self.azure.plane.store.get(ResourceId.parse(self.azure.site))
        return None if there is None else self.azure.bundle()[1]

    @property
    def hooks(self) -> list[tuple[str, str]]:
        """The calls of hooks, as (event, id of the release)."""
        calls = [json.loads(line) for line in self._calls.read_text().splitlines() if line] if self._calls.exists() else []
        return [(call["event"], call["release"]) for call in calls]

    def start(self, **order: Any) -> Running:
        hook = f"sh -c 'cat >> {self._calls}; echo >> {self._calls}'"
        hooks = {"before_swap": hook, "after_swap": hook} if self.story.hooks else {}
        return Running(self.team, {"options": {"mode": self.story.mode, **hooks}, **order})

    def release(self, **order: Any) -> Ran:
        return self.start(**order).end()

    def killed(self, at: int) -> Ran:
        ran = self.release(kill_at=at)
        assert ran.code == -signal.SIGKILL, f"the release ended with {ran.code} before its boundary {at}:\n{ran.text}"
        return ran

    def goes_well(self) -> Ran:
        ran = self.release()
        assert ran.code == 0, ran.text
        return ran

    def wait_for_swap(self) -> None:
        """Until none is under way."""
        swaps_of(self.azure.plane).wait(self.azure.site)

    def locks(self) -> list[Path]:
        """Of Pulumi, on its stacks."""
        return list(self._state.rglob(".pulumi/locks/**/*.json"))

    def end(self) -> dict[str, Any]:
        """All that a release leaves, without what differs from one time to the next. Two ends are the same if this is."""
        store = self.azure.plane.store
        state = json.loads(next(self._state.rglob(f"stacks/**/{STACK}.json")).read_text())["checkpoint"]["latest"]
        return {
            "resources": {id: _timeless(store.get(ResourceId.parse(id))) for id in store.ids()},
            "pulumi": {one["urn"]: one.get("id") for one in state["resources"] if not one["type"].startswith("pulumi:")},
            "pending": state.get("pending_operations", []),
            "locks": self.locks(),
            "record": self._record(),
        }

    def _record(self) -> dict[str, Any]:
        url = self.team.sandbox.storage.endpoints("orderspkgs")["blob"] + "packages"
        options = {"connection_verify": str(self.team.sandbox.ca_bundle)}
        content = read_record(url, "orders", self.team.sandbox.credential(), **options).content
        release, swap, last = content["release"], content["release"]["swap"], content.get("last")
        return {
            "holder": content["holder"],
            "release": {name: release[name] for name in ("version_from", "version_to", "outcome")},
            "swap": swap and {name: swap[name] for name in ("complete", "slot", "versions", "packages")},
            "last": last and {name: last[name] for name in ("what", "bundles")},
        }

    @property
    def _calls(self) -> Path:
        return self.folder / "hooks.jsonl"

    @property
    def _state(self) -> Path:
        return Path(self.team.project.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))


def _timeless(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _timeless(value) for name, value in body.items() if name != "timestampUtc"}
    return body


def assert_nothing_is_broken(scene: Scene) -> None:
    """Whatever was killed or refused: code kept its storage, no two slots share any, and production has what it had, or the next version."""
    if scene.version is None:
        assert scene.story.begins is None
        return
    assert scene.version in (scene.story.wants, scene.story.begins)
    assert_code_kept_its_storage(scene.azure)
    assert_no_two_slots_share_a_hub(scene.azure)
    held = {version: account for account, version in scene.azure.bundles().values() if version in scene.before}
    assert held.items() <= scene.before.items()


def assert_ends(scene: Scene, undisturbed: Mapping[str, Any]) -> None:
    """As if nothing had happened, also for those whom hooks call: one release, which was in production once."""
    wrong = differences(scene.end(), undisturbed)
    assert not wrong, "\n".join(wrong)
    assert_nothing_is_broken(scene)
    events = [event for event, _ in scene.hooks]
    assert len({release for _, release in scene.hooks}) == (1 if scene.story.hooks else 0)
    assert events.count("after-swap") == (1 if scene.story.hooks else 0)
    assert (events.count("before-swap") >= 1) is scene.story.hooks


def differences(found: Any, wanted: Any, where: str = "") -> list[str]:
    """One sentence for each value."""
    if found == wanted:
        return []
    if isinstance(found, dict) and isinstance(wanted, dict):
        return [one for key in {**wanted, **found} for one in differences(found.get(key), wanted.get(key), f"{where} > {key}")]
    return [f"{where.removeprefix(' > ')} is {found}, not {wanted}"]


def wait_until_gone(pid: int) -> None:
    """Of a process that is not ours to wait for."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        gone, _, _ = select.select([process], [], [], 60)
        assert gone, f"process {pid} still runs after a minute"
    finally:
        os.close(process)
