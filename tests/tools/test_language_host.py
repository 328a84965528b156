"""Our Python language host under the real engine, through the plain command line."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from .project import Project, WaitingProgram, Watch

EXPORTS = """
import os, sys
import pulumi
config = pulumi.Config()
pulumi.export("prefix", sys.prefix)
pulumi.export("folder", os.getcwd())
pulumi.export("argv", sys.argv)
pulumi.export("active", os.environ.get("VIRTUAL_ENV"))
pulumi.export("plain", config.get("plain"))
pulumi.export("secret", config.get_secret("secret"))
pulumi.export("where", [pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack(), pulumi.runtime.is_dry_run()])
"""


def failure(tmp_path: Path, engine: Path, program: str) -> str:
    done = Project.create(tmp_path, engine, program).run("preview")
    assert done.code != 0
    return done.output[done.output.index("Diagnostics:") :]


def test_a_program_sees_its_project_and_config_and_its_exports_appear(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, EXPORTS)
    project.run("config", "set", "plain", "shown")
    project.run("config", "set", "--secret", "secret", "hidden")

    done = project.run("up", "--yes")

    assert (done.code, "+ 1 created" in done.output, "hidden" in done.output) == (0, True, False)
    assert project.outputs("--show-secrets") == {
        "prefix": str(project.folder / "venv"),
        "folder": str(project.folder),
        "argv": [str(project.folder)],
        "active": str(project.folder / "venv"),
        "plain": "shown",
        "secret": "hidden",
        "where": ["organization", "tiny", "test-tiny", False],
    }
    assert project.outputs()["secret"] == "[secret]"


def test_refresh_preview_and_destroy_work_too(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, EXPORTS)

    codes = [
        project.run("up", "--yes").code,
        project.run("refresh", "--yes").code,
        project.run("preview", "--refresh", "--expect-no-changes").code,
        project.run("destroy", "--yes").code,
        project.run("stack", "rm", "--yes").code,
    ]

    assert codes == [0, 0, 0, 0, 0]


def test_without_the_option_the_active_environment_is_used(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, EXPORTS, options="{toolchain: pip}")
    active = tmp_path / "active"
    active.symlink_to(sys.prefix)

    assert project.run("up", "--yes", VIRTUAL_ENV=str(active)).code == 0
    assert project.outputs()["prefix"] == str(active)


def test_without_any_environment_python_on_path_is_used(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, EXPORTS, options="{toolchain: pip}")
    found = f"{engine}{os.pathsep}{project.folder / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"

    assert project.run("up", "--yes", PATH=found).code == 0
    assert (project.outputs()["prefix"], project.outputs().get("active")) == (str(project.folder / "venv"), None)


def test_a_missing_environment_is_an_error_that_says_how_to_make_it(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, EXPORTS, options="{virtualenv: .missing}")
    missing = project.folder / ".missing"

    done = project.run("preview")

    assert done.code != 0
    assert f"the virtual environment {missing}, named by the runtime option `virtualenv`, does not exist" in done.output
    assert f"python3 -m venv {missing}" in done.output
    assert f"{missing}/bin/python -m pip install -r {project.folder}/requirements.txt" in done.output


@pytest.mark.parametrize("option", ["toolchain: uv", "typechecker: mypy"])
def test_an_option_that_would_be_ignored_is_refused(tmp_path: Path, engine: Path, option: str) -> None:
    project = Project.create(tmp_path, engine, EXPORTS, options=f"{{{option}}}")

    done = project.run("preview")

    assert done.code != 0
    assert f"runtime option `{option}`" in done.output


def test_an_error_of_the_program_is_shown_with_the_users_frames_only(tmp_path: Path, engine: Path) -> None:
    shown = failure(tmp_path, engine, "def inner():\n    raise ValueError('no such colour')\ninner()\n")

    assert "ValueError: no such colour" in shown
    assert shown.count('File "') == shown.count(f'File "{tmp_path}/project/__main__.py"') == 2
    assert "unhandled error occurred" not in shown  # the engine adds nothing of its own


def test_an_error_inside_an_apply_is_shown_with_the_users_frames_only(tmp_path: Path, engine: Path) -> None:
    shown = failure(tmp_path, engine, "import pulumi\npulumi.Output.from_input(0).apply(lambda zero: 1 / zero)\n")

    assert "ZeroDivisionError: division by zero" in shown
    assert shown.count('File "') == shown.count(f'File "{tmp_path}/project/__main__.py"') == 1


def test_a_syntax_error_is_shown_with_its_line_and_no_traceback(tmp_path: Path, engine: Path) -> None:
    shown = failure(tmp_path, engine, "def broken(:\n")

    assert f'File "{tmp_path}/project/__main__.py", line 1' in shown
    assert "SyntaxError" in shown
    assert "Traceback" not in shown


def test_a_run_error_is_shown_as_its_message_alone(tmp_path: Path, engine: Path) -> None:
    shown = failure(tmp_path, engine, "import pulumi\nraise pulumi.RunError('set the colour')\n")

    assert "error: set the colour" in shown
    assert "Traceback" not in shown
    assert "unhandled error" not in shown


def test_a_program_that_exits_by_itself_is_told_with_its_code_and_its_words(tmp_path: Path, engine: Path) -> None:
    shown = failure(tmp_path, engine, "import sys\nprint('last words', file=sys.stderr)\nsys.exit(3)\n")

    assert "last words" in shown
    assert "the Python program ended with exit code 3" in shown


def test_a_project_without_a_program_is_told_so(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, "")
    (project.folder / "__main__.py").unlink()

    done = project.run("preview")

    assert done.code != 0
    assert f"{project.folder} has no __main__.py" in done.output


def test_a_killed_cli_leaves_no_python_behind(tmp_path: Path, engine: Path) -> None:
    waiting = WaitingProgram(tmp_path)
    cli = Project.create(tmp_path, engine, waiting.source).start("preview")
    watches = [Watch(process) for process in waiting.processes()]

    cli.kill()
    cli.communicate()

    assert [watch.ended() for watch in watches] == [True, True]


def test_a_killed_language_host_takes_the_program_with_it_and_the_cli_says_so(tmp_path: Path, engine: Path) -> None:
    waiting = WaitingProgram(tmp_path)
    cli = Project.create(tmp_path, engine, waiting.source).start("preview")
    program, host = waiting.processes()
    watch = Watch(program)

    cli.send_signal(signal.SIGSTOP)  # or it would end the program itself, as it does when a host dies
    os.kill(host, signal.SIGKILL)
    ended = watch.ended()
    cli.send_signal(signal.SIGCONT)
    output, _ = cli.communicate()

    assert ended
    assert (cli.returncode != 0, "error reading from server" in output) == (True, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_cli_ends_its_program_and_leaves_no_lock(tmp_path: Path, engine: Path, number: signal.Signals) -> None:
    waiting = WaitingProgram(tmp_path)
    project = Project.create(tmp_path, engine, waiting.source)
    cli = project.start("up", "--yes", "--skip-preview")
    watches = [Watch(process) for process in waiting.processes()]

    cli.send_signal(number)
    output, _ = cli.communicate()

    assert [watch.ended() for watch in watches] == [True, True]
    assert (cli.returncode, project.locks(), "Traceback" in output) == (1, [], False)


def test_about_names_the_python_that_would_run_the_program(tmp_path: Path, engine: Path) -> None:
    project = Project.create(tmp_path, engine, EXPORTS)

    about = json.loads(project.run("about", "--json").output)

    assert about["runtime"]["executable"] == str(project.folder / "venv" / "bin" / "python")
    assert about["runtime"]["version"] == ".".join(map(str, sys.version_info[:3]))
