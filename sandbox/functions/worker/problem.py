"""Why an app can't be started."""

from __future__ import annotations


class AppProblem(Exception):
    """The host is in error; the message is what its status says. It is the app's own fault: trying again without a change is of no use."""
