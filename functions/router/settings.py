"""What the router's own app settings say. Everything else is in the blueprint, to which one of them points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self
from urllib.parse import urlsplit

from .arm.client import PUBLIC

CONNECTION = "RouterStore"
"""Connection of the queue trigger, by identity: the component sets `RouterStore__queueServiceUri` and so on."""
WORK_QUEUE = "router-work"
"""The component makes it. A message in it has the monitor look at once."""


class BadSettings(Exception):
    """Every problem on a line of its own: name, what is wrong, what belongs there."""


@dataclass(frozen=True)
class Settings:
    blueprint_url: str
    """ROUTER_BLUEPRINT_URL: the blob with the blueprint. Its name has the blueprint's hash, so that another one is another setting."""
    client_id: str | None
    """ROUTER_IDENTITY_CLIENT_ID: of the router's identity. Left out: the identity that the app itself has."""
    arm_endpoint: str
    """ROUTER_ARM_ENDPOINT. Left out: the public cloud's."""
    principals_are_told: bool
    """WEBSITE_AUTH_ENABLED, set by the platform: App Service authentication is on, so that it says who calls."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Raises BadSettings."""
        problems = []
        url = environment.get("ROUTER_BLUEPRINT_URL", "")
        if not _is_https(url):
            problems.append(f"ROUTER_BLUEPRINT_URL: {'is missing' if not url else 'is no https URL'}; the component sets it")
        endpoint = environment.get("ROUTER_ARM_ENDPOINT") or PUBLIC
        if not _is_https(endpoint):
            problems.append("ROUTER_ARM_ENDPOINT: is no https URL; leave it out for the public cloud")
        if problems:
            raise BadSettings("\n".join(problems))
        told = environment.get("WEBSITE_AUTH_ENABLED", "").lower() in ("true", "1")
        return cls(url, environment.get("ROUTER_IDENTITY_CLIENT_ID") or None, endpoint.rstrip("/"), told)


def auth_level(environment: Mapping[str, str]) -> Literal["FUNCTION", "ANONYMOUS"]:
    """ROUTER_AUTH_LEVEL, of requests for apps: `function` (left out) wants a key of the router, `anonymous` none, because somebody in front of it
    lets in only whom he knows. What operators ask always wants a key. Raises BadSettings."""
    level = environment.get("ROUTER_AUTH_LEVEL", "function").lower()
    if level not in ("function", "anonymous"):
        raise BadSettings(f"ROUTER_AUTH_LEVEL: {level!r} is neither function nor anonymous")
    return "ANONYMOUS" if level == "anonymous" else "FUNCTION"


def _is_https(url: str) -> bool:
    try:
        at = urlsplit(url)
    except ValueError:
        return False
    return at.scheme == "https" and bool(at.hostname) and at.username is None


__all__ = ["CONNECTION", "WORK_QUEUE", "BadSettings", "Settings", "auth_level"]
