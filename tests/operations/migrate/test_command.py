"""The command line of the migration, on a copy of the example app."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from operations.cli import app as cli
from operations.commands import migrate as command
from operations.migrate.alone import alone
from operations.problem import BUSY, UNKNOWN, OperationProblem
from operations.versions.answering import Answers
from operations.versions.counting import Active

ORDERS = Path(__file__).parents[3] / "examples" / "orders"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ORDERS, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__")))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run(*words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(cli, ["migrate", *words])
    if isinstance(done.exception, OperationProblem):
        raise done.exception
    assert done.exit_code == code, done.output
    return done


def test_a_dry_run_shows_every_changed_line_and_writes_nothing(folder: Path) -> None:
    before = contents(folder)
    said = run("freeze", "v1", str(folder), "--dry-run", "--diff").stdout
    assert "v1: 4 functions would be frozen" in said and "+from versions.v1 import blueprint as versions_v1" in said
    assert '+@app.function_name("ReserveItem_v1")' in said
    assert contents(folder) == before


def test_freezing_adds_a_version_and_its_lock_and_doing_it_twice_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    said = run("freeze", "v1", str(folder)).stdout
    assert "v1: 4 functions frozen, 10 files written." in said
    assert "Left out on purpose: StartOrder (client), TakeOrder (client)." in said
    after = contents(folder)
    assert {path for path in before if before[path] != after[path]} == {"function_app.py"}
    lock = json.loads(after["versions.lock.json"])
    assert sorted(lock["versions"]["v1"]["functions"]) == ["ChargeOrder_v1", "ProcessOrder_v1", "ReleaseItem_v1", "ReserveItem_v1"]
    assert run("freeze", "v1", str(folder)).stdout == "v1 is frozen already, and is as it was.\n"
    assert contents(folder) == after


def test_check_finds_the_client_that_starts_the_working_copy_and_an_edited_version(folder: Path) -> None:
    run("check", str(folder))
    run("freeze", "v1", str(folder))
    (found,) = json.loads(run("check", str(folder), "--json", code=2).stdout)["findings"]
    assert (found["rule"], found["place"].partition(":")[0]) == ("starts-working-copy", "ordering/process.py")
    frozen = folder / "versions" / "v1" / "ordering" / "work.py"
    frozen.write_text(frozen.read_text() + "\n")
    rows = [line.split()[:2] for line in run("check", str(folder), code=2).stdout.splitlines()]
    assert rows == [
        ["wrong", "rule"],
        [found["place"], "starts-working-copy"],
        ["versions/v1/ordering/work.py", "frozen-changed"],
    ]


def test_a_rule_that_is_accepted_does_not_count_and_an_unknown_one_is_refused(folder: Path) -> None:
    run("freeze", "v1", str(folder))
    said = run("check", str(folder), "--accept", "starts-working-copy").stdout
    assert said.startswith("to know") and said.endswith("Nothing is wrong.\n")
    with pytest.raises(OperationProblem, match=r"--accept no-such: is no rule\. There are: by-hand, clash, "):
        run("check", str(folder), "--accept", "no-such")


def test_a_dry_run_says_the_same_in_json(folder: Path) -> None:
    said = json.loads(run("freeze", "v1", str(folder), "--dry-run", "--json").stdout)
    assert (said["version"], said["dry_run"], said["unresolved"], said["by_hand"]) == ("v1", True, [], [])
    assert said["frozen"] == ["ChargeOrder_v1", "ProcessOrder_v1", "ReleaseItem_v1", "ReserveItem_v1"]
    assert said["left_out"] == {"StartOrder": "client", "TakeOrder": "client"}
    assert {"function_app.py", "versions.lock.json", "versions/v1/__init__.py"} < set(said["files"])


def test_what_was_killed_half_way_is_undone_first_and_that_is_said(folder: Path) -> None:
    before = contents(folder)
    room = folder / ".durable-migrate"
    room.mkdir()
    (room / "old-0").write_bytes(before["function_app.py"])
    (room / "journal.json").write_text(json.dumps([{"path": "function_app.py", "old": "old-0", "new": "new-0", "made": []}]))
    (folder / "function_app.py").write_text("half of it")
    assert "an earlier change was stopped half way. It was undone." in run("check", str(folder)).stderr
    assert contents(folder) == before


def test_two_at_a_time_are_refused(folder: Path) -> None:
    with alone(folder), pytest.raises(OperationProblem, match="another `migrate` command is at work there") as caught:
        run("freeze", "v1", str(folder))
    assert caught.value.code == BUSY
    run("freeze", "v1", str(folder))


def test_what_can_not_be_frozen_is_told_and_nothing_is_written(folder: Path) -> None:
    (folder / "ordering" / "work.py").write_text("def reserve_item(:\n")
    before = contents(folder)
    with pytest.raises(OperationProblem, match=r"ordering/work\.py:1"):
        run("freeze", "v1", str(folder))
    assert contents(folder) == before


class Stack:
    """A deployed stack, as far as pruning asks."""

    def __init__(self, patch: pytest.MonkeyPatch, *, by_name: bool = True) -> None:
        self.active: list[Active] = []
        self.started = frozenset({"v3"})
        self.unknown: tuple[str, ...] = ()
        self.asked = 0
        versioning = SimpleNamespace(by_name=by_name)
        patch.setattr(command, "open_session", lambda *_: SimpleNamespace(deployment=SimpleNamespace(versioning=versioning)))
        patch.setattr(command, "answer_of", self._answer)

    async def _answer(self, session: object) -> Answers:
        self.asked += 1
        return Answers(tuple(self.active), self.started, (), self.unknown)


@pytest.fixture
def three(folder: Path) -> Path:
    for version in ("v1", "v2", "v3"):
        run("freeze", version, str(folder))
    return folder


def test_pruning_takes_out_what_nobody_needs_and_asks_once(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack, before = Stack(monkeypatch), contents(three)
    stack.active = [Active("production", "ProcessOrder_v2", None, 2, None), Active("staging", "ProcessOrder_v2", None, 1, None)]
    said = run("prune", str(three), "--stack", "prod", "--diff").stdout
    assert '-@app.function_name("ReserveItem_v1")' in said
    assert said.endswith(
        "v2 stays: 3 instances of it are active.\nv3 stays: clients start it.\nv1 can go: nothing of it runs, and no client starts it.\n"
        "Nothing was changed: --yes does it.\n"
    )
    assert (contents(three), stack.asked) == (before, 1)
    said = run("prune", str(three), "--stack", "prod", "--yes").stdout
    assert "v1 was removed." in said
    after = contents(three)
    assert [path for path in after if path.startswith("versions/v1/")] == []
    assert list(json.loads(after["versions.lock.json"])["versions"]) == ["v2", "v3"]
    assert {path: text for path, text in after.items() if path.startswith("versions/v2/")} == {
        path: text for path, text in before.items() if path.startswith("versions/v2/")
    }
    run("check", str(three), "--accept", "starts-working-copy")


def test_a_hub_that_can_not_be_read_keeps_everything(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack, before = Stack(monkeypatch), contents(three)
    stack.unknown = ("Task hub 'blue' of slot 'staging' can't be counted: no answer.",)
    with pytest.raises(OperationProblem) as caught:
        run("prune", str(three), "--stack", "prod", "--yes")
    assert (caught.value.code, caught.value.problems) == (
        UNKNOWN,
        (*stack.unknown, "What still runs is not known, so nothing was removed."),
    )
    assert contents(three) == before


def test_a_stack_of_another_strategy_is_refused(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Stack(monkeypatch, by_name=False)
    with pytest.raises(OperationProblem, match="'prod' is no stack of name-based versioning"):
        run("prune", str(three), "--stack", "prod")


def test_with_nothing_to_remove_no_hub_is_asked(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(monkeypatch)
    assert run("prune", str(three), "--stack", "prod", "--keep", "3").stdout.splitlines()[-1] == "There is nothing to remove."
    assert stack.asked == 0


def test_help_teaches_each_command_by_examples() -> None:
    for words, taught in (
        ((), "python -m operations migrate prune src/app --stack prod"),
        (("freeze",), "migrate freeze v2 src/app --only Orders --only Charge"),
        (("check",), "migrate check src/app --accept dynamic --json"),
        (("prune",), "migrate prune src/app --stack prod --keep 3 --yes"),
    ):
        assert taught in run(*words, "--help").stdout


def test_a_folder_without_an_app_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.py").write_text("x = 1\n")
    with pytest.raises(OperationProblem, match="no Durable Functions app was recognised there"):
        run("check", str(tmp_path))
