"""A team whose router dies now and then: what it asks for while nobody answers is asked again, and what was left behind can be looked at."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from azure.data.tables import TableClient, UpdateMode

from sandbox.functions.serving import Answer

from .team import GROUP, PATIENCE, ROUTER, RoutedTeam

STATE = "ordersstate"
HUBS = "ordersV"
LONG_AGO = timedelta(minutes=10)
"""Longer than any exchange with an app may take."""


class Away(Exception):
    """No router answers at this moment: its process has ended, or has just been started."""


class KilledTeam(RoutedTeam):
    def ask(self, method: str, path: str, body: Any = None, version: str = "", **headers: str) -> Answer:
        """Raises Away, so that no answer of the host in the router's place is taken for one of the router."""
        try:
            answer = super().ask(method, path, body, version, **headers)
        except (OSError, http.client.HTTPException) as problem:
            raise Away(repr(problem)) from problem
        if answer.status in (502, 503) and "json" not in (answer.header("Content-Type") or ""):
            raise Away(answer.text)
        return answer

    def until_up(self, what: Callable[[], Any], *, patience: float = PATIENCE) -> Any:
        """What it says as soon as it says anything. The monitor is asked to look each time, instead of each 30 s."""
        deadline, last = time.monotonic() + patience, "nothing yet"
        while time.monotonic() < deadline:
            try:
                if found := what():
                    return found
                last = json.dumps(self.lines(), default=str)
                self.poke()
            except Away as problem:
                last = str(problem)
            time.sleep(0.3)
        raise AssertionError(f"not within {patience:.0f} s; the last thing seen: {last}\n{self.sandbox.functions.log(ROUTER)[-4000:]}")

    def starts(self) -> int:
        """How many processes of the router have been started: each kill that hit one adds one."""
        return self.sandbox.functions.starts(ROUTER)

    def app_of(self, line: str) -> str:
        return f"orders-{line.replace('.', '-')}"

    def instances(self, line: str) -> set[str]:
        """What the line's hub has, ended or not."""
        answer = self.ask("GET", "/api/_durable/instances?top=1000")
        assert answer.status == 200, answer
        return {one["instanceId"] for one in json.loads(answer.body) if one["line"] == line}

    def executions(self, line: str) -> list[dict[str, Any]]:
        """What the code of the line's app was seen to do for the first time: no replays."""
        of_app = [one for one in self.sandbox.functions.executions() if one["site"].lower() == self.app_of(line)]
        return [one for one in of_app if not one["replaying"]]

    def passwords_allowed(self, app: str) -> list[str]:
        """Where an app can be published to by user name and password."""
        site = f"/subscriptions/{self.sandbox.subscription}/resourceGroups/{GROUP}/providers/Microsoft.Web/sites/{app}"
        bodies = {
            kind: self.azure.plane.request("GET", f"{site}/basicPublishingCredentialsPolicies/{kind}", caller="test").body
            for kind in ("ftp", "scm")
        }
        return [kind for kind, body in bodies.items() if body["properties"]["allow"]]

    def abandon_claims(self) -> int:
        """As if the router had died long ago: whoever has claimed a stored request is taken for gone after some minutes. How many there are."""
        found = 0
        with self._state() as table:
            for row in table.query_entities("PartitionKey eq 'request' and state eq 'forwarding'"):
                at = datetime.fromisoformat(str(row["claimed_at"])) - LONG_AGO
                changed: Mapping[str, Any] = {**_key(row), "claimed_at": at.isoformat()}
                table.update_entity(dict(changed), mode=UpdateMode.MERGE)
                found += 1
        return found

    def left_of(self, lines: list[str]) -> list[str]:
        """Of lines that are retired: apps, plans, queues and containers that still exist, but for large payloads, which are kept on purpose."""
        store = self.azure.plane.store
        apps = {self.app_of(line) for line in lines}
        found = [
            str(id)
            for kind in ("Microsoft.Web/sites", "Microsoft.Web/serverfarms")
            for id, _ in store.of_type(kind)
            if f"/resourcegroups/{GROUP}/" in id.key and id.name.removesuffix("-plan") in apps
        ]
        hubs = tuple(f"{HUBS}{line.replace('.', 'x')}-".lower() for line in lines)
        return [*found, *(name for name in self._stored() if name.startswith(hubs) and not name.endswith("-largemessages"))]

    def _stored(self) -> list[str]:
        """Names of all queues and containers of the accounts."""
        storage = self.sandbox.storage
        names = []
        for account in (id.name for id, _ in self.azure.plane.store.of_type("Microsoft.Storage/storageAccounts")):
            names += [queue.name for queue in storage._queues(account).list_queues()]  # type: ignore[attr-defined]
            names += [container.name for container in storage._blobs(account).list_containers()]  # type: ignore[attr-defined]
        return names

    def _state(self) -> TableClient:
        """Past the proxy: the test is nobody with a role there."""
        client: TableClient = self.sandbox.storage._tables(STATE).get_table_client("RouterState")  # type: ignore[attr-defined]
        return client


def _key(row: Mapping[str, Any]) -> dict[str, str]:
    return {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}


__all__ = ["Away", "KilledTeam"]
