"""The answer: the `HasRunning` of Microsoft's zero-downtime page, and why.

`HasRunning` is false only if it is certain that nothing runs. Whoever looks at nothing else is never told that by a mistake.
"""

from __future__ import annotations

from typing import Any

from taskhub import Finding, Reason, Verdict

COUNTS = ("active", "queued", "by_orchestrator", "entities_total", "excluded", "excluded_instances")


def answer(finding: Finding) -> dict[str, Any]:
    found = finding.as_json()
    return {
        "HasRunning": finding.verdict is not Verdict.DRAINED,
        "verdict": found["verdict"],
        "reason": found["reason"],
        "sentence": found["sentence"],
        "oldest": found["oldest"],
        "counts": {name: found[name] for name in COUNTS},
    }


def unknown(sentence: str, reason: str = Reason.UNREADABLE.value) -> dict[str, Any]:
    """The same shape, where nothing could be found out."""
    verdict = Verdict.UNKNOWN.value
    return {"HasRunning": True, "verdict": verdict, "reason": reason, "sentence": sentence, "oldest": None, "counts": None}


__all__ = ["COUNTS", "answer", "unknown"]
