"""Which backend was chosen: one of four, Azure Storage where none is named."""

from __future__ import annotations

from collections.abc import Iterator

from .._problems import Problem
from .._wanted import Group
from ._protocol import PATH, App, Backend
from .azure_storage import AzureStorage
from .durable_task_scheduler import DurableTaskScheduler
from .mssql import Mssql
from .netherite import Netherite


class BackendChoice(Group):
    azure_storage: AzureStorage | None = None
    durable_task_scheduler: DurableTaskScheduler | None = None
    mssql: Mssql | None = None
    netherite: Netherite | None = None

    @property
    def given(self) -> tuple[Backend, ...]:
        every: tuple[Backend | None, ...] = (self.azure_storage, self.durable_task_scheduler, self.mssql, self.netherite)
        return tuple(one for one in every if one is not None)


def chosen(choice: BackendChoice) -> Backend:
    """Of several, which is refused, the first."""
    return next(iter(choice.given), AzureStorage())


def problems(choice: BackendChoice, app: App) -> Iterator[Problem]:
    """All that is wrong with the choice and the chosen backend, for this app."""
    if len(choice.given) > 1:
        names = " and ".join(one.kind for one in choice.given)
        yield Problem(PATH, None, f"has {names}: an app keeps its state in one place.", "Keep the one that is meant.")
        return
    yield from chosen(choice).problems(app)


__all__ = ["BackendChoice", "chosen", "problems"]
