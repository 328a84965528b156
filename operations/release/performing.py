"""What each step does. Every one may be done again after a kill: what it finds done already, it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from taskhub import Finding, Verdict

from ..problem import UNEXPECTED, OperationProblem
from .hands import Hands, Saying
from .hooks import HookFailed, HookPayload
from .hubs import code_of
from .journal import Journal
from .late_starters import LateStarters, late_among
from .ramping import ramp
from .steps import Kind, Step
from .targeting import entities_of, gives_up
from .undoing import Undoing, swap_now
from .world import PRODUCTION, Options, World


class Performing:
    """The steps of one plan. `journal` is None while there are only waits before a plan can be made."""

    def __init__(self, hands: Hands, options: Options, report: Saying, world: World, journal: Journal | None) -> None:
        self._hands, self._options, self._report, self._world, self._journal = hands, options, report, world, journal
        self.late: LateStarters | None = None
        self._by_kind: dict[Kind, Callable[[Step], None]] = {
            Kind.WAIT_FOR_SWAP: lambda _: hands.wait_for_swap(),
            Kind.RESET_PREVIEW: lambda step: hands.reset_preview(_slot(step)),
            Kind.DRAIN: self._drain,
            Kind.DEPLOY: self._update,
            Kind.STAGE: self._update,
            Kind.SETTINGS: self._settings,
            Kind.SETTLE: self._settle,
            Kind.ONE_DEPLOY: lambda _: hands.deploy(),
            Kind.SYNC: lambda step: hands.sync(_slot(step)),
            Kind.HEALTH: lambda step: hands.wait_until_running(_slot(step)),
            Kind.BEFORE_SWAP: lambda step: self._call("before-swap", options.before_swap, _slot(step)),
            Kind.ENTITIES: self._entities,
            Kind.GATE: self._gate,
            Kind.CONTAINS: self._contains,
            Kind.SWAP: self._swap,
            Kind.VERIFY: self._verify,
            Kind.AFTER_SWAP: self._after_swap,
            Kind.LATE_STARTERS: self._late_starters,
            Kind.RAMP: lambda step: ramp(hands, options, step),
            Kind.RAISE: self._raise,
        }

    def perform(self, step: Step) -> None:
        """Raises OperationProblem with the sentence about what did not go, and what is true now."""
        self._by_kind[step.kind](step)

    @property
    def _kept(self) -> Journal:
        assert self._journal is not None
        return self._journal

    def _drain(self, step: Step) -> None:
        slot = _slot(step)
        if step.abandon is None and self._options.mode == "idle":
            self._hands.wait_until_drained(slot, self._options)
            return
        finding = self._hands.check(slot, self._options)
        if finding.verdict is Verdict.DRAINED or (step.abandon is not None and gives_up(finding, step.abandon)):
            return
        raise OperationProblem(f"Slot '{slot}' is not free any more: {finding.sentence}", code_of(finding))

    def _update(self, step: Step) -> None:
        slot = _slot(step)
        self._hands.update(step.replaces)
        found = self._hands.versions()
        if found.get(slot) != self._world.wanted:
            if found == {one.name: one.version for one in self._world.slots}:
                raise OperationProblem(
                    f"`pulumi up` ended well and staged nothing: the package of {self._world.wanted} is, byte for byte, what a slot has already under "
                    f"another version. There is nothing to release; give package.version that version back, or change the code."
                )
            where = next((f"in slot '{name}'" for name, version in found.items() if version == self._world.wanted), "in no slot")
            raise OperationProblem(
                f"`pulumi up` ended well, but {self._world.wanted} is {where}, not in '{slot}': somebody swapped or deployed meanwhile. "
                "Nothing was swapped by this release; run it again.",
                UNEXPECTED,
            )

    def _settings(self, step: Step) -> None:
        self._hands.update(None)
        found = self._hands.versions().get(_slot(step))
        if self._hands.ahead() != self._world.wanted and found != self._world.wanted:
            raise OperationProblem(
                f"`pulumi up` ended well, but the settings are for {self._hands.ahead() or found}, not for {self._world.wanted}: somebody deployed "
                "meanwhile. No code was deployed by this release; run it again.",
                UNEXPECTED,
            )

    def _settle(self, step: Step) -> None:
        """Since the update of the settings was begun, by this release or by the one before it that was killed."""
        begun = [kept.started for kept in self._kept.record.steps if kept.kind is Kind.SETTINGS]
        assert begun, "the planner waits for settings that a release has written"
        self._hands.wait_until_rolled(begun[-1])

    def _entities(self, step: Step) -> None:
        self._refuse_entities(self._hands.check(_slot(step), self._options))

    def _gate(self, step: Step) -> None:
        finding, looked = self._hands.wait_until_drained(_slot(step), self._options)
        self._refuse_entities(finding)
        self._kept.gate_passed(looked)

    def _refuse_entities(self, finding: Finding) -> None:
        if self._options.abandon_entities:
            return
        shown, total = entities_of(finding)
        if total:
            raise OperationProblem(
                f"Production's task hub holds {total} entities by now ({', '.join(shown[:10])}), which would stay behind. Nothing was swapped; "
                "--abandon-entities gives them up."
            )

    def _contains(self, step: Step) -> None:
        found = self._hands.versions()
        if found.get(PRODUCTION) != self._world.wanted and (orphaned := self._hands.orphaned(_slot(step), self._options)):
            raise OperationProblem((*orphaned, "Nothing was swapped."))

    def _raise(self, step: Step) -> None:
        """By the component, which knows how: the program declares what production's code has, once no swap is under way."""
        begun = self._hands.now()
        self._hands.update(None)
        found = self._hands.versions().get(_slot(step))
        newest, starts = self._hands.contents(_slot(step)).newest, self._hands.starts()
        if found != self._world.wanted or starts != newest:
            raise OperationProblem(
                f"`pulumi up` ended well, but clients in production start {starts or 'what the code says'}, and its code is {found}, whose newest version "
                f"is {newest or 'not known'}. Somebody swapped or deployed meanwhile, or the configuration names a start version. Nothing is broken: "
                "clients start a version that both codes have. `pulumi preview` shows what is pending.",
                UNEXPECTED,
            )

        if self._on_flex:  # there settings roll over instance by instance too
            self._hands.wait_until_rolled(begun)

    @property
    def _on_flex(self) -> bool:
        return self._world.versioning is not None and self._world.versioning.hosting == "flex"

    def _swap(self, step: Step) -> None:
        slot, wanted = _slot(step), self._world.wanted
        found, before = self._hands.versions(), self._world.production.version
        if found.get(PRODUCTION) == wanted:
            return  # somebody, or this release before it was killed, has swapped already
        if found.get(slot) != wanted or found.get(PRODUCTION) != before:
            raise OperationProblem(
                f"Production now holds {found.get(PRODUCTION)} and slot '{slot}' {found.get(slot)}: somebody swapped or deployed meanwhile. "
                "Nothing was swapped by this release; run it again.",
                UNEXPECTED,
            )
        swap_now(self._hands, self._kept, slot, wanted)

    def _verify(self, step: Step) -> None:
        found = self._hands.versions().get(_slot(step))
        if found != self._world.wanted:
            raise OperationProblem(
                f"Production runs {found}, not {self._world.wanted}: somebody swapped back or deployed since. Nothing more is done.",
                UNEXPECTED,
            )
        self._kept.swap_seen()
        wrong = self._hands.mismatches(_slot(step))
        if wrong:
            raise OperationProblem(
                (*wrong, f"{self._world.wanted} is in production, and was not swapped back. `pulumi up` mends it."), UNEXPECTED
            )

    def _after_swap(self, step: Step) -> None:
        try:
            self._call("after-swap", self._options.after_swap, _slot(step))
        except HookFailed as failure:
            if self._on_flex:
                raise OperationProblem(
                    (
                        str(failure),
                        f"{self._world.wanted} runs, and clients are not told its version. Release again, or deploy the older package.",
                    ),
                    UNEXPECTED,
                ) from None
            self._undoing.undo(_slot(step), str(failure))

    def _late_starters(self, step: Step) -> None:
        slot, since = _slot(step), self._kept.record.gate_passed
        instances = late_among(self._hands.instances(slot, since), since, self._options.exclude)
        self.late = LateStarters(slot, self._hands.urls().get(slot, ""), instances)
        for sentence in self.late.sentences():
            self._report.note(sentence)
        if not self.late.active or self._options.late_starters == "report":
            return
        if self._options.late_starters == "wait":
            self._hands.wait_until_drained(slot, self._options)
            return
        count = len(self.late.active)
        why = f"{count} late starters run in the old version, and --late-starters swap-back was asked for."
        self._undoing.undo(slot, why)

    @property
    def _undoing(self) -> Undoing:
        return Undoing(self._hands, self._options, self._kept, self._world)

    def _call(self, event: Literal["before-swap", "after-swap"], hook: str | None, slot: str) -> None:
        assert hook is not None
        record = self._kept.record
        payload = HookPayload(
            event=event,
            release=record.id,
            stack=self._world.stack,
            site=self._world.site,
            version_from=record.version_from,
            version_to=record.version_to,
            slot=slot,
            urls=dict(self._hands.urls()),
        )
        self._hands.call_hook(hook, payload)


def _slot(step: Step) -> str:
    assert step.slot is not None
    return step.slot


__all__ = ["Performing"]
