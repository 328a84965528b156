"""What a request to Azure Resource Manager, or a step on an app, can end in. Messages go into rows and onto pages: they carry no secrets."""

from __future__ import annotations

import re

LONGEST = 600
"""Characters of a stored message."""

_QUERY = re.compile(r"(https?://[^\s?'\"<>]+)\?[^\s'\"<>]*", re.IGNORECASE)
"""The query of a package's URL is a signature, that of an app's URL may be its key."""
_NAMED = re.compile(r"\b(sig|code|AccountKey|SharedAccessSignature|x-functions-key|Bearer)(\s*[=:]\s*|\s+)[^\s&;,'\"<>]+", re.IGNORECASE)


class ArmProblem(Exception):
    """Azure refused, or did not answer. `status` None: no answer came, and it is not known whether it was done."""

    def __init__(self, status: int | None, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, without_secrets(message)
        heading = "no answer" if status is None else str(status)
        super().__init__(": ".join(part for part in (heading, code, self.message) if part))


class Throttled(ArmProblem):
    """Azure asks to come again later, and nothing was done. No failure of the step: it is due again after `seconds`."""

    def __init__(self, status: int, seconds: float, message: str = "") -> None:
        super().__init__(status, "Throttled", message or f"Azure asks to wait for {seconds:.0f} s")
        self.seconds = seconds


class StillRunning(ArmProblem):
    """What was begun goes on in Azure, longer than a pass waits for it. No failure either: the next pass finds it."""

    def __init__(self, message: str) -> None:
        super().__init__(202, "StillRunning", message)


class OperationFailed(ArmProblem):
    """Azure accepted it, and it failed afterwards."""


class NotOurs(ArmProblem):
    """A resource with a name of ours that does not carry our owner's mark. It is never touched."""

    def __init__(self, what: str, way_out: str = "") -> None:
        out = way_out or "Remove or rename it, or deploy the router with another prefix; then retry the line."
        super().__init__(409, "NotOurs", f"{what} is not the router's: it lacks the owner's tag. {out}")


class Missing(ArmProblem):
    """The app is not there, and has to be made first."""

    def __init__(self, name: str) -> None:
        super().__init__(404, "Missing", f"the app '{name}' does not exist")


class Silent(ArmProblem):
    """Azure says that all is done, and the app does not answer."""

    def __init__(self, message: str) -> None:
        super().__init__(503, "Silent", message)


def without_secrets(text: str) -> str:
    """On one line, cut, without queries of URLs and without what stands behind a key's name."""
    line = " ".join(text.split())
    return _NAMED.sub(r"\1\2…", _QUERY.sub(r"\1?…", line))[:LONGEST]


def told(error: BaseException) -> str:
    """Any failure as a sentence for a line's row."""
    text = str(error).strip().partition("\n")[0].rstrip(" .")
    return without_secrets(text if isinstance(error, ArmProblem) else f"{type(error).__name__}: {text}".rstrip(": "))


__all__ = ["ArmProblem", "Missing", "NotOurs", "OperationFailed", "Silent", "StillRunning", "Throttled", "told", "without_secrets"]
