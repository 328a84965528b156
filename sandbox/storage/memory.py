"""A storage service without an emulator: nothing listens at its endpoints. For tests and benchmarks that never reach the data."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from .service import SERVICES, NoSuchParent


@dataclass
class _Account:
    keys: tuple[str, str]
    containers: dict[str, dict[str, bytes]] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    """Lower-cased: table names are compared without regard to case."""
    queues: set[str] = field(default_factory=set)


class MemoryStorage:
    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.RLock()

    def endpoints(self, account: str) -> dict[str, str]:
        """Ports that nothing serves, so that a client which does reach for the data fails at once."""
        return {service: f"https://127.0.0.1:{number}/{account}/" for number, service in enumerate(SERVICES, start=1)}

    def add_account(self, name: str, key1: str, key2: str) -> None:
        with self._lock:
            self._accounts.setdefault(name, _Account((key1, key2))).keys = (key1, key2)

    def remove_account(self, name: str) -> None:
        with self._lock:
            self._accounts.pop(name, None)

    def create_container(self, account: str, container: str) -> None:
        with self._lock:
            self._account(account).containers.setdefault(container, {})

    def delete_container(self, account: str, container: str) -> None:
        with self._lock:
            if found := self._accounts.get(account):
                found.containers.pop(container, None)

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
        with self._lock:
            self._container(account, container)[name] = content

    def get_blob(self, account: str, container: str, name: str) -> bytes | None:
        with self._lock:
            found = self._accounts.get(account)
            return None if found is None else found.containers.get(container, {}).get(name)

    def delete_blob(self, account: str, container: str, name: str) -> None:
        with self._lock:
            if found := self._accounts.get(account):
                found.containers.get(container, {}).pop(name, None)

    def create_table(self, account: str, table: str) -> None:
        with self._lock:
            self._account(account).tables.add(table.lower())

    def delete_table(self, account: str, table: str) -> None:
        with self._lock:
            if found := self._accounts.get(account):
                found.tables.discard(table.lower())

    def has_table(self, account: str, table: str) -> bool:
        with self._lock:
            return account in self._accounts and table.lower() in self._accounts[account].tables

    def create_queue(self, account: str, queue: str) -> None:
        with self._lock:
            self._account(account).queues.add(queue)

    def delete_queue(self, account: str, queue: str) -> None:
        with self._lock:
            if found := self._accounts.get(account):
                found.queues.discard(queue)

    def has_queue(self, account: str, queue: str) -> bool:
        with self._lock:
            return account in self._accounts and queue in self._accounts[account].queues

    def _account(self, name: str) -> _Account:
        try:
            return self._accounts[name]
        except KeyError:
            raise NoSuchParent(f"there is no storage account {name!r}") from None

    def _container(self, account: str, container: str) -> dict[str, bytes]:
        try:
            return self._account(account).containers[container]
        except KeyError:
            raise NoSuchParent(f"there is no container {container!r} in storage account {account!r}") from None
