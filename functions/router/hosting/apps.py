"""All that the router does to function apps: each step can be begun again at any point, and touches nothing without the owner's mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from taskhub import Hub

from ..arm import PATIENCE, STORAGE, ArmClient, Silent
from ..blueprint import Blueprint, Storage
from ..describing import names
from ..describing.settings import holding, released
from ..describing.starters import starters_of
from ..lines import LineRow, VersionRow
from ..versions import Line
from .deploying import deploy
from .keys import KeyRing, Keys
from .making import make, storage_of
from .owning import is_owned
from .place import Place, existing, live_settings, synchronise, write_settings
from .probing import Probe, probe
from .removing import Still, hub_of, remove, unasked
from .storage import DataPlane


@dataclass
class Apps:
    """`patience`: seconds that a step waits for one operation of Azure's."""

    blueprint: Blueprint
    arm: ArmClient
    data: DataPlane
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    patience: float = PATIENCE
    keys: KeyRing = field(default_factory=KeyRing)
    _accounts: dict[Line, Storage] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return Place(self.blueprint, self.arm, self.data, self.now)

    async def list(self) -> list[dict[str, Any]]:
        """Every site of the version apps' group, whoever made it. Raises ArmProblem: half a list is none."""
        return [site async for site in self.arm.list(names.sites_of(self.blueprint))]

    async def make(self, row: LineRow, deployed: VersionRow | None = None) -> str:
        """Its host name."""
        return await make(self.place, row, deployed)

    async def deploy(self, row: LineRow, version: VersionRow) -> None:
        await deploy(self.place, row, version, patience=self.patience)

    async def probe(self, row: LineRow) -> Probe:
        return await probe(self.place, row)

    async def key(self, row: LineRow) -> Keys:
        return await self.keys.of(self.place, row)

    async def remove(self, row: LineRow, *, still: Still = unasked) -> None:
        await remove(self.place, row, still)
        self.keys.forget(row.line)
        self._accounts.pop(row.line, None)

    async def hold(self, row: LineRow) -> tuple[str, ...]:
        """Switches the functions off that start work by themselves. Returns them."""
        await existing(self.place, row)
        site = names.site_id(self.blueprint, row)
        starters = starters_of([function async for function in self.arm.list(f"{site}/functions")])
        await self._settle(row, holding, starters)
        return starters

    async def release(self, row: LineRow) -> None:
        """Switches those on again that `hold` has switched off."""
        await existing(self.place, row)
        await self._settle(row, released)

    async def hub(self, row: LineRow) -> Hub | None:
        """Where the line's hub is; None: its account is not there yet, or not any more. Raises ArmProblem."""
        if self.blueprint.durable.scheduling != "account_per_line":
            return hub_of(self.blueprint, row, None)
        if row.line not in self._accounts:
            body = await self.arm.find(names.account_id(self.blueprint, row.line), version=STORAGE)
            found = storage_of(body) if body and is_owned(body, self.blueprint) else None
            if found is None:
                return None
            self._accounts[row.line] = found
        return hub_of(self.blueprint, row, self._accounts[row.line])

    async def _settle(self, row: LineRow, change: Callable[..., dict[str, str]], *more: tuple[str, ...]) -> None:
        live = await live_settings(self.place, row)
        wanted = change(live, *more)
        if wanted == live:
            return
        await write_settings(self.place, row, wanted)
        try:
            await synchronise(self.place, row)
        except Silent:
            pass  # It restarts anyway, because its settings changed; the platform synchronises an app that starts.


__all__ = ["Apps"]
