"""Runs one Pulumi program. Started by the language host with `python -u -c`, never by a person.

The host hands over the engine's addresses as arguments and the stack's configuration in PULUMI_CONFIG and
PULUMI_CONFIG_SECRET_KEYS. Exit code 0: the program is through. 32: it failed and the user has been told why, through the
engine's log. Anything else: the program chose it, or Python died; the host says so.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import os
import runpy
import sys
import sysconfig
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

HANDLED = 32
INTERRUPTED = 130
MAX_THREADS = 1024  # `--parallel` may be as large as a 32-bit integer


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("--engine", "--monitor", "--project", "--stack", "--organization", "--root-directory"):
        parser.add_argument(name)
    parser.add_argument("--parallel", type=int)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    try:
        importlib.import_module("pulumi")
    except ImportError as error:
        install = f"{sys.executable} -m pip install -r requirements.txt"
        print(f"The Pulumi SDK can't be imported by {sys.executable}: {error}\nInstall it with: {install}", file=sys.stderr)
        return 1
    configure(arguments)
    # The first entry stands for `-c`: the working folder. A program is to see its own folder there, put by runpy.
    sys.path.pop(0)
    sys.argv = [arguments.program, *arguments.arguments]
    # A failed program leaves tasks behind that nobody awaits. That is harmless, and asyncio's reports on them would
    # bury the one message that matters.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    return run(arguments.program, arguments.parallel)


def configure(arguments: argparse.Namespace) -> None:
    """Connects the SDK of this process to the engine."""
    from pulumi import runtime

    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            project=arguments.project,
            stack=arguments.stack,
            monitor=arguments.monitor,
            engine=arguments.engine,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run,
            organization=arguments.organization,
            root_directory=arguments.root_directory,
        )
    )


def run(program: str, parallel: int) -> int:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=min(MAX_THREADS, 4 * max(parallel, 1)))
    loop.set_default_executor(executor)
    try:
        return guarded(program, lambda: loop.run_until_complete(in_stack(program)))
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()


async def in_stack(program: str) -> None:
    """Runs the program as the stack's content and waits for everything it registered."""
    from pulumi import RunError, runtime

    if os.path.isdir(program) and not os.path.isfile(os.path.join(program, "__main__.py")):
        raise RunError(f"{program} has no __main__.py: that is where a Pulumi program in Python starts")

    def start() -> None:
        runpy.run_path(program, run_name="__main__")

    await runtime.run_in_stack(start)


def guarded(program: str, work: Callable[[], object]) -> int:
    """Does the work and turns its end into an exit code, telling the user what went wrong."""
    import grpc
    from pulumi import RunError

    try:
        work()
    except RunError as error:
        return tell(str(error))
    except grpc.RpcError as error:
        if getattr(error, "code", lambda: None)() == grpc.StatusCode.UNAVAILABLE:
            return HANDLED  # the engine is gone or going, and has said why
        return tell(unhandled(program, error))
    except Exception as error:
        return tell(unhandled(program, error))
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def tell(message: str) -> int:
    import grpc
    from pulumi import log

    try:
        log.error(message)
    except grpc.RpcError:
        print(message, file=sys.stderr)  # the engine no longer listens
    return HANDLED


def unhandled(program: str, error: Exception) -> str:
    lines = traceback.format_exception(type(error), error, users_part(program, error))
    return "the program failed with an unhandled exception:\n" + "".join(lines)


def users_part(program: str, error: Exception) -> TracebackType | None:
    """The traceback from the user's own code on; without this file's own frames where the user's code took no part.

    None, so that only the message is left, for a syntax error in the program's main file.
    """
    folder = os.path.realpath(program if os.path.isdir(program) else os.path.dirname(program))
    libraries = [path for path in map(os.path.realpath, sysconfig.get_paths().values()) if within(path, folder)]

    def is_users(step: TracebackType) -> bool:
        filename = step.tb_frame.f_code.co_filename
        path = os.path.realpath(filename)
        # Not absolute: "<string>", "<frozen runpy>" and the like, which are no files.
        return os.path.isabs(filename) and within(path, folder) and not any(within(path, library) for library in libraries)

    def is_ours(step: TracebackType) -> bool:
        return step.tb_frame.f_code.co_filename == users_part.__code__.co_filename

    steps = []
    step = error.__traceback__
    while step is not None:
        steps.append(step)
        step = step.tb_next
    users = [step for step in steps if is_users(step)]
    if isinstance(error, SyntaxError) or users:
        return next(iter(users), None)
    return next((step for step in steps if not is_ours(step)), None)


def within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


if __name__ == "__main__":
    sys.exit(main())
