"""Read once, decide once: from the live state and the arguments to a plan that the rest of the component only carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .. import _defaults as defaults
from .._wanted import Arguments, CommonArguments
from .parity import PRODUCTION, Code, Held, ParityError, Plan, Wanted, decide, needs_hubs
from .reading import READ_ROLE, LiveState, Missing, Settings, Unreadable
from .replacing import moved_account, moved_packages, moved_region, wanted_region
from .settings import BundleKeys, held
from .uploads import Upload, plan_upload


class Undecidable(Exception):
    """What is live can't be read, or can't be brought together with what is wanted. Nothing was written."""


@dataclass(frozen=True)
class Decision:
    plan: Plan | None
    """None in a dry run that may not read what is live: the bundles' settings are then shown as unknown."""
    upload: Upload
    held: Mapping[str, Held]
    """What each slot held when it was read, to be compared right before anything is written."""
    warnings: tuple[str, ...] = ()


def read_and_decide(live: LiveState, arguments: Arguments, code: Code | None, digest: str | None, *, dry_run: bool) -> Decision:
    """Raises Undecidable with the reason and the way out; in a dry run what can't be read becomes a warning instead."""
    keys = bundle_keys(arguments)
    answers = {slot: live.slot(slot) for slot in arguments.slots}
    uploaded = live.uploaded(arguments.packages_account, defaults.PACKAGE_CONTAINER)
    unreadable = [answer for answer in (*answers.values(), uploaded) if isinstance(answer, Unreadable)]
    slots = {slot: interpret(answer, keys) for slot, answer in answers.items()}
    wanted = _wanted(arguments, code)
    hubs: frozenset[str] = frozenset()
    if not unreadable and needs_hubs(slots, wanted):
        hubs, unreadable = _hubs_in_use(live, arguments)
    upload = plan_upload({} if isinstance(uploaded, Unreadable) else uploaded, digest)
    if isinstance(uploaded, Unreadable):
        upload = replace(upload, metadata=None)
    if unreadable:
        return _undecided(unreadable, upload, slots, dry_run)
    settings = {slot: answer for slot, answer in answers.items() if isinstance(answer, Mapping)}
    if (found := moved(live, arguments, settings)) is not None:
        raise Undecidable(f"{found} Nothing was written.")
    try:
        return Decision(decide(slots, wanted, hubs), upload, slots)
    except ParityError as error:
        raise Undecidable(f"{error} Nothing was written.") from None


def interpret(answer: Settings | Missing | Unreadable, keys: BundleKeys) -> Held:
    return Held(exists=False) if isinstance(answer, Missing | Unreadable) else held(answer, keys)


def bundle_keys(arguments: Arguments) -> BundleKeys:
    """How the component's bundles are recognised in live settings."""
    by_hub = arguments.durable.isolation == "task_hub"
    return BundleKeys(
        connection_setting=arguments.durable.connection_setting,
        accounts={} if by_hub else {name.lower(): bundle for bundle, name in arguments.durable_accounts.items()},
        secrets={uri.rstrip("/").lower(): bundle for bundle, uri in arguments.durable.key_vault_secrets.items()},
        hub_setting=defaults.HUB_SETTING,
        hubs={hub.lower(): bundle for bundle, hub in arguments.hubs.items()} if by_hub else {},
        shared_account=arguments.durable_accounts[arguments.bundles[0]].lower() if by_hub else "",
    )


def _wanted(arguments: Arguments, code: Code | None) -> Wanted:
    return Wanted(
        slots=arguments.slots,
        bundles=arguments.bundles,
        code=code,
        stack=arguments.package.runtime,
        replace=arguments.package.replace,
        initial_bundle=arguments.durable.initial_bundle,
    )


def moved(live: LiveState, arguments: CommonArguments, settings: Mapping[str, Settings]) -> str | None:
    """The sentence about an argument whose change would replace what a live slot stands on. What isn't protected may go."""
    if (found := moved_packages(settings, arguments)) is not None:
        return found
    if not arguments.storage.protect_state:
        return None
    if (found := moved_account(settings, arguments)) is not None:
        return found
    region = wanted_region(arguments)
    if region is None or PRODUCTION not in settings or not settings[PRODUCTION]:
        return None
    return moved_region(live.region(arguments.host_account), region, arguments)


def _hubs_in_use(live: LiveState, arguments: Arguments) -> tuple[frozenset[str], list[Unreadable]]:
    """The bundles whose `<hub>Instances` table exists. An account without one is what a killed first update left."""
    found = {bundle: live.has_table(arguments.durable_accounts[bundle], f"{hub}Instances") for bundle, hub in arguments.hubs.items()}
    return frozenset(bundle for bundle, exists in found.items() if exists is True), [
        one for one in found.values() if isinstance(one, Unreadable)
    ]


def _undecided(unreadable: list[Unreadable], upload: Upload, slots: Mapping[str, Held], dry_run: bool) -> Decision:
    reasons = "; ".join(str(one) for one in unreadable)
    if not dry_run:
        raise Undecidable(f"{reasons}. Which bundle is in production is therefore unknown, and nothing was written. It takes {READ_ROLE}.")
    warning = (
        f"{reasons}. What each slot runs is unknown, so the settings that travel with the code are shown as unknown. It takes {READ_ROLE}."
    )
    return Decision(None, upload, slots, (warning,))
