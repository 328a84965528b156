"""The one error of this package: no engine, why, and the ways out."""

from __future__ import annotations


class EngineError(Exception):
    """No usable Pulumi CLI could be found or built. The text is meant for a person."""
