"""python -m sandbox.functions.worker SPEC REPORTS: SPEC a file, REPORTS a file descriptor for JSON lines about how the start went.

Standard input carries JSON lines from the host (`{"keys": …}`); when it closes the process ends at once, as if it were killed. SIGTERM
lets what runs end first.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from sandbox.names.host_names import resolve_apps

from ..serving import LoopbackServer
from ..spec import Keys, Spec


def main(spec_file: str, reports: int) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ender(ended))
    spec = Spec.read(Path(spec_file))
    _leave_the_checkout(spec)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("azure").setLevel(logging.WARNING)
    resolve_apps(spec.front_door)
    from .problem import AppProblem
    from .site import SiteApp

    app = SiteApp(spec, dict(os.environ))
    threading.Thread(target=_listen, args=(app,), name="orders of the host", daemon=True).start()
    server = LoopbackServer(app.answer, name="http")
    report: dict[str, Any] = {"state": "Running", "port": server.port}
    try:
        app.start()
        report["functions"] = app.functions
    except Exception as problem:
        logging.exception("The host could not be started")
        report |= {"state": "Error", "errors": [app.problem], "final": isinstance(problem, AppProblem)}
    os.write(reports, f"{json.dumps(report)}\n".encode())
    ended.wait()
    app.stop()
    server.stop()
    _leave(0)


def _leave_the_checkout(spec: Spec) -> None:
    """The app sees its own package and the interpreter's libraries, nothing of the project that the sandbox is part of."""
    here = Path(__file__).resolve().parents[3]
    sys.path[:] = [entry for entry in sys.path if Path(entry or os.curdir).resolve() != here]
    os.chdir(spec.package)


def _listen(app: Any) -> None:
    for line in sys.stdin:
        app.keys = Keys(**json.loads(line)["keys"])
    _leave(0)


def _ender(ended: threading.Event) -> Any:
    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    return end


def _leave(status: int) -> None:
    """Whatever threads the app has made."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
