"""One dictionary of ARM resources, keyed by resource id, kept on disk so that it survives between commands."""

from __future__ import annotations

import copy
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .ids import ResourceId

Body = dict[str, Any]


class Store:
    """Bodies are ARM JSON (`location`, `tags`, `properties`, …). What Azure knows but never shows lies under `hidden`."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self._path = path
        self._resources: dict[str, Body] = {}
        self._hidden: dict[str, Body] = {}
        self._together = 0
        self._unsaved = False
        if path is not None and path.exists():
            saved = json.loads(path.read_text())
            self._resources, self._hidden = saved["resources"], saved["hidden"]

    def get(self, id: ResourceId) -> Body | None:
        with self.lock:
            return copy.deepcopy(self._resources.get(id.key))

    def hidden(self, id: ResourceId) -> Body:
        with self.lock:
            return copy.deepcopy(self._hidden.get(id.key, {}))

    def set(self, id: ResourceId, body: Body) -> None:
        with self.lock:
            self._resources[id.key] = copy.deepcopy(body)
            self._save()

    def set_hidden(self, id: ResourceId, facts: Body) -> None:
        with self.lock:
            self._hidden[id.key] = copy.deepcopy(facts)
            self._save()

    def remove(self, id: ResourceId) -> None:
        """Removes the resource and everything below it, as deleting a parent does in Azure."""
        with self.lock:
            for kept in (self._resources, self._hidden):
                for key in [k for k in kept if k == id.key or k.startswith(id.key + "/")]:
                    del kept[key]
            self._save()

    def of_type(self, type_: str) -> Iterator[tuple[ResourceId, Body]]:
        """All resources of one type, in the order in which they were made."""
        with self.lock:
            found = [(ResourceId.parse(body["id"]), body) for body in self._resources.values()]
            return iter([(id, copy.deepcopy(body)) for id, body in found if id.is_type(type_)])

    def ids(self) -> list[str]:
        with self.lock:
            return [body["id"] for body in self._resources.values()]

    def __len__(self) -> int:
        return len(self._resources)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Holds the lock, and puts what changes on disk in one piece at the end: a process killed in between leaves all or nothing."""
        with self.lock:
            self._together += 1
            try:
                yield
            finally:
                self._together -= 1
                if self._unsaved and self._together == 0:
                    self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        self._unsaved = self._together > 0
        if self._unsaved:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_suffix(".new")
        aside.write_text(json.dumps({"resources": self._resources, "hidden": self._hidden}, indent=1))
        os.replace(aside, self._path)
