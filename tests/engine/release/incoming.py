"""Orders that come through a queue of the app's host storage, which every version of the app would read."""

from __future__ import annotations

import base64
import itertools
import json
import time
from collections.abc import Callable
from uuid import uuid4

from azure.data.tables import TableClient
from azure.storage.queue import QueueClient

from sandbox.arm.subscription import OPERATOR_OBJECT_ID
from sandbox.resources.role_ids import STORAGE_QUEUE_DATA_CONTRIBUTOR

from .team import STACK, Team

QUEUE, TRIGGER = "incoming-orders", "TakeOrder"
ACCOUNT = "ordershost"
HUB, DURABLE_ACCOUNTS = "ordersTasks", ("ordersblue", "ordersgreen")
PATIENCE = 60.0
"""Seconds. What nobody has taken by then is not taken."""


def allow_and_create_queue(team: Team) -> None:
    """What the app's people do by themselves: the component grants no role for an app's own triggers. And the test may send."""
    app = json.loads(team.project.pulumi("stack", "output", "--json", "--stack", STACK))["identity_principal_id"]
    roles = f"/subscriptions/{team.sandbox.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    account = f"{team.azure.group}/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}"
    for principal in (app, OPERATOR_OBJECT_ID):
        properties = {"principalId": principal, "roleDefinitionId": f"{roles}/{STORAGE_QUEUE_DATA_CONTRIBUTOR}"}
        assignment = f"{account}/providers/Microsoft.Authorization/roleAssignments/{uuid4()}"
        team.azure.plane.request("PUT", assignment, {"properties": {**properties, "principalType": "ServicePrincipal"}})
    with _queue(team) as queue:
        queue.create_queue()


class Incoming:
    """Sends orders one by one, so that whoever reads the queue has a chance at each, and notes whose code took it."""

    def __init__(self, team: Team) -> None:
        self._team, self._queue = team, _queue(team)
        self._hubs = {account: _instances(team, account) for account in DURABLE_ACCOUNTS}
        self._ids = (f"q-{uuid4().hex[:6]}-{number}" for number in itertools.count(1))
        self.taken: dict[str, str] = {}
        """Order -> version of the code whose trigger took it; in the order in which they were sent."""

    def close(self) -> None:
        for client in (self._queue, *self._hubs.values()):
            client.close()

    def takers(self, count: int) -> set[str]:
        """Who takes so many orders; all of them have ended then."""
        found = {self._send() for _ in range(count)}
        self._until_all_ended()
        return found

    def until_taken_by(self, version: str | None) -> None:
        """Sends until that version has taken one; all of them have ended then."""
        deadline = time.monotonic() + PATIENCE
        while self._send() != version:
            assert time.monotonic() < deadline, f"{version} takes nothing"
        self._until_all_ended()

    def taken_by(self, version: str | None) -> list[str]:
        return [order for order, taker in self.taken.items() if taker == version]

    def found(self, order: str) -> dict[str, str]:
        """Durable account -> the order's status there, for those that know it."""
        rows = {
            account: next(hub.query_entities("PartitionKey eq @id", parameters={"id": order}), None) for account, hub in self._hubs.items()
        }
        return {account: row["RuntimeStatus"] for account, row in rows.items() if row is not None}

    def _send(self) -> str:
        """One order, until it is taken; by whom."""
        order, before = next(self._ids), len(self._calls())
        content = {"id": order, "items": [{"sku": "tea", "quantity": 1, "cents": 10}]}
        self._queue.send_message(base64.b64encode(json.dumps(content).encode()).decode())
        _eventually(lambda: len(self._calls()) > before, f"nobody takes {order}")
        (self.taken[order],) = self._calls()[before:]
        return self.taken[order]

    def _until_all_ended(self) -> None:
        _eventually(lambda: all("Completed" in self.found(order).values() for order in self.taken), "an order does not end")

    def _calls(self) -> list[str]:
        return [one["app_version"] for one in self._team.sandbox.functions.executions() if one["function"] == TRIGGER]


def _eventually(question: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def _instances(team: Team, account: str) -> TableClient:
    """The table of a task hub's instances."""
    url = team.sandbox.storage.endpoints(account)["table"]
    return TableClient(url, f"{HUB}Instances", credential=team.sandbox.credential(), connection_verify=str(team.sandbox.ca_bundle))


def _queue(team: Team) -> QueueClient:
    url = team.sandbox.storage.endpoints(ACCOUNT)["queue"]
    return QueueClient(url, QUEUE, credential=team.sandbox.credential(), connection_verify=str(team.sandbox.ca_bundle))
