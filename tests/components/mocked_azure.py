"""An Azure of a few dictionaries behind Pulumi's mocks: it answers what the component asks for, remembers what was declared, and swaps.

It knows of Azure only what the component relies on; `sandbox` is the embedded Azure that is held against the documentation.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import grpc
import pulumi

SUBSCRIPTION = "/subscriptions/11111111-2222-4333-8444-555555555555"
PRODUCTION = "production"
NOT_FOUND = 'request failed /x: Status=404 Code="ResourceNotFound" Message="The resource was not found."'
FORBIDDEN = 'request failed /x: Status=403 Code="AuthorizationFailed" Message="no right to perform config/list/action"'
SORRY = 'request failed /x: Status=500 Code="InternalServerError" Message="sorry"'
_SECRET = "4dabf18193072939515e22adb298388d"

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Failed(grpc.RpcError):
    """What the engine answers to an invoke that failed."""

    def __init__(self, text: str) -> None:
        self._text = text

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._text


class MockedAzure(pulumi.runtime.Mocks):
    """The live state lasts over any number of `deploy` calls; `swap` changes it as a person does."""

    def __init__(self) -> None:
        self.settings: dict[str, dict[str, str]] = {}
        """Slot -> live app settings. A slot that is not in it is not there."""
        self.stacks: dict[str, str] = {}
        """Slot -> live linuxFxVersion."""
        self.sticky: set[str] = set()
        self.metadata: dict[str, str] | None = None
        """Of the package container; None: it is not there."""
        self.tables: set[tuple[str, str]] = set()
        self.locations: dict[str, str] = {}
        """Account -> region, for accounts that are there before."""
        self.failures: dict[str, str] = {}
        """Slot, account or container -> what a read of it answers instead."""
        self.swapping: set[str] = set()
        """Slots that Azure is at work on, or has prepared for a swap."""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.before_answer: Callable[[str, str, int], None] = lambda token, slot, count: None
        """Called before an answer with the function's name, the slot, and how often that was asked. It may change the live state."""
        self.dry_run = False
        """Set by `deploy`: a dry run changes nothing here."""
        self.counts: dict[tuple[str, str], int] = {}
        self._lock = threading.RLock()

    def copy(self) -> MockedAzure:
        """Another one with the same live state."""
        other = MockedAzure()
        for name in ("settings", "stacks", "sticky", "metadata", "tables", "locations"):
            setattr(other, name, deepcopy(getattr(self, name)))
        return other

    def swap(self, one: str, other: str = PRODUCTION) -> None:
        """Everything that is not sticky changes places; names that end in `_EXTENSION_VERSION` are sticky in any case."""
        first, second = self.settings[one], self.settings[other]
        self.settings[one] = {**self._staying(first), **self._travelling(second)}
        self.settings[other] = {**self._staying(second), **self._travelling(first)}
        self.stacks[one], self.stacks[other] = self.stacks[other], self.stacks[one]

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.custom is False:
            return "", {}
        inputs: dict[str, Any] = plain(args.inputs)
        kind = args.typ.rpartition(":")[2]
        with self._lock:
            if not self.dry_run:
                self._write(kind, inputs)
            return f"{SUBSCRIPTION}/{args.name}", {**inputs, **self._made(kind, inputs)}

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        function = args.token.rpartition(":")[2]
        given: dict[str, Any] = dict(args.args)
        subject = given.get("slot") or given.get("containerName") or given.get("accountName") or PRODUCTION
        with self._lock:
            self.asked.append((function, given))
            count = self.counts[(function, subject)] = self.counts.get((function, subject), 0) + 1
            self.before_answer(function, subject, count)
            if subject in self.failures:
                raise Failed(self.failures[subject])
            answers: dict[str, Answer] = {
                "listWebAppApplicationSettings": lambda _: self._list(PRODUCTION),
                "listWebAppApplicationSettingsSlot": lambda given: self._list(given["slot"]),
                "getWebApp": lambda _: self._site(PRODUCTION),
                "getWebAppSlot": lambda given: self._site(given["slot"]),
                "getTable": self._table,
                "getBlobContainer": self._container,
                "getStorageAccount": self._account,
                "listWebAppHostKeys": lambda _: {"masterKey": "master", "functionKeys": {"default": "host-key"}, "systemKeys": {}},
                "listStorageAccountKeys": lambda given: {"keys": [{"keyName": "key1", "value": f"key-of-{given['accountName']}"}]},
            }
            if function not in answers:
                raise Failed(f"the test's Azure knows no {function}")
            return answers[function](given), []

    def _made(self, kind: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """The outputs that Azure adds."""
        match kind:
            case "StorageAccount":
                return {"name": inputs["accountName"], "primaryEndpoints": endpoints(inputs["accountName"])}
            case "ResourceGroup":
                return {"name": inputs["resourceGroupName"]}
            case "UserAssignedIdentity":
                return {"clientId": "client-id", "principalId": "principal-id"}
            case "Component":
                return {"connectionString": "InstrumentationKey=ikey"}
            case "BlobContainer":
                return {"name": inputs["containerName"]}
            case "ApiManagementService":
                return {"name": inputs["serviceName"], "gatewayUrl": f"https://{inputs['serviceName']}.azure-api.net"}
            case "Api":
                return {"name": inputs["apiId"]}
            case "Scheduler":
                endpoint = f"https://{inputs['schedulerName']}.westeurope.durabletask.io"
                return {"name": inputs["schedulerName"], "properties": {**inputs["properties"], "endpoint": endpoint}}
            case "WebApp" | "WebAppSlot":
                host = f"{inputs['name']}-{inputs['slot']}" if "slot" in inputs else inputs["name"]
                identities = {id: {} for id in inputs["identity"]["userAssignedIdentities"]}
                return {
                    "defaultHostName": f"{host}.azurewebsites.net",
                    "identity": {**inputs["identity"], "userAssignedIdentities": identities},
                }
        return {}

    def _write(self, kind: str, inputs: dict[str, Any]) -> None:
        slot = inputs.get("slot", PRODUCTION)
        match kind:
            case "StorageAccount":
                self.locations[inputs["accountName"]] = inputs.get("location") or "westeurope"
            case "BlobContainer" if inputs["containerName"] == "packages":
                self.metadata = dict(inputs["metadata"])
            case "WebApp" | "WebAppSlot":
                self.settings.setdefault(slot, {})
                self.stacks[slot] = inputs["siteConfig"].get("linuxFxVersion", "")
            case "WebAppSlotConfigurationNames":
                self.sticky = set(inputs["appSettingNames"])
            case "WebAppApplicationSettings" | "WebAppApplicationSettingsSlot":
                self.settings[slot] = dict(inputs["properties"])

    def _list(self, slot: str) -> dict[str, Any]:
        if slot not in self.settings:
            raise Failed(NOT_FOUND)
        return {"id": slot, "name": "appsettings", "type": "x", "properties": dict(self.settings[slot])}

    def _site(self, slot: str) -> dict[str, Any]:
        if slot not in self.settings:
            raise Failed(NOT_FOUND)
        at_work = "operation" if slot in self.swapping and slot == PRODUCTION else ""
        target = PRODUCTION if slot in self.swapping and slot != PRODUCTION else ""
        return {"id": slot, "name": slot, "type": "x", "inProgressOperationId": at_work, "targetSwapSlot": target}

    def _table(self, given: dict[str, Any]) -> dict[str, Any]:
        if (given["accountName"], given["tableName"]) not in self.tables:
            raise Failed(NOT_FOUND)
        return {"id": "table", "name": given["tableName"], "tableName": given["tableName"], "type": "x"}

    def _container(self, given: dict[str, Any]) -> dict[str, Any]:
        if self.metadata is None:
            raise Failed(NOT_FOUND)
        return {"id": "container", "name": given["containerName"], "type": "x", "metadata": dict(self.metadata)}

    def _account(self, given: dict[str, Any]) -> dict[str, Any]:
        name = given["accountName"]
        if name not in self.locations:
            raise Failed(NOT_FOUND)
        return {"id": f"{SUBSCRIPTION}/{name}", "name": name, "location": self.locations[name], "primaryEndpoints": endpoints(name)}

    def _staying(self, settings: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in settings.items() if self._stays(name)}

    def _travelling(self, settings: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in settings.items() if not self._stays(name)}

    def _stays(self, name: str) -> bool:
        return name in self.sticky or name.endswith("_EXTENSION_VERSION")


def endpoints(account: str) -> dict[str, str]:
    return {service: f"https://{account}.{service}.core.windows.net/" for service in ("blob", "queue", "table")}


def plain(value: Any) -> Any:
    """Without the wrapper that marks a secret."""
    if isinstance(value, dict):
        if value.get(_SECRET) == "1b47061264138c4ac30d75fd1eb44270":
            return plain(value["value"])
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return _SECRET in value or any(has_secret(one) for one in value.values())
    return isinstance(value, Iterable) and not isinstance(value, str) and any(has_secret(one) for one in value)
