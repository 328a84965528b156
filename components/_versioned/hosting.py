"""The two ways to host an app with versions, behind one set of questions: slots and swaps, or updates in place on Flex Consumption."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pulumi

from .._children import foundation as _foundation
from .._children import sites as _sites
from .._children.accounts import Account
from .._children.foundation import AppIdentity, Place
from .._children.slot_settings import Settings
from .._hosting import (
    FLEX,
    SLOTS,
    Flex,
    flex_held,
    flex_host_json,
    flex_settings,
    flex_warnings,
    make_flex_plan,
    make_flex_site,
    package_key,
)
from .._live.parity import PRODUCTION, Code, Held
from .._live.reading import Settings as LiveSettings
from .._live.settings import BundleKeys, held
from .._wanted import CommonArguments

Texts = Mapping[str, str]


class Hosting(Protocol):
    """All but the `make_` functions are pure."""

    @property
    def kind(self) -> str:
        """For the output `hosting`: `slots` or `flex`."""

    def warnings(self) -> Iterator[str]: ...

    def host_json(self, backend: str) -> Mapping[str, Any]:
        """Fields of `HostJsonWanted`."""

    def held(self, settings: LiveSettings, uploaded: Texts, keys: BundleKeys, wanted: Code | None) -> Held:
        """What a slot holds. `uploaded` is the metadata of the packages container."""

    def make_plan(self, place: Place, arguments: CommonArguments) -> pulumi.Input[str]: ...

    def make_sites(
        self,
        place: Place,
        arguments: CommonArguments,
        plan: pulumi.Input[str],
        identity: AppIdentity,
        host: Account,
        stacks: Mapping[str, pulumi.Input[str]],
        config: Mapping[str, Any],
        depends_on: list[pulumi.Resource],
    ) -> _sites.Slots: ...

    def make_sticky_names(self, place: Place, sites: _sites.Slots, names: Any) -> list[pulumi.Resource]: ...

    def sticky_names(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that have something to stay with."""

    def settings(self, whole: Settings, code: Code | None) -> Settings:
        """What of a slot's whole map is written, for the code that it is for."""


@dataclass(frozen=True)
class OnSlots:
    """Dedicated and Elastic Premium plans."""

    @property
    def kind(self) -> str:
        return SLOTS

    def warnings(self) -> Iterator[str]:
        yield from ()

    def host_json(self, backend: str) -> Mapping[str, Any]:
        return {}

    def held(self, settings: LiveSettings, uploaded: Texts, keys: BundleKeys, wanted: Code | None) -> Held:
        return held(settings, keys)

    def make_plan(self, place: Place, arguments: CommonArguments) -> pulumi.Input[str]:
        return _foundation.make_plan(place, arguments)

    def make_sites(
        self,
        place: Place,
        arguments: CommonArguments,
        plan: pulumi.Input[str],
        identity: AppIdentity,
        host: Account,
        stacks: Mapping[str, pulumi.Input[str]],
        config: Mapping[str, Any],
        depends_on: list[pulumi.Resource],
    ) -> _sites.Slots:
        return _sites.make_sites(place, arguments, plan, identity, stacks, depends_on, config)

    def make_sticky_names(self, place: Place, sites: _sites.Slots, names: Any) -> list[pulumi.Resource]:
        return [_sites.make_sticky_names(place, sites[PRODUCTION], names)]

    def sticky_names(self, names: Iterable[str]) -> list[str]:
        return sorted(names)

    def settings(self, whole: Settings, code: Code | None) -> Settings:
        return whole


@dataclass(frozen=True)
class OnFlex:
    """Flex Consumption: one slot, and code that a release brings there after its settings."""

    flex: Flex

    @property
    def kind(self) -> str:
        return FLEX

    def warnings(self) -> Iterator[str]:
        yield from flex_warnings(self.flex)

    def host_json(self, backend: str) -> Mapping[str, Any]:
        return flex_host_json(backend)

    def held(self, settings: LiveSettings, uploaded: Texts, keys: BundleKeys, wanted: Code | None) -> Held:
        return flex_held(settings, uploaded, keys, wanted)

    def make_plan(self, place: Place, arguments: CommonArguments) -> pulumi.Input[str]:
        return make_flex_plan(place, arguments)

    def make_sites(
        self,
        place: Place,
        arguments: CommonArguments,
        plan: pulumi.Input[str],
        identity: AppIdentity,
        host: Account,
        stacks: Mapping[str, pulumi.Input[str]],
        config: Mapping[str, Any],
        depends_on: list[pulumi.Resource],
    ) -> _sites.Slots:
        return {PRODUCTION: make_flex_site(place, arguments, plan, identity, self.flex, host, stacks[PRODUCTION], depends_on)}

    def make_sticky_names(self, place: Place, sites: _sites.Slots, names: Any) -> list[pulumi.Resource]:
        return []

    def sticky_names(self, names: Iterable[str]) -> list[str]:
        return []

    def settings(self, whole: Settings, code: Code | None) -> Settings:
        return flex_settings(whole, package_key(code.package) if code is not None else None)


__all__ = ["Hosting", "OnFlex", "OnSlots"]
