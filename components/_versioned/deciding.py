"""Read once, decide once: which code belongs in which slot, and which version each slot's clients start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .. import _defaults as defaults
from .._azure import setting_names as names
from .._backends import App
from .._live.deciding import Undecidable, moved
from .._live.parity import PRODUCTION, Code, Held, ParityError, Plan, decide, is_same, needs_hubs
from .._live.parity import Wanted as WantedCode
from .._live.reading import READ_ROLE, LiveState, Missing, Settings, Unreadable
from .._live.settings import BundleKeys
from .._live.uploads import Upload, plan_upload
from .code import VersionedCode
from .guards import Guarded
from .records import contained
from .starting import Scheme, Slot, StartRefused, Starts, Wanted, decide_start
from .wanted import VersionedArguments


@dataclass(frozen=True)
class Decision:
    plan: Plan | None
    """None in a dry run that may not read what is live: what travels is then shown as unknown, and so are the start settings."""
    starts: Starts | None
    upload: Upload
    held: Mapping[str, Held]
    """What each slot held when it was read, to be compared right before anything is written."""
    uploaded: Mapping[str, str]
    """The metadata of the packages container."""
    warnings: tuple[str, ...] = ()

    def contains(self, slot: str) -> tuple[str, ...] | None:
        """Versions in the package that a slot is about to hold."""
        assert self.plan is not None
        return next(contained(one.code.records) if one.code else None for one in self.plan.slots if one.slot == slot)


def read_and_decide(
    live: LiveState,
    arguments: VersionedArguments,
    scheme: Scheme,
    code: VersionedCode,
    compare: Callable[[Code | None], Guarded],
    *,
    dry_run: bool,
) -> Decision:
    """Raises Undecidable with the reason and the way out; in a dry run what can't be read becomes a warning instead.

    `compare` judges the wanted package beside the one that production runs.
    """
    answers = {slot: live.slot(slot) for slot in arguments.slots}
    uploaded = live.uploaded(arguments.packages_account, defaults.PACKAGE_CONTAINER)
    unreadable = [answer for answer in (*answers.values(), uploaded) if isinstance(answer, Unreadable)]
    container = {} if isinstance(uploaded, Unreadable) else uploaded
    slots = {slot: understood(arguments, code, container, answer) for slot, answer in answers.items()}
    hubs: frozenset[str] = frozenset()
    production, wanted = slots[PRODUCTION], _wanted(arguments, code)
    if not unreadable and needs_hubs(slots, wanted):
        hubs, unreadable = _hubs_in_use(live, arguments, code.app)
    upload = plan_upload(container, code.wanted.digest)
    if isinstance(uploaded, Unreadable):
        upload = replace(upload, metadata=None)
    if unreadable:
        return _undecided(unreadable, upload, slots, dry_run)
    settings = {slot: answer for slot, answer in answers.items() if isinstance(answer, Mapping)}
    try:
        _refuse_moved(live, arguments, settings)
        _refuse_other_hubs(slots, arguments)
        _refuse_lost_production(production, hubs, arguments)
        plan = decide(slots, wanted, hubs)
        halved = _refuse_half_a_swap(live, arguments, plan, dry_run)
        compared = _compared(plan, production.code, code.wanted.code, compare)
        starts, warnings = _starts(live, arguments, scheme, plan, slots, dry_run)
    except (ParityError, StartRefused) as error:
        raise Undecidable(f"{error} Nothing was written.") from None
    return Decision(plan, starts, upload, slots, container, (*halved, *compared, *warnings))


def understood(
    arguments: VersionedArguments, code: VersionedCode, uploaded: Mapping[str, str], answer: Settings | Missing | Unreadable
) -> Held:
    """What a slot holds. The marker of another strategy means nothing here."""
    if isinstance(answer, Missing | Unreadable):
        return Held(exists=False)
    return replace(arguments.hosting.held(answer, uploaded, hub_keys(arguments, code.app), code.wanted.code), marker=None)


def hub_keys(arguments: VersionedArguments, app: App) -> BundleKeys:
    """A slot's hub is called after the slot here: where it is another's, somebody moved it."""
    return BundleKeys(
        connection_setting=arguments.connection_setting,
        accounts={},
        secrets={},
        hub_setting=defaults.HUB_SETTING,
        hubs={hub.lower(): slot for slot, hub in arguments.hubs.items()},
        shared_account=arguments.backend.hub_account(app).lower(),
        records=names.RECORDS,
        start_setting=arguments.start_setting,
    )


def _refuse_half_a_swap(live: LiveState, arguments: VersionedArguments, plan: Plan, dry_run: bool) -> tuple[str, ...]:
    """Asked only before a new package is staged: it takes a request per slot. Azure would refuse the write too, with 409 and in the middle."""
    if plan.target in (None, PRODUCTION):
        return ()
    half = live.half_swapped(arguments.slots)
    if isinstance(half, Unreadable):
        if not dry_run:
            raise Undecidable(
                f"{half}. Whether a swap with preview was left half done is unknown, and nothing was written. It takes {READ_ROLE}."
            )
        return (f"{half}. A swap with preview that was left half done would be refused. It takes {READ_ROLE}.",)
    if half is not None:
        raise ParityError(
            f"slot '{half}' is half way through a swap with preview: its code runs on production's task hub while clients still meet the old one. "
            "Complete or cancel it with `az functionapp deployment slot swap --action swap` or `--action reset`; swap without preview here."
        )
    return ()


def _compared(plan: Plan, running: Code | None, wanted: Code | None, compare: Callable[[Code | None], Guarded]) -> tuple[str, ...]:
    """What is to be said of a package that is not in production yet. It is refused when it is to be written; once staged, it is there."""
    if wanted is None or (plan.target is None and running is not None and is_same(running, wanted)):
        return ()
    guarded = compare(running)
    if plan.target is None:
        return guarded.warnings
    if guarded.problems:
        found = "".join(f"\n  - {problem}" for problem in guarded.problems)
        raise ParityError(f"the new package can't follow the one that production runs.{found}\n ")
    return guarded.warnings


def _starts(
    live: LiveState, arguments: VersionedArguments, scheme: Scheme, plan: Plan, slots: Mapping[str, Held], dry_run: bool
) -> tuple[Starts, tuple[str, ...]]:
    """Whether a swap is in progress is asked only if something would be raised: it takes a request per slot."""
    _refuse_nonsense(scheme, slots)
    states = [
        Slot(one.slot, contained(one.code.records) if one.code else None, _has_code(one.code is not None, slots[one.slot]), one.new, slots[one.slot].starts)
        for one in plan.slots
    ]  # fmt: skip
    wanted = Wanted(arguments.start_setting, arguments.pinned, arguments.overrides)
    starts = decide_start(scheme, states, wanted)
    if not starts.raises:
        return starts, ()
    swapping = live.swap_in_progress(arguments.slots)
    if isinstance(swapping, Unreadable):
        if not dry_run:
            raise Undecidable(f"{swapping}. Whether a swap is in progress is unknown, and nothing was written. It takes {READ_ROLE}.")
        return starts, (f"{swapping}. {arguments.start_setting} would be raised only if no swap is in progress. It takes {READ_ROLE}.",)
    return (decide_start(scheme, states, wanted, swapping=True), ()) if swapping else (starts, ())


def _refuse_nonsense(scheme: Scheme, slots: Mapping[str, Held]) -> None:
    """What a person wrote into a start setting, or into a package's record, must compare."""
    for slot, held in slots.items():
        versions = (contained(held.code.records) if held.code else None) or ()
        for name, version in (*held.starts.items(), *((names.VERSIONS, one) for one in versions)):
            try:
                scheme.compare(version, version)
            except ValueError as error:
                raise ParityError(
                    f"slot '{slot}' has {name} = '{version}', and {error}. Somebody edited it by hand: set it right there."
                ) from None


