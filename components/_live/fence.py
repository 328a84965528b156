"""The looks that an update takes at the slots besides the first: right before settings are written, and at the very end.

A swap is not locked out by a Pulumi update. So what the plan was made from must still be true before anything of a bundle is written;
and if two slots name one task hub when everything is written, the update ends failed and says how to mend it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping

import pulumi

from .deciding import interpret
from .parity import Held
from .reading import LiveState, Missing, Settings, Unreadable
from .settings import BundleKeys

Finding = Callable[[Mapping[str, Held]], str | None]
"""What is wrong with the slots as they are now, in a sentence with the way out; None: nothing."""


def two_slots_on_one_hub(slots: Mapping[str, Held]) -> str | None:
    owners: dict[str, str] = {}
    for slot, held in slots.items():
        owner = owners.setdefault(held.bundle, slot) if held.bundle is not None else slot
        if owner != slot:
            return (
                f"slots '{owner}' and '{slot}' both name the task hub of bundle '{held.bundle}': a swap came between reading and writing. "
                "Two versions may be working on one hub now. Run `pulumi up` again at once: production keeps its bundle, the other slot gets the free one."
            )
    return None


class Fence:
    """`finding` judges what is there in the end; `guard` is awaited before anything is written, and fails the update by raising.

    `understood` tells what a slot holds, where its settings alone don't.
    """

    def __init__(
        self,
        live: LiveState,
        keys: BundleKeys,
        seen: Mapping[str, Held],
        finding: Finding = two_slots_on_one_hub,
        guard: Callable[[], Awaitable[None]] | None = None,
        understood: Callable[[Settings], Held] | None = None,
    ) -> None:
        self._live = live
        self._understood = understood or (lambda settings: interpret(settings, keys))
        self._seen = seen
        self._finding = finding
        self._guard = guard

    def before_writing(self, slots: Iterable[str], resources: Iterable[pulumi.Resource]) -> pulumi.Output[bool]:
        """True once all `resources` are there and `slots` still hold what the plan was made from. Fails the update otherwise."""
        watched = tuple(slots)
        return self._then(resources, lambda: self._unchanged(watched))

    def after_writing(self, resources: Iterable[pulumi.Resource]) -> pulumi.Output[bool]:
        """True once all `resources` are written and nothing is found wrong with the slots. Fails the update otherwise."""
        return self._then(resources, self._sound)

    def _then(self, resources: Iterable[pulumi.Resource], look: Callable[[], Awaitable[bool]]) -> pulumi.Output[bool]:
        """A dry run writes nothing, so there is nothing to guard, and outputs stay known."""
        if pulumi.runtime.is_dry_run():
            return pulumi.Output.from_input(True)
        return pulumi.Output.all(*(resource.urn for resource in resources)).apply(lambda _: look())

    async def _unchanged(self, slots: tuple[str, ...]) -> bool:
        for slot in slots:
            before, now = self._seen[slot], await self._read(slot)
            if _identity(now) != _identity(before):
                raise pulumi.RunError(
                    f"slot '{slot}' changed while this update ran: it held {_shown(before)}, now it holds {_shown(now)}. "
                    "Somebody swapped or deployed. Its settings were not written; run `pulumi up` again."
                )
        if self._guard is not None:
            await self._guard()
        return True

    async def _sound(self) -> bool:
        found = self._finding({slot: await self._read(slot) for slot in self._seen})
        if found is not None:
            raise pulumi.RunError(found)
        return True

    async def _read(self, slot: str) -> Held:
        answer = await self._live.slot_again(slot)
        if isinstance(answer, Unreadable):
            raise pulumi.RunError(f"{answer}. What is live can't be compared with what was planned, so this update stops here.")
        if isinstance(answer, Missing):
            raise pulumi.RunError(
                f"slot '{slot}' was made or updated by this program, but can't be found where its settings are read: "
                "is `azure-native:subscriptionId` another subscription than the one that the stack was deployed to? Nothing more was written."
            )
        return self._understood(answer)


def _identity(held: Held) -> tuple[str | None, str | None]:
    return held.bundle, held.code.package if held.code else None


def _shown(held: Held) -> str:
    code = f"version '{held.code.label}'" if held.code else "no code"
    return f"bundle '{held.bundle}' with {code}" if held.bundle else code
