"""What operators tell the router: each refusal leaves everything as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError

from functions.router.forwarding import Outbound
from functions.router.keeping import Conflict
from functions.router.lines import LineRow, Pins, State, VersionRow
from functions.router.versions import Version
from tests.functions.router.planning.worlds import line
from tests.functions.router.planning.worlds import row as made_row
from tests.functions.router.web.stage import HOST_JSON, NOW, Stage, decoded, on_stage, zipped

ONE, TWO = line("1.0"), line("2.0")
PACKAGE = zipped(host_json=json.dumps(HOST_JSON))
OTHER = zipped(host_json=json.dumps(HOST_JSON), more="x")
ENTITIES = zipped(**{"host_json": json.dumps(HOST_JSON), "function_app.py": "@app.entity_trigger(context_name='c')"})


def row(text: str, state: State, **fields: Any) -> LineRow:
    return replace(made_row(text, state, **fields), etag="")


async def told(answer: Outbound) -> tuple[int, Any]:
    body = await decoded(answer)
    error = body.get("error") if isinstance(body, dict) else None
    return answer.status, error if isinstance(error, dict) else body


async def deploy(stage: Stage, version: str = "1.0.0", content: bytes = PACKAGE, principal: str = "", **more: Any) -> tuple[int, Any]:
    url = f"{stage.blueprint.stores.packages_url}/{version}.zip"
    stage.packages.at[url] = content
    body = {"version": version, "package": url, **more}
    return await told(await stage.operators.deploy(json.dumps(body).encode(), principal))


def test_a_new_version_is_registered_and_its_line_waits_for_its_first_request() -> None:
    async def scene(stage: Stage) -> Any:
        status, body = await deploy(stage)
        return status, body, stage.store.rows, stage.pokes

    said = {"version": "1.0.0", "line": "1.0", "state": "registered", "new_line": True}
    assert on_stage(scene) == (201, said, {}, ["poke"])


@pytest.mark.parametrize(("told_by_platform", "by"), [(True, "ann"), (False, "")])
def test_who_deployed_is_remembered_only_if_the_platform_has_told(told_by_platform: bool, by: str) -> None:
    async def scene(stage: Stage) -> Any:
        stage.operators.principals_are_told = told_by_platform
        await deploy(stage, principal="ann")
        return stage.store.deployed[Version(1, 0, 0)].by

    assert on_stage(scene) == by


def test_a_new_line_is_made_at_once_where_the_policy_says_so() -> None:
    async def scene(stage: Stage) -> Any:
        status, body = await deploy(stage)
        made = stage.store.rows[ONE]
        return status, body["state"], made.state, made.wanted, made.app

    assert on_stage(scene, create="on_deployment") == (201, "provisioning", State.PROVISIONING, Version(1, 0, 0), "orders-1-0")


def test_a_patch_is_wanted_in_the_line_that_is_there() -> None:
    async def scene(stage: Stage) -> Any:
        status, body = await deploy(stage, "1.0.1")
        return status, body["state"], stage.store.rows[ONE].state, stage.store.rows[ONE].wanted

    assert on_stage(scene, row("1.0", State.ACTIVE)) == (201, "active", State.ACTIVE, Version(1, 0, 1))


@pytest.mark.parametrize("state", [State.FAILED, State.RETIRED])
def test_a_line_that_is_over_begins_anew_with_a_version(state: State) -> None:
    async def scene(stage: Stage) -> Any:
        await deploy(stage, "1.0.1")
        found = stage.store.rows[ONE]
        return found.state, found.attempts, found.error, found.wanted

    assert on_stage(scene, row("1.0", state, attempts=8, error="x")) == (State.PROVISIONING, 0, "", Version(1, 0, 1))


def test_the_same_version_with_the_same_package_again_changes_nothing() -> None:
    async def scene(stage: Stage) -> Any:
        first, second = await deploy(stage), await deploy(stage)
        return first[0], second[0], len(stage.store.deployed)

    assert on_stage(scene) == (201, 200, 1)


def test_a_deployment_that_was_cut_off_is_completed_by_the_next_one() -> None:
    """Killed between the version's row and the line's."""

    async def scene(stage: Stage) -> Any:
        await deploy(stage, "1.0.1")
        stage.store.rows[ONE] = replace(stage.store.rows[ONE], wanted=Version(1, 0, 0))
        again = await deploy(stage, "1.0.1")
        return again[0], stage.store.rows[ONE].wanted

    assert on_stage(scene, row("1.0", State.ACTIVE)) == (200, Version(1, 0, 1))


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "a version that is none": ({"version": "1.0"}, 400, "BadVersion"),
    "a version with a path in it": ({"version": "1.0.0/../../x"}, 400, "BadVersion"),
    "a lower patch": ({"version": "1.0.0"}, 409, "Downgrade"),
    "a version that was deployed with another package": ({"version": "1.0.2", "content": OTHER}, 409, "VersionTaken"),
    "a digest that is another's": ({"digest": "0" * 64}, 409, "DigestDiffers"),
    "a rollback that is neither true nor false": ({"rollback": "yes"}, 400, "BadBody"),
    "no .zip": ({"content": b"no zip"}, 422, "BadPackage"),
    "an empty .zip": ({"content": zipped()}, 422, "EmptyPackage"),
    "a .zip without host.json": ({"content": zipped(readme="x")}, 422, "BadPackage"),
    "a .zip of a folder": ({"content": zipped(**{"app/host.json": "{}"})}, 422, "BadPackage"),
    "a host.json that can't be read": ({"content": zipped(host_json="{")}, 422, "BadPackage"),
    "a host.json with another hub": ({"content": zipped(host_json="{}")}, 422, "BadPackage"),
    "entities beside a shared tracking store": ({"content": ENTITIES}, 422, "SharedEntities"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_deployment_is_refused_for(what: str) -> None:
    asked, status, code = REFUSED[what]

    async def scene(stage: Stage) -> Any:
        await deploy(stage, "1.0.2")
        before = dict(stage.store.rows), dict(stage.store.deployed)
        found = await deploy(stage, **{"version": "1.0.3", **asked})
        return found[0], found[1]["code"], (dict(stage.store.rows), dict(stage.store.deployed)) == before

    assert on_stage(scene, row("1.0", State.ACTIVE)) == (status, code, True)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"version": 1}', b'{"version": "1.0.0"}', b" " * 70_000], ids=lambda one: repr(one[:20])
)
def test_a_body_that_is_no_deployment_is_refused(body: bytes) -> None:
    async def scene(stage: Stage) -> Any:
        return (await told(await stage.operators.deploy(body, "")))[0], stage.storage

    status, storage = on_stage(scene)
    assert (status in (400, 413), storage) == (True, [])


def test_a_lower_patch_is_deployed_on_purpose_and_entities_with_acknowledgement() -> None:
    async def scene(stage: Stage) -> Any:
        await deploy(stage, "1.0.2")
        back = await deploy(stage, "1.0.1", rollback=True)
        entities = await deploy(stage, "1.0.3", ENTITIES, entities="acknowledged")
        return back[0], entities[0], stage.store.rows[ONE].wanted

    assert on_stage(scene, row("1.0", State.ACTIVE)) == (201, 201, Version(1, 0, 3))


def test_at_the_cap_a_new_line_is_refused_with_the_lines() -> None:
    async def scene(stage: Stage) -> Any:
        return (await deploy(stage, "3.0.0"))[1], stage.store.deployed

    found, deployed = on_stage(scene, row("1.0", State.ACTIVE), create="on_deployment", maximum_lines=1)
    assert (found["code"], "1.0 (active)" in found["message"], deployed) == ("AtCapacity", True, {})


@pytest.mark.parametrize(
    ("told_by_platform", "principal", "status"),
    [(True, "ann", 201), (True, "ANN", 201), (True, "bob", 403), (True, "", 403), (False, "ann", 403)],
)
def test_only_those_who_may_deploy_do(told_by_platform: bool, principal: str, status: int) -> None:
    """A principal that the platform did not tell could have been said by anybody."""

    async def scene(stage: Stage) -> Any:
        stage.operators.principals_are_told = told_by_platform
        found = [(await deploy(stage, principal=principal))[0]]
        found.append((await told(await stage.operators.unpin(principal)))[0])
        return found

    assert on_stage(scene, deployers=("ann",)) == [status, 200 if status == 201 else 403]


async def retire(stage: Stage, force: Any = None, which: str = "1.0") -> tuple[int, Any]:
    return await told(await stage.operators.retire(which, json.dumps({"force": force}).encode(), ""))


SEEN = {"judged_at": NOW}
RETIRED: dict[str, tuple[LineRow, Any, int, str]] = {
    "a busy line": (row("1.0", State.DRAINING, active=3, **SEEN), None, 409, "Busy"),
    "a line of which nothing is known": (row("1.0", State.DRAINING, active=None, **SEEN), None, 409, "Busy"),
    "a line that was never read": (row("1.0", State.DRAINING, active=0, judged_at=None), None, 409, "Busy"),
    "a line with another number": (row("1.0", State.DRAINING, active=3, **SEEN), 2, 409, "Busy"),
    "an unknown line with a number": (row("1.0", State.DRAINING, active=None, **SEEN), 0, 409, "Busy"),
    "a line that is retired": (row("1.0", State.RETIRED), None, 409, "LineRetired"),
    "the default": (row("3.0", State.ACTIVE, active=0, **SEEN), None, 409, "IsDefault"),
}


@pytest.mark.parametrize("what", RETIRED)
def test_retiring_is_refused_for(what: str) -> None:
    given, force, status, code = RETIRED[what]

    async def scene(stage: Stage) -> Any:
        before = stage.store.rows[given.line]
        found = await retire(stage, force, str(given.line))
        return found[0], found[1]["code"], stage.store.rows[given.line] == before

    assert on_stage(scene, given, row("2.0", State.ACTIVE)) == (status, code, True)


@pytest.mark.parametrize(
    ("given", "force", "forced"),
    [
        (row("1.0", State.DRAINING, active=0, **SEEN), None, False),
        (row("1.0", State.DRAINED, active=None), None, False),
        (row("1.0", State.FAILED), None, False),
        (row("1.0", State.DRAINING, active=3, **SEEN), 3, True),
        (row("1.0", State.DRAINING, active=None, **SEEN), "unknown", True),
    ],
    ids=["nothing runs", "drained", "failed", "the number", "unknown"],
)
def test_a_line_is_retired(given: LineRow, force: Any, forced: bool) -> None:
    async def scene(stage: Stage) -> Any:
        status, _ = await retire(stage, force)
        found = stage.store.rows[ONE]
        return status, found.retire_asked, found.retire_forced, stage.pokes

    assert on_stage(scene, given, row("2.0", State.ACTIVE)) == (202, True, forced, ["poke"])


def test_a_retry_begins_anew_what_failed() -> None:
    async def scene(stage: Stage) -> Any:
        failed = await told(await stage.operators.retry("1.0", ""))
        patch = await told(await stage.operators.retry("2.0", ""))
        unknown = await told(await stage.operators.retry("9.0", ""))
        bad = await told(await stage.operators.retry("../x", ""))
        one, two = stage.store.rows[ONE], stage.store.rows[TWO]
        return failed[1]["state"], patch[1]["state"], unknown[1]["code"], bad[0], (one.attempts, one.error), (two.attempts, two.retry_at)

    rows = row("1.0", State.FAILED, attempts=8, error="x"), row("2.0", State.ACTIVE, attempts=3, retry_at=NOW)
    assert on_stage(scene, *rows) == ("provisioning", "active", "UnknownLine", 400, (0, ""), (0, None))


def test_a_line_is_pinned_and_unpinned() -> None:
    async def scene(stage: Stage) -> Any:
        stage.deployed("1.0.0", "2.0.0")
        pinned = await told(await stage.operators.pin(b'{"line": "1.0"}', ""))
        unknown = await told(await stage.operators.pin(b'{"line": "9.0"}', ""))
        kept = stage.store.pinned
        unpinned = await told(await stage.operators.unpin(""))
        return pinned[1], unknown[1]["code"], kept.default, unpinned[1], stage.store.pinned.default

    rows = row("1.0", State.ACTIVE), row("2.0", State.ACTIVE)
    assert on_stage(scene, *rows) == ({"default": "1.0", "pinned": "1.0"}, "UnknownVersion", ONE, {"default": "2.0", "pinned": None}, None)


def test_whoever_finds_another_row_reads_and_decides_again() -> None:
    async def scene(stage: Stage) -> Any:
        saves: list[str] = []
        save = stage.store.save

        async def once_in_the_way(changed: LineRow) -> LineRow:
            saves.append("save")
            if len(saves) == 1:
                raise Conflict("somebody else")
            return await save(changed)

        stage.store.save = once_in_the_way  # type: ignore[method-assign]
        status, _ = await retire(stage)
        return status, len(saves), stage.store.rows[ONE].retire_asked

    assert on_stage(scene, row("1.0", State.DRAINED), row("2.0", State.ACTIVE)) == (202, 2, True)


def test_a_table_that_does_not_answer_is_said_and_nothing_else_happens() -> None:
    def refuse(_: str) -> None:
        raise ServiceRequestError("no")

    async def scene(stage: Stage) -> Any:
        stage.store._before = refuse
        answers = [await stage.operators.versions(as_page=False), await stage.operators.retry("1.0", ""), await stage.operators.unpin("")]
        return [one.status for one in answers], (await deploy(stage))[0]

    assert on_stage(scene, row("1.0", State.ACTIVE)) == ([503, 503, 503], 503)


def test_all_lines_are_told_newest_first_with_what_is_next() -> None:
    async def scene(stage: Stage) -> Any:
        stage.store.deployed[Version(2, 0, 0)] = VersionRow(Version(2, 0, 0), "https://p", "a" * 64, NOW, "ann")
        return await told(await stage.operators.versions(as_page=False))

    status, found = on_stage(scene, row("1.0", State.DRAINING, verdict="busy: 3 instances run", active=3, **SEEN), row("2.0", State.ACTIVE))
    assert (status, found["default"], found["pinned"], found["maximum_lines"]) == (200, "2.0", None, 20)
    assert [(one["line"], one["state"], one["next"]["why_not_yet"]) for one in found["lines"]] == [
        ("2.0", "active", ""),
        ("1.0", "draining", "3 instances run"),
    ]
    assert found["versions"] == [{"version": "2.0.0", "digest": "a" * 64, "at": NOW.isoformat(), "by": "ann"}]
    assert "key" not in json.dumps(found).lower()


def test_the_page_escapes_everything_and_runs_nothing() -> None:
    evil = "<script>alert('x')</script>&\"'"

    async def scene(stage: Stage) -> Any:
        stage.store.deployed[Version(1, 0, 0)] = VersionRow(Version(1, 0, 0), "https://p", evil, NOW, evil)
        stage.store.pinned = Pins(ONE)
        answer = await stage.operators.versions(as_page=True)
        async with answer:
            text = b"".join([part async for part in answer.chunks()]).decode()
        return answer.status, dict(answer.headers), text

    bad = replace(row("1.0", State.ACTIVE, error=evil, verdict=f"busy: {evil}"), reason=evil).moved(State.ACTIVE, NOW, evil)
    status, headers, text = on_stage(scene, bad)
    assert (status, headers["Content-Security-Policy"]) == (200, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    assert "<script" not in text and "&lt;script&gt;" in text and "alert('x')" not in text
    assert "(pinned)" in text
