"""How an operation ends when it can't do what was asked, and with which exit code."""

from __future__ import annotations

from collections.abc import Sequence

DONE = 0
UNEXPECTED = 1
USAGE = 2
BUSY = 3
UNKNOWN = 4
ROLLED_BACK = 5


class OperationProblem(Exception):
    """One or more sentences, each with the place, the rule and the way out. Nothing was changed, unless a sentence says what."""

    def __init__(self, problems: str | Sequence[str], code: int = USAGE) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        self.code = code
        super().__init__("\n".join(self.problems))


class Unknown(OperationProblem):
    """What has to be known first could not be established. Nothing was changed."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, UNKNOWN)


class Busy(OperationProblem):
    """Something is still at work that may not be disturbed. Nothing was changed."""

    def __init__(self, problem: str | Sequence[str]) -> None:
        super().__init__(problem, BUSY)
