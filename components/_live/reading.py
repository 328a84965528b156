"""The requests of the component: what each slot runs now, which task hubs exist, which packages were uploaded.

They use the component's own provider and subscription. "Not there" and "can't be read" are different answers, and never mixed up.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import storage, web

from .apart import Apart
from .parity import PRODUCTION

READ_ROLE = (
    "Reader plus Microsoft.Web/sites/config/list/action and Microsoft.Web/sites/slots/config/list/action "
    "(built in: Website Contributor on the site), and Reader on its storage accounts"
)


@dataclass(frozen=True)
class Missing:
    """ARM says that the thing is not there."""


@dataclass(frozen=True)
class Unreadable:
    """Nothing is known: no right, an error, a time-out, or an answer that makes no sense."""

    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.what} can't be read: {self.reason}"


Settings = Mapping[str, str]


class LiveState:
    """Reads through `parent`'s provider. `group` and `site` are plain names: a read can't wait for what is yet to be made."""

    def __init__(self, parent: pulumi.Resource, group: str, site: str) -> None:
        self._options = pulumi.InvokeOptions(parent=parent)
        self._group = group
        self._site = site
        # A provider of the program's own is a resource, for which a request has to wait on the program's loop.
        self._apart = Apart() if parent.get_provider("azure-native:web:WebApp") is None else None

    def slot(self, slot: str) -> Settings | Missing | Unreadable:
        """The app settings of one slot, read now."""
        return self._attempt(self._what(slot), lambda: _settings_of(self._list(slot)))

    async def slot_again(self, slot: str) -> Settings | Missing | Unreadable:
        """The app settings of one slot, read in the middle of an update, from within an apply."""
        arguments = self._arguments(slot)
        read = web.list_web_app_application_settings_output if slot == PRODUCTION else web.list_web_app_application_settings_slot_output
        what = self._what(slot)
        try:
            answer = await read(**arguments).future()
            return Unreadable(what, "the answer is empty") if answer is None else _settings_of(answer)
        except Exception as error:  # the engine wraps every provider failure in a bare Exception
            return _failed(what, error)

    def swap_in_progress(self, slots: Iterable[str]) -> bool | Unreadable:
        """Whether Azure is at work on one of `slots`, or has prepared it for a swap that is yet to be completed."""
        for slot in slots:
            answer = self._site_of(slot)
            if isinstance(answer, Unreadable):
                return answer
            if not isinstance(answer, Missing) and _is_swapping(answer):
                return True
        return False

    def half_swapped(self, slots: Iterable[str]) -> str | Unreadable | None:
        """The one of `slots` whose code runs with another slot's sticky settings: half of a swap with preview, or of a swap under way."""
        for slot in slots:
            answer = self._site_of(slot)
            if isinstance(answer, Unreadable):
                return answer
            if not isinstance(answer, Missing) and answer.target_swap_slot:
                return slot
        return None

    async def swap_in_progress_now(self, slots: Iterable[str]) -> bool | Unreadable:
        """The same in the middle of an update, from within an apply."""
        for slot in slots:
            read = web.get_web_app_output if slot == PRODUCTION else web.get_web_app_slot_output
            try:
                answer = await read(**self._arguments(slot)).future()
            except Exception as error:  # the engine wraps every provider failure in a bare Exception
                failed = _failed(f"slot '{slot}' of '{self._site}'", error)
                if isinstance(failed, Unreadable):
                    return failed
                continue
            if answer is not None and _is_swapping(answer):
                return True
        return False

    def has_table(self, account: str, table: str) -> bool | Unreadable:
        """Whether a table exists, asked through ARM, so that no data-plane right is needed."""
        answer = self._attempt(
            f"table '{table}' of '{account}'",
            lambda: storage.get_table(account_name=account, resource_group_name=self._group, table_name=table, opts=self._options),
        )
        if isinstance(answer, Unreadable):
            return answer
        return not isinstance(answer, Missing)

    def uploaded(self, account: str, container: str) -> Mapping[str, str] | Unreadable:
        """The metadata of the package container: what was uploaded, by hash."""
        answer = self._attempt(
            f"container '{container}' of '{account}'",
            lambda: storage.get_blob_container(
                account_name=account, container_name=container, resource_group_name=self._group, opts=self._options
            ),
        )
        if isinstance(answer, Unreadable):
            return answer
        return {} if isinstance(answer, Missing) else dict(answer.metadata or {})

    def region(self, account: str) -> str | None:
        """Where an account is, or None if that can't be told."""
        answer = self._attempt(
            f"account '{account}'",
            lambda: storage.get_storage_account(account_name=account, resource_group_name=self._group, opts=self._options),
        )
        return None if isinstance(answer, Missing | Unreadable) else answer.location

    def _site_of(self, slot: str) -> Any:
        read = web.get_web_app if slot == PRODUCTION else web.get_web_app_slot
        return self._attempt(f"slot '{slot}' of '{self._site}'", functools.partial(read, **self._arguments(slot)))

    def _attempt(self, what: str, read: Callable[[], Any]) -> Any:
        try:
            answer = read() if self._apart is None else self._apart.run(read)
        except Exception as error:  # the engine wraps every provider failure in a bare Exception
            return _failed(what, error)
        return Unreadable(what, "the answer is empty") if answer is None else answer

    def _list(self, slot: str) -> Any:
        if slot == PRODUCTION:
            return web.list_web_app_application_settings(**self._arguments(slot))
        return web.list_web_app_application_settings_slot(**self._arguments(slot))

    def _arguments(self, slot: str) -> dict[str, Any]:
        arguments: dict[str, Any] = {"name": self._site, "resource_group_name": self._group, "opts": self._options}
        return arguments if slot == PRODUCTION else {**arguments, "slot": slot}

    def _what(self, slot: str) -> str:
        return f"the settings of slot '{slot}' of '{self._site}' in '{self._group}'"


def _is_swapping(site: Any) -> bool:
    """`inProgressOperationId` while Azure works on a slot; `targetSwapSlot` while the slot runs with another one's sticky settings."""
    return bool(site.in_progress_operation_id or site.target_swap_slot)


def _settings_of(answer: Any) -> Settings:
    settings = answer.properties
    if settings is None:
        return {}
    if not isinstance(settings, Mapping) or not all(isinstance(value, str) for value in settings.values()):
        raise ValueError(f"the answer is no map of texts: {type(settings).__name__}")
    return dict(settings)


def _failed(what: str, error: Exception) -> Missing | Unreadable:
    text = str(error)
    return Missing() if _says_missing(text) else Unreadable(what, _one_line(text))


def _says_missing(text: str) -> bool:
    """A subscription that isn't found is no missing resource: it says nothing about what runs in the right one."""
    return "Status=404" in text and "SubscriptionNotFound" not in text


def _one_line(text: str) -> str:
    """What Azure said, without the layers of engine and provider around it."""
    text = re.sub(r"^.*returned an error: ", "", " ".join(text.split()))
    return re.sub(r"request failed \S+: ", "", text)[:300]
