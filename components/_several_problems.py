"""An error of the pure readers that carries everything that is wrong, so that one run shows all of it."""

from __future__ import annotations

from collections.abc import Iterable


class SeveralProblems(ValueError):
    """One or more sentences, each with the place, the value, the rule and the way out."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems[0] if len(self.problems) == 1 else "\n".join(f"- {problem}" for problem in self.problems))


__all__ = ["SeveralProblems"]
