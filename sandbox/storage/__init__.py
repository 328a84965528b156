"""Storage of the embedded Azure: Azurite with accounts made at run time, behind a proxy that knows roles; or plain memory."""

from .memory import MemoryStorage
from .service import SERVICES, NoSuchParent, StorageService

__all__ = ["SERVICES", "MemoryStorage", "NoSuchParent", "StorageService"]
