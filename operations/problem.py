"""How an operation ends when it can't do what was asked, and with which exit code."""

from __future__ import annotations

from collections.abc import Sequence

DONE = 0
UNEXPECTED = 1
USAGE = 2
UNKNOWN = 4


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
