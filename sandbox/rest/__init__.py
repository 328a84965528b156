"""ARM REST over HTTPS on loopback: the same control plane that the provider writes to, for real Azure clients."""

from .server import ArmServer

__all__ = ["ArmServer"]
