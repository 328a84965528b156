"""The stand-in for the azure-native provider: a gRPC `ResourceProvider` that writes to the embedded Azure instead of a cloud."""

from .server import ProviderServer

__all__ = ["ProviderServer"]