def _has_code(planned: bool, held: Held) -> bool:
    """A pipeline's code has no package that we know, but it leaves settings behind."""
    return planned or bool(held.deployment)


def _wanted(arguments: VersionedArguments, code: VersionedCode) -> WantedCode:
    return WantedCode(
        slots=arguments.slots,
        bundles=arguments.slots,
        code=code.wanted.code,
        stack=arguments.package.runtime,
        replace=arguments.package.replace,
        initial_bundle=PRODUCTION,
    )


def _refuse_moved(live: LiveState, arguments: VersionedArguments, settings: Mapping[str, Settings]) -> None:
    if (found := moved(live, arguments, settings)) is not None:
        raise ParityError(found)


def _refuse_other_hubs(slots: Mapping[str, Held], arguments: VersionedArguments) -> None:
    for slot, held in slots.items():
        if held.bundle in (None, slot) and held.stranger is None:
            continue
        found = held.stranger or arguments.hubs[held.bundle or slot]
        raise ParityError(
            f"slot '{slot}' works on '{found}', and its own task hub is '{arguments.hubs[slot]}'. Task hubs stay with their slots here: "
            f"somebody moved {defaults.HUB_SETTING} or {arguments.connection_setting} by hand, or `durable.task_hubs`, `durable.hub_name` or "
            "`storage.durable_account` was changed. Set back what was changed; to adopt an app made by other means, give its names there."
        )


def _refuse_lost_production(production: Held, hubs: frozenset[str], arguments: VersionedArguments) -> None:
    """New code would go straight into production, and its clients would start the newest version at once."""
    if PRODUCTION not in hubs or production.bundle is not None or arguments.pinned is not None:
        return
    found = "the site was not found" if not production.exists else "production's settings name no task hub"
    raise ParityError(
        f"{found}, but its task hub '{arguments.hubs[PRODUCTION]}' exists: this is no first deployment. Check the subscription and the site's name; "
        f"if the site really is gone, say which version its clients started, and the wanted package goes to production with it: {arguments.start_setting} is set by `{arguments.pin}`."
    )


def _hubs_in_use(live: LiveState, arguments: VersionedArguments, app: App) -> tuple[frozenset[str], list[Unreadable]]:
    """The slots whose `<hub>Instances` table exists. An account without one is what a killed first update left.

    What other backends hold can't be asked for here: with them, the slots' settings alone tell a first deployment.
    """
    account = arguments.backend.hub_account(app)
    found = {slot: live.has_table(account, f"{hub}Instances") for slot, hub in arguments.hubs.items()} if account else {}
    return frozenset(slot for slot, exists in found.items() if exists is True), [
        one for one in found.values() if isinstance(one, Unreadable)
    ]


def _undecided(unreadable: list[Unreadable], upload: Upload, slots: Mapping[str, Held], dry_run: bool) -> Decision:
    reasons = "; ".join(str(one) for one in unreadable)
    if not dry_run:
        raise Undecidable(f"{reasons}. What production runs is therefore unknown, and nothing was written. It takes {READ_ROLE}.")
    warning = (
        f"{reasons}. What each slot runs is unknown, so the settings that travel with the code, and the version that clients start, "
        f"are shown as unknown. It takes {READ_ROLE}."
    )
    return Decision(None, None, upload, slots, {}, (warning,))


__all__ = ["Decision", "hub_keys", "read_and_decide", "understood"]
