"""python -m sandbox: the embedded Azure around one command."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from .directory import SandboxDirectory
from .problem import SandboxProblem

_USAGE = "python -m sandbox [--directory DIR] [--functions] -- COMMAND…\n       python -m sandbox reset [--directory DIR]"
_HELP = """\
Starts an embedded Azure, runs COMMAND in it, stops it, and ends with COMMAND's exit code.

  python -m sandbox -- pulumi up --stack local     deploy; no cloud account is needed, and none of yours is visible
  python -m sandbox -- env                         see the variables that lead pulumi and the Azure SDKs here
  python -m sandbox -- bash                        stay inside for several commands
  python -m sandbox --functions -- bash            run the apps' code too; curl -k $DURABLE_DEPLOY_FRONT_DOOR lists where it answers
  python -m sandbox reset                          forget everything and begin anew

Inside, pulumi keeps its state in the sandbox and finds a stand-in for the azure-native provider. Storage accounts that a program
declares are real ones (Azurite) with keys and role assignments enforced. Azure SDKs find a token endpoint and, in
DURABLE_DEPLOY_ARM_ENDPOINT, Azure Resource Manager. sandbox/environment.py explains every variable.

Everything lies in one directory and survives between commands, as it does in a cloud: `up` in one, `preview` in the next. One
sandbox at a time uses a directory; sandboxes in different directories don't disturb each other.

SIGINT and SIGTERM go to COMMAND. When COMMAND has ended, so does every process that it or the sandbox started.
"""
_EPILOG = """\
exit code: COMMAND's; 128 + N if signal N ended it; 127 if there is no such command; 2 if the sandbox can't start.
"""

_TWO_DASHES = "The command stands after two dashes: python -m sandbox -- pulumi up --stack local"


def main(arguments: Sequence[str]) -> int:
    own, command = _split(arguments)
    parser = _parser()
    options, strange = parser.parse_known_args(own)
    if strange or options.action not in (None, "reset"):
        parser.error(f"{' '.join(own)!r} is not understood. {_TWO_DASHES}")
    if options.action == "reset" and command:
        parser.error("reset takes no command")
    if options.action is None and not command:
        parser.error(f"there is no command to run. {_TWO_DASHES}")
    try:
        return _reset(options.directory) if options.action == "reset" else _run(options, command)
    except SandboxProblem as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return 2


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """What stands before the first `--` is ours; what follows belongs to the command, to the letter."""
    if "--" not in arguments:
        return list(arguments), []
    at = arguments.index("--")
    return list(arguments[:at]), list(arguments[at + 1 :])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        usage=_USAGE,
        description=_HELP,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("action", nargs="?", metavar="reset", help="remove the directory: the resources, the data, pulumi's state of them")
    parser.add_argument(
        "--directory", type=Path, default=Path(".sandbox"), metavar="DIR", help="where everything lies (default: .sandbox, here)"
    )
    parser.add_argument("--functions", action="store_true", help="run the code of the function apps that are deployed here")
    parser.add_argument(
        "--timer-speed", type=float, default=1.0, metavar="N", help="with --functions: durable timers run N times faster (default: 1)"
    )
    return parser


def _run(options: argparse.Namespace, command: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    # Imported late: --help and reset do without gRPC and the storage clients.
    from . import command as foreground
    from .world import Sandbox

    with Sandbox(options.directory, functions=options.functions, timer_speed=options.timer_speed, progress=_say) as sandbox:
        _say(f"running {command[0]}; state in {options.directory}")
        status = foreground.run(command, sandbox.environment(), ended=sandbox.stop_functions)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # the command has ended; what is left takes a moment and must not be cut short
    return status


def _reset(directory: Path) -> int:
    removed = SandboxDirectory(directory).reset()
    _say(f"removed {directory}" if removed else f"there is no {directory}: nothing to reset")
    return 0


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """A signal while the sandbox starts: unwinds, so that what has been started is stopped."""
    raise SystemExit(128 + number)


def _say(line: str) -> None:
    print(f"sandbox: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
