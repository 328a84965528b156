"""Which stack may use the stand-in, and what each provider resource of a program was configured with."""

from __future__ import annotations

import fnmatch
import threading
from dataclasses import dataclass

from .problem import ProviderError
from .shapes.wire import Properties


@dataclass(frozen=True)
class Configuration:
    subscription: str
    location: str | None = None


class Configurations:
    """One per provider resource. All of them reach the one attached server; each has a connection of its own to tell it by.

    After a reconnect the port is a new one: then the provider that was configured last is taken.
    """

    def __init__(self, default: Configuration) -> None:
        self._latest = default
        self._by_peer: dict[str, Configuration] = {}
        self._lock = threading.Lock()

    def set(self, peer: str, configuration: Configuration) -> None:
        with self._lock:
            self._by_peer[peer] = self._latest = configuration

    def of(self, peer: str) -> Configuration:
        with self._lock:
            return self._by_peer.get(peer, self._latest)


def from_arguments(arguments: Properties, variables: Properties, default_subscription: str) -> Configuration:
    given = {key.rpartition(":")[2]: value for key, value in variables.items()} | arguments
    subscription, location = given.get("subscriptionId"), given.get("location")
    return Configuration(
        subscription if isinstance(subscription, str) and subscription else default_subscription,
        location if isinstance(location, str) else None,
    )


def refusal(urn: str, allowed_stacks: tuple[str, ...]) -> str | None:
    """Why the stack in `urn` may not use the stand-in; None if it may. Its resources in a real cloud would be forgotten or rebuilt."""
    stack = urn.split("::")[0].rpartition(":")[2]
    if any(fnmatch.fnmatchcase(stack, pattern) for pattern in allowed_stacks):
        return None
    return (
        f"this provider is the embedded Azure, which writes to no cloud: the stack '{stack}' may not use it, "
        f"only {' and '.join(allowed_stacks)}. "
        f"To deploy '{stack}' to a real Azure unset PULUMI_DEBUG_PROVIDERS and run pulumi outside of the sandbox; "
        "to try the program here select the stack 'local'."
    )


def require_allowed(urn: str, allowed_stacks: tuple[str, ...]) -> None:
    if reason := refusal(urn, allowed_stacks):
        raise ProviderError(reason)
