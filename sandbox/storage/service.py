"""What the embedded Azure needs of a storage emulator: accounts made at run time, and the few things that ARM itself puts into them.

All methods answer when the work is done and may be called from any thread. Creating what exists and deleting what does not exist
changes nothing. Creating something inside an account or a container that does not exist raises `NoSuchParent`.
"""

from __future__ import annotations

from typing import Protocol

SERVICES = ("blob", "queue", "table")


class NoSuchParent(LookupError):
    """The account or the container that was named does not exist."""


class StorageService(Protocol):
    def endpoints(self, account: str) -> dict[str, str]:
        """`primaryEndpoints` for ARM: `{"blob": "https://127.0.0.1:PORT/<account>/", "queue": …, "table": …}`, the same in every run."""
        ...

    def add_account(self, name: str, key1: str, key2: str) -> None:
        """Makes the account answer at once. Keys are base64 of 64 bytes; adding an account again replaces its keys."""
        ...

    def remove_account(self, name: str) -> None:
        """Ends the account, with all its data: an account made again under that name is empty."""
        ...

    def create_container(self, account: str, container: str) -> None: ...

    def delete_container(self, account: str, container: str) -> None: ...

    def put_blob(
        self,
        account: str,
        container: str,
        name: str,
        content: bytes,
        *,
        content_type: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        """Writes a block blob, over what stood there. `name` is not URL-encoded."""
        ...

    def get_blob(self, account: str, container: str, name: str) -> bytes | None:
        """The content; None if there is no such blob, container or account."""
        ...

    def delete_blob(self, account: str, container: str, name: str) -> None: ...

    def create_table(self, account: str, table: str) -> None: ...

    def delete_table(self, account: str, table: str) -> None: ...

    def has_table(self, account: str, table: str) -> bool: ...

    def create_queue(self, account: str, queue: str) -> None: ...

    def delete_queue(self, account: str, queue: str) -> None: ...

    def has_queue(self, account: str, queue: str) -> bool: ...
