"""`python -m tools.engine`: prints the folder whose bin/ holds a usable Pulumi CLI, building it first if need be.

Standard output carries that one line and nothing else, so that a Makefile or a script can use it; progress and errors go
to standard error. Exit code 1: there is no engine, and the error says what to do.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

from .errors import EngineError
from .locate import ensure_engine


def main() -> int:
    signal.signal(signal.SIGTERM, _stop)
    try:
        print(ensure_engine())
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    """Takes the way out of Ctrl-C, so that a build under way is ended and cleared away."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
